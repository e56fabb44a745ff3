// SPDX-License-Identifier: MIT

/// One question to the daemon.
package struct ControlRequest: Equatable, Sendable {
    package var method: Route.Method
    package var path: String
    package var query: [String: String]
    package var body: [UInt8]?

    /// Query items without a value are left out.
    package init(_ route: Route, _ argument: String? = nil, query: [String: String?] = [:]) {
        method = route.method
        path = route.path(argument)
        self.query = query.compactMapValues { $0 }
    }

    package init(_ route: Route, _ id: Int64, query: [String: String?] = [:]) {
        self.init(route, String(id), query: query)
    }

    package init(_ route: Route, _ argument: String? = nil, body: some Encodable) throws {
        self.init(route, argument)
        self.body = try ControlJSON.encode(body)
    }

    /// What stands in the first line of the HTTP request.
    package var target: String {
        guard !query.isEmpty else { return path }
        let items = query.sorted { $0.key < $1.key }.map { "\($0.key.percentEncoded)=\($0.value.percentEncoded)" }
        return path + "?" + items.joined(separator: "&")
    }
}

/// What came back, whole.
package struct ControlResponse: Equatable, Sendable {
    package var status: Int
    /// By lower-case name.
    package var headers: [String: String]
    package var body: [UInt8]
}
