// SPDX-License-Identifier: MIT
import ControlAPI

/// The description of the API in OpenAPI 3.1, made of the operations and of the objects' own types.
enum OpenAPIDocument {
    static let version = "3.1.0"

    /// As JSON; made once, for it does not change while the daemon runs.
    static let bytes: [UInt8] = (try? ControlJSON.encode(document)) ?? []

    static var document: JSONValue {
        var recorder = SchemaRecorder()
        let problem = recorder.schema(of: APIProblem.self)
        var paths: [String: [String: JSONValue]] = [:]
        for operation in Operation.all {
            let method = operation.route.method == .get ? "get" : "post"
            paths[operation.route.template, default: [:]][method] = describe(operation, problem, &recorder)
        }
        return .object([
            "openapi": .string(version),
            "info": .object([
                "title": .string("stumpd"), "version": .string(Release.version),
                "summary": .string("An index of comic and ebook libraries that is kept true."),
                "license": .object(["name": .string("MIT"), "identifier": .string("MIT")]),
            ]),
            "servers": .array([
                .object([
                    "url": .string("http://stump"),
                    "description": .string(
                        "On the daemon's socket, such as `curl --unix-socket /run/stump/stumpd.sock`."
                    ),
                ])
            ]),
            "paths": .object(paths.mapValues(JSONValue.object)),
            "components": .object(["schemas": .object(recorder.components)]),
        ])
    }

    private static func describe(
        _ operation: Operation,
        _ problem: JSONValue,
        _ recorder: inout SchemaRecorder
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(operation.name), "summary": .string(operation.summary),
        ]
        let parameters = argument(of: operation.route) + operation.query.map { parameter($0, in: "query") }
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = operation.body {
            let schema = recorder.schema(of: body)
            members["requestBody"] = .object(["content": media("application/json", schema)])
        }
        var responses: [String: JSONValue] = [:]
        for answer in operation.answers {
            responses["\(answer.status)"] = response(answer.meaning, answer.content, &recorder)
        }
        for status in operation.allRefusals where responses["\(status)"] == nil {
            responses["\(status)"] = .object([
                "description": .string(refusals[status] ?? "Refused."),
                "content": media("application/problem+json", problem),
            ])
        }
        members["responses"] = .object(responses)
        return .object(members)
    }

    private static func response(
        _ meaning: String,
        _ content: Operation.Content?,
        _ recorder: inout SchemaRecorder
    ) -> JSONValue {
        var members: [String: JSONValue] = ["description": .string(meaning)]
        switch content {
        case .object(let type)?: members["content"] = media("application/json", recorder.schema(of: type))
        case .media(let name)?: members["content"] = media(name, .object([:]))
        case nil: break
        }
        return .object(members)
    }

    private static func media(_ name: String, _ schema: JSONValue) -> JSONValue {
        .object([name: .object(["schema": schema])])
    }

    private static func parameter(_ parameter: Operation.Parameter, in place: String) -> JSONValue {
        .object([
            "name": .string(parameter.name), "in": .string(place), "description": .string(parameter.summary),
            "required": .bool(parameter.isRequired), "schema": parameter.schema,
        ])
    }

    /// What a path has in braces.
    private static func argument(of route: Route) -> [JSONValue] {
        var argument: Operation.Parameter
        if route.template.contains("{name}") {
            argument = .text("name", "The library's name.")
        } else if route.template.contains("{id}") {
            argument = .number("id", "The number.", 1...Int64.max)
        } else {
            return []
        }
        argument.isRequired = true
        return [parameter(argument, in: "path")]
    }

    private static let refusals: [Int: String] = [
        400: "The body is not JSON.", 404: "There is nothing of this name or number.",
        405: "The method is not one of this path's.", 409: "Not in the state that things are in.",
        413: "The body is too large.", 415: "The body is said to be something other than JSON.",
        422: "A field or a parameter is unknown, or its value cannot be used; `detail` names it.",
        500: "A fault of the daemon's; the journal tells more.",
        503: "The database takes nothing in: its disk is full, fails, or is read-only.",
    ]
}

extension Operation {
    /// Its own refusals, and those that every request may meet.
    var allRefusals: Set<Int> {
        var all = refusals.union([405, 422, 500, 503])
        if route.template.contains("{") { all.insert(404) }
        if body != nil { all.formUnion([400, 413, 415]) }
        return all
    }
}
