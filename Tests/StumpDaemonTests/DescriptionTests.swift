// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Hummingbird
import Logging
import Support
import SystemPackage
import Testing

@testable import StumpDaemon

@Suite("The description of the API is that of the server")
struct DescriptionTests {
    @Test func `it has every route that the server answers, and no other`() async throws {
        let disk = try TemporaryDirectory()
        let daemon = try await LivingDaemon(on: disk)
        let logger = Logger(label: "test")
        let server = ControlServer(
            state: daemon.state,
            reloader: Reloader(daemon.state, level: LogLevel(.info), logger: logger) { (nil, Configuration()) },
            socket: disk.path.appending("socket"),
            mode: 0o600,
            logger: logger
        ) {}
        let answered = server.router.routes.map { "\($0.method.rawValue) \($0.path)" }
        let described = StumpDaemon.Operation.all.map { "\($0.route.method.rawValue) /\($0.route.pattern)" }
        let even = { (routes: [String]) in routes.map { $0.replacing(" //", with: " /") }.sorted() }
        #expect(even(answered) == even(described))
        await daemon.end()
    }

    @Test func `names of operations and of parameters are told apart`() {
        let names = StumpDaemon.Operation.all.map(\.name)
        #expect(Set(names).count == names.count)
        for operation in StumpDaemon.Operation.all {
            #expect(Set(operation.query.map(\.name)).count == operation.query.count, "\(operation.name)")
        }
    }

    @Test func `every reference in it leads to an object, and lists give objects`() throws {
        let document = OpenAPIDocument.document
        let objects = try #require(document["components"]?["schemas"]?.members)
        var wanted: Set<String> = []
        func gather(_ value: JSONValue) {
            switch value {
            case .object(let members):
                if case .string(let target)? = members["$ref"] { wanted.insert(target) }
                members.values.forEach(gather)
            case .array(let items): items.forEach(gather)
            default: break
            }
        }
        gather(document)
        #expect(wanted == Set(objects.keys.map { "#/components/schemas/\($0)" }))
        for (name, object) in objects { #expect(object["properties"]?.members?.isEmpty == false, "\(name)") }
        let book = try #require(objects["Book"])
        let required = ["added_at", "format", "id", "library", "name", "path", "size_bytes", "state", "updated_at"]
        #expect(book["required"] == .array(required.map(JSONValue.string)))
        #expect(book["properties"]?["missing_since"]?["type"] == .array([.string("string"), .string("null")]))
        #expect(book["properties"]?["metadata"]?["anyOf"] != nil)
        #expect(objects["ScanRequest"]?["additionalProperties"] == .bool(false))
    }
}

extension JSONValue {
    fileprivate var members: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    fileprivate subscript(_ name: String) -> JSONValue? { members?[name] }
}
