// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel

/// Works out the JSON Schema of an object of the API by watching how it is decoded.
///
/// So a field that is added to an object is in the document at once, and none can be there that no object has.
struct SchemaRecorder {
    /// The schemas of objects by their names, for `#/components/schemas`.
    private(set) var components: [String: JSONValue] = [:]

    /// The schema of a type: a reference to a component where it is an object with a name.
    mutating func schema<Value: Decodable>(of type: Value.Type) -> JSONValue {
        if let simple = SchemaRecorder.simple(type) { return simple }
        if let list = type as? any ListType.Type {
            return .object(["type": .string("array"), "items": schema(of: list.element)])
        }
        if let dictionary = type as? any DictionaryType.Type {
            return .object(["type": .string("object"), "additionalProperties": schema(of: dictionary.value)])
        }
        let name = SchemaRecorder.name(of: type)
        if name == nil || components[name ?? ""] == nil {
            let recording = Recording()
            _ = try? Value(from: recording)
            let object = object(recording, isClosed: name?.hasSuffix("Request") == true)
            guard let name else { return object }
            components[name] = object
        }
        return .object(["$ref": .string("#/components/schemas/\(name ?? "")")])
    }

    private mutating func object(_ recording: Recording, isClosed: Bool) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in recording.fields {
            var schema = schema(of: field.type)
            if case .object(var members) = schema, SchemaRecorder.isTime(field.name),
                members["type"] == .string("string")
            {
                members["format"] = .string("date-time")
                schema = .object(members)
            }
            if isClosed, case .object(let members) = schema, let limits = SchemaRecorder.limits[field.name] {
                schema = .object(members.merging(limits) { $1 })
            }
            properties[field.name] = field.isOptional ? SchemaRecorder.orNull(schema) : schema
        }
        var members: [String: JSONValue] = ["type": .string("object"), "properties": .object(properties)]
        let required = recording.fields.filter { !$0.isOptional }.map(\.name).sorted()
        if !required.isEmpty { members["required"] = .array(required.map(JSONValue.string)) }
        // An answer may have more fields in a later version; a request with one that is not known is refused.
        if isClosed { members["additionalProperties"] = .bool(false) }
        return .object(members)
    }

    /// What the fields of requests may be, beside what their types say.
    private static let limits: [String: [String: JSONValue]] = [
        "older_than_seconds": ["minimum": .integer(0), "exclusiveMaximum": .integer(1_000_000_000)],
        "timeout_seconds": ["minimum": .integer(0), "maximum": .integer(3600)],
        "mode": ["enum": .array(ScanMode.allCases.map { .string($0.rawValue) } + [.null])],
    ]

    private static func orNull(_ schema: JSONValue) -> JSONValue {
        if case .object(var members) = schema, let type = members["type"] {
            members["type"] = .array([type, .string("null")])
            return .object(members)
        }
        return .object(["anyOf": .array([schema, .object(["type": .string("null")])])])
    }

    private static func isTime(_ name: String) -> Bool {
        name == "at" || name.hasSuffix("_at")
            || ["first_seen", "last_seen", "missing_since", "not_before", "remove_after"].contains(name)
    }

    private static func simple(_ type: any Any.Type) -> JSONValue? {
        let name: String
        switch type {
        case is String.Type: name = "string"
        case is Bool.Type: name = "boolean"
        case is Int.Type, is Int64.Type: return .object(["type": .string("integer"), "format": .string("int64")])
        case is Double.Type: name = "number"
        case is JSONValue.Type: return .object([:])
        default: return nil
        }
        return .object(["type": .string(name)])
    }

    /// With the types that it is a part of, and without the ending that only tells Swift's types apart; `nil` for a list's
    /// page.
    private static func name(of type: any Any.Type) -> String? {
        let names = String(reflecting: type).split(separator: ".").dropFirst()
        if names.contains(where: { $0.contains("<") }) { return nil }
        return names.map { $0.hasSuffix("Summary") ? $0.dropLast("Summary".count) : $0 }.joined()
    }
}

private protocol ListType {
    static var element: any Decodable.Type { get }
}

extension Array: ListType where Element: Decodable {
    fileprivate static var element: any Decodable.Type { Element.self }
}

private protocol DictionaryType {
    static var value: any Decodable.Type { get }
}

extension Dictionary: DictionaryType where Key == String, Value: Decodable {
    fileprivate static var value: any Decodable.Type { Value.self }
}

/// Answers every question of a type that is decoded with an empty value, and keeps the questions.
private final class Recording: Decoder {
    struct Field {
        var name: String
        var type: any Decodable.Type
        var isOptional: Bool
    }

    private(set) var fields: [Field] = []
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func note(_ name: String, _ type: any Decodable.Type, isOptional: Bool) {
        if !fields.contains(where: { $0.name == name }) {
            fields.append(Field(name: name, type: type, isOptional: isOptional))
        }
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Fields<Key>(recording: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw DecodingError.dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: "no list is here"))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw DecodingError.dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: "no value is here"))
    }

    struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let recording: Recording
        let codingPath: [any CodingKey] = []
        let allKeys: [Key] = []

        func contains(_: Key) -> Bool { false }

        func decodeNil(forKey _: Key) -> Bool { true }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            recording.note(key.stringValue, type, isOptional: false)
            return try Recording.empty(type)
        }

        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) -> Value? {
            recording.note(key.stringValue, type, isOptional: true)
            return nil
        }

        // Those of the standard library for single types would ask for the key first.
        func decodeIfPresent(_ type: Bool.Type, forKey key: Key) -> Bool? { absent(type, key) }
        func decodeIfPresent(_ type: String.Type, forKey key: Key) -> String? { absent(type, key) }
        func decodeIfPresent(_ type: Double.Type, forKey key: Key) -> Double? { absent(type, key) }
        func decodeIfPresent(_ type: Int.Type, forKey key: Key) -> Int? { absent(type, key) }
        func decodeIfPresent(_ type: Int64.Type, forKey key: Key) -> Int64? { absent(type, key) }

        private func absent<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
            recording.note(key.stringValue, type, isOptional: true)
            return nil
        }

        func nestedContainer<Other: CodingKey>(
            keyedBy type: Other.Type,
            forKey _: Key
        ) throws -> KeyedDecodingContainer<Other> { recording.container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey _: Key) throws -> any UnkeyedDecodingContainer {
            try recording.unkeyedContainer()
        }

        func superDecoder() -> any Decoder { recording }

        func superDecoder(forKey _: Key) -> any Decoder { recording }
    }

    private static func empty<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let simple: [Any] = ["", false, 0, Int64(0), 0.0, JSONValue.null, [String: JSONValue]()]
        if let value = simple.lazy.compactMap({ $0 as? Value }).first { return value }
        if let list = type as? any EmptyType.Type, let value = list.init() as? Value { return value }
        return try Value(from: Recording())
    }
}

private protocol EmptyType {
    init()
}

extension Array: EmptyType {}
extension Dictionary: EmptyType {}
