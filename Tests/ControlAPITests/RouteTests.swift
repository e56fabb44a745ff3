// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@Suite("A request names what it asks for without ambiguity")
struct RouteTests {
    @Test func `an argument takes its place in the path`() {
        #expect(Route.status.path() == "/v1/status")
        #expect(Route.jobLog.path(42) == "/v1/jobs/42/log")
    }

    @Test func `a name may hold anything`() {
        #expect(Route.scan.path("a/b ü?%") == "/v1/libraries/a%2Fb%20%C3%BC%3F%25/scan")
    }

    @Test func `query items are encoded, in a fixed order, and left out without a value`() {
        let query = ["state": "ready", "path": "Saga & Co/1", "library": nil]
        #expect(ControlRequest(.books, query: query).target == "/v1/books?path=Saga%20%26%20Co%2F1&state=ready")
        #expect(ControlRequest(.books).target == "/v1/books")
    }
}
