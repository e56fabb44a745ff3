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

    @Test func `what is done to one thing names the thing first`() {
        #expect(Route.pauseJob.path(42) == "/v1/jobs/42/pause")
        #expect(Route.resumeJob.path(42) == "/v1/jobs/42/resume")
        #expect(Route.retryJob.path(42) == "/v1/jobs/42/retry")
        #expect(Route.pauseLibrary.path("a b") == "/v1/libraries/a%20b/pause")
        #expect(Route.resumeLibrary.path("a b") == "/v1/libraries/a%20b/resume")
        #expect(Route.analyze.path("a b") == "/v1/libraries/a%20b/analyze")
        let others: [Route] = [.pruneJobs, .pauseQueue, .resumeQueue, .backup]
        #expect(others.map { $0.path() } == ["/v1/jobs/prune", "/v1/queue/pause", "/v1/queue/resume", "/v1/backup"])
        #expect(others.allSatisfy { $0.method == .post })
    }

    @Test func `query items are encoded, in a fixed order, and left out without a value`() {
        let query = ["state": "ready", "path": "Saga & Co/1", "library": nil]
        #expect(ControlRequest(.books, query: query).target == "/v1/books?path=Saga%20%26%20Co%2F1&state=ready")
        #expect(ControlRequest(.books).target == "/v1/books")
    }
}
