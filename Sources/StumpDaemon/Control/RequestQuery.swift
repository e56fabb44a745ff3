// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel

/// What a request says beside its path; a value that cannot be used is refused, an unknown name too.
struct RequestQuery {
    private let request: Request

    /// The most items a page has, and how many it has unless the request says.
    static let pageLimits = (most: 500, usual: 100)

    init(_ request: Request, knows names: Set<String>) throws(RequestFault) {
        self.request = request
        for (name, value) in request.uri.queryParameters where !names.contains(String(name)) {
            throw .invalid(field: String(name), value: String(value), wanted: "something this request knows")
        }
    }

    func text(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].map { String($0) }
    }

    func integer(_ name: String) throws(RequestFault) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let value = Int64(text), value >= 0 else {
            throw .invalid(field: name, value: text, wanted: "a whole number")
        }
        return value
    }

    /// A word of an enumeration.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(RequestFault) -> Word? where Word.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(field: name, value: text, wanted: "one of \(words)")
        }
        return word
    }

    func library(_ name: String = "library") throws(RequestFault) -> LibraryName? {
        guard let text = text(name) else { return nil }
        guard let library = LibraryName(text) else {
            throw .invalid(field: name, value: text, wanted: "a library's name")
        }
        return library
    }

    /// Types and kinds of events, with commas between; `nil` where all are wanted.
    func events(_ name: String) throws(RequestFault) -> EventSelection? {
        guard let text = text(name) else { return nil }
        do {
            return try EventSelection(text.split(separator: ",", omittingEmptySubsequences: false))
        } catch {
            let wanted = "types of events, such as book.added, or kinds of them, such as book"
            throw .invalid(field: name, value: error.word, wanted: wanted)
        }
    }

    var limit: Int {
        get throws(RequestFault) {
            guard let limit = try integer("limit") else { return RequestQuery.pageLimits.usual }
            guard limit >= 1, limit <= RequestQuery.pageLimits.most else {
                throw .invalid(field: "limit", value: "\(limit)", wanted: "1 to \(RequestQuery.pageLimits.most)")
            }
            return Int(limit)
        }
    }
}

extension Request {
    /// The largest body that is read, in bytes.
    static let bodyLimit = 1 << 20

    /// Reads a JSON body; an empty one is an empty object.
    func object<Value: Decodable>(_: Value.Type) async throws -> Value {
        var bytes: [UInt8]
        do {
            bytes = Array(buffer: try await body.collect(upTo: Request.bodyLimit))
        } catch {
            throw RequestFault.tooLarge(limit: Request.bodyLimit)
        }
        let type = headers[.contentType] ?? "application/json"
        let name = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        // curl says of whatever it is given that it is a form.
        let isJSON = name == "application/json" || name == "application/x-www-form-urlencoded"
        if !bytes.isEmpty, !isJSON { throw RequestFault.mediaType(type) }
        if bytes.isEmpty { bytes = Array("{}".utf8) }
        do {
            _ = try ControlJSON.decode(JSONValue.self, from: bytes)
        } catch DecodingError.dataCorrupted(let context) {
            throw RequestFault.notJSON(context.debugDescription)
        } catch {
            throw RequestFault.notJSON("it holds a value that cannot be read")
        }
        do {
            return try ControlJSON.decode(Value.self, from: bytes)
        } catch DecodingError.dataCorrupted(let context) {
            throw RequestFault.invalidBody(context.debugDescription)
        } catch DecodingError.typeMismatch(_, let context) {
            let field = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw RequestFault.invalidBody("\(field): \(context.debugDescription)")
        } catch {
            throw RequestFault.invalidBody("it is not the JSON object that this request takes")
        }
    }
}

extension ControlServer.Context {
    /// The number in the path of a request.
    func id(_ kind: String) throws -> Int64 {
        let text = parameters.get("id") ?? ""
        guard let id = Int64(text) else { throw RequestFault.unknown(kind: kind, id: text) }
        return id
    }
}
