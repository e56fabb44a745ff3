// SPDX-License-Identifier: MIT
import ControlAPI

/// One request of the API as the document describes it, and as the server holds it to.
///
/// The names of query parameters that are not here are refused, a method that is not here is not allowed, and a test
/// compares the routes that the server answers: so the document cannot say less or more than the server does.
struct Operation: Sendable {
    /// Something in the query of a request.
    struct Parameter: Sendable {
        var name: String
        var summary: String
        var schema: JSONValue
        var isRequired = false
    }

    enum Content: Sendable {
        case object(any (Decodable & Sendable).Type)
        /// A text or a picture, by its media type.
        case media(String)
    }

    var route: Route
    var name: String
    var summary: String
    var query: [Parameter] = []
    var body: (any (Decodable & Sendable).Type)?

    /// The statuses of success, with what is answered.
    var answers: [(status: Int, meaning: String, content: Content?)]

    /// The statuses of refusal; each is a problem.
    var refusals: Set<Int> = []

    init(
        _ route: Route,
        _ name: String,
        _ summary: String,
        query: [Parameter] = [],
        body: (any (Decodable & Sendable).Type)? = nil,
        _ answers: [(Int, String, Content?)],
        refusals: Set<Int> = []
    ) {
        self.route = route
        self.name = name
        self.summary = summary
        self.query = query
        self.body = body
        self.answers = answers.map { ($0.0, $0.1, $0.2) }
        self.refusals = refusals
    }
}

extension Operation.Parameter {
    static func text(
        _ name: String,
        _ summary: String,
        isRequired: Bool = false,
        pattern: String? = nil,
        longest: Int? = nil
    ) -> Self {
        var schema: [String: JSONValue] = ["type": .string("string"), "minLength": .integer(1)]
        if let longest { schema["maxLength"] = .integer(Int64(longest)) }
        if let pattern { schema["pattern"] = .string(pattern) }
        return Self(name: name, summary: summary, schema: .object(schema), isRequired: isRequired)
    }

    static func number(_ name: String, _ summary: String, _ range: ClosedRange<Int64> = 0...Int64.max) -> Self {
        let schema: [String: JSONValue] = [
            "type": .string("integer"), "format": .string("int64"), "minimum": .integer(range.lowerBound),
            "maximum": .integer(range.upperBound),
        ]
        return Self(name: name, summary: summary, schema: .object(schema))
    }

    static func word<Word: RawRepresentable & CaseIterable>(_ name: String, _ summary: String, _: Word.Type) -> Self
    where Word.RawValue == String {
        word(name, summary, Word.allCases.map(\.rawValue))
    }

    static func word(_ name: String, _ summary: String, _ words: [String]) -> Self {
        let words = JSONValue.array(words.map(JSONValue.string))
        return Self(name: name, summary: summary, schema: .object(["type": .string("string"), "enum": words]))
    }

    static let library = text("library", "Only of this library.", pattern: "^[a-z0-9][a-z0-9_-]{0,63}$")

    /// What every list takes.
    static let page: [Self] = [
        number("limit", "The most items of this page.", 1...Int64(RequestQuery.pageLimits.most)),
        number("after", "What the page before gave as `next`."),
    ]
}

extension Operation {
    /// Whether a path is one of this operation's: its template with something in the places of arguments.
    func matches(_ parts: [Substring]) -> Bool {
        let own = route.template.split(separator: "/")
        return own.count == parts.count && zip(own, parts).allSatisfy { $0.first == "{" || $0 == $1 }
    }
}
