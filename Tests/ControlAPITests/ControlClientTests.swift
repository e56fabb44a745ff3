// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import NIOCore
import Testing

@Suite("The client gets the daemon's answer, or says why there is none")
struct ControlClientTests {
    @Test func `an answer in chunks arrives whole`() async throws {
        let script = { @Sendable (_: String) in
            ScriptedDaemon.Reply.chunks("{\"settled\":tr", "ue,\"pend", "ing\":[]}")
        }
        try await ScriptedDaemon.run(script) { client in
            let report = try await client.get(FlushReport.self, ControlRequest(.flush))
            #expect(report == FlushReport(settled: true))
        }
    }

    @Test func `a request carries its method, its target and its body`() async throws {
        let echo = { @Sendable (request: String) in ScriptedDaemon.Reply.answer(request) }
        try await ScriptedDaemon.run(echo) { client in
            let wish = ScanRequest(paths: ["/srv/a"], force: true)
            let response = try await client.send(try ControlRequest(.scan, "my comics", body: wish))
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(text.hasPrefix("POST /v1/libraries/my%20comics/scan HTTP/1.1\r\n"))
            let body = try ControlJSON.decode(ScanRequest.self, from: #require(text.split(separator: "\r\n").last).utf8)
            #expect(body == wish)
        }
    }

    @Test func `a refusal is thrown with the daemon's own words`() async throws {
        let problem = APIProblem(
            title: "not found",
            status: 404,
            detail: "no job 9",
            code: "job_not_found",
            hint: "list"
        )
        let body = String(decoding: try ControlJSON.encode(problem), as: UTF8.self)
        try await ScriptedDaemon.run(.answer(body, status: "404 Not Found")) { client in
            await #expect(throws: ControlFault.problem(problem)) {
                try await client.get(JobSummary.self, ControlRequest(.job, 9))
            }
            await #expect(throws: ControlFault.problem(problem)) {
                try await client.eachLine(of: ControlRequest(.events)) { _ in true }
            }
        }
    }

    @Test func `an answer that is not understood names the path and the reason`() async throws {
        try await ScriptedDaemon.run(.answer("{}")) { client in
            await #expect {
                try await client.get(VersionReport.self, ControlRequest(.version))
            } throws: { error in
                guard case ControlFault.malformed("/v1/version", let reason) = error else { return false }
                return reason.contains("version")
            }
        }
    }

    @Test func `a list is followed page by page to its end`() async throws {
        let script = { @Sendable (request: String) in
            let lines = { (text: String, next: String) in
                "{\"items\":[{\"at\":\"\",\"level\":\"info\",\"message\":\"\(text)\",\"path\":null}],\"next\":\(next)}"
            }
            return request.hasPrefix("GET /v1/jobs/7/log?after=41&limit=500 ")
                ? ScriptedDaemon.Reply.answer(lines("second", "null"))
                : ScriptedDaemon.Reply.answer(lines("first", "41"))
        }
        try await ScriptedDaemon.run(script) { client in
            let lines = try await client.all(JobLogLine.self, ControlRequest(.jobLog, 7))
            #expect(lines.map(\.message) == ["first", "second"])
        }
    }

    @Test func `event lines come whole, however they were cut`() async throws {
        let script = { @Sendable (_: String) in
            ScriptedDaemon.Reply.chunks("{\"type\":\"job.st", "arted\"}\n{\"type\":\"ö", "\"}\n{\"cut\":")
        }
        try await ScriptedDaemon.run(script) { client in
            var lines: [String] = []
            try await client.eachLine(of: ControlRequest(.events)) { line in
                lines.append(line)
                return true
            }
            #expect(lines == ["{\"type\":\"job.started\"}", "{\"type\":\"ö\"}"])
        }
    }

    @Test func `a reader who has seen enough ends a stream that goes on`() async throws {
        try await ScriptedDaemon.run(.chunks("a\nb\nc\n", isComplete: false)) { client in
            var lines: [String] = []
            try await client.eachLine(of: ControlRequest(.events)) { line in
                lines.append(line)
                return lines.count < 2
            }
            #expect(lines == ["a", "b"])
        }
    }

    @Test func `an error of the reader of a stream comes out as it is`() async throws {
        struct Enough: Error {}
        try await ScriptedDaemon.run(.chunks("a\n")) { client in
            await #expect(throws: Enough.self) {
                try await client.eachLine(of: ControlRequest(.events)) { _ in throw Enough() }
            }
        }
    }

    @Test func `a daemon that goes away in the middle has hung up`() async throws {
        try await ScriptedDaemon.run(.chunks("{\"vers", isComplete: false)) { client in
            await #expect(throws: ControlFault.hungUp(socket: client.socket)) {
                try await client.send(ControlRequest(.version))
            }
        }
    }

    @Test func `a daemon that is silent times out`() async throws {
        try await ScriptedDaemon.run(.silence, timeout: .milliseconds(20)) { client in
            let fault = ControlFault.timedOut(socket: client.socket, after: .milliseconds(20))
            await #expect(throws: fault) { try await client.send(ControlRequest(.health)) }
            await #expect(throws: fault) { try await client.eachLine(of: ControlRequest(.events)) { _ in true } }
        }
    }

    @Test func `without a socket the daemon is not running`() async throws {
        let client = ControlClient(socket: "/nonexistent/stumpd.sock")
        await #expect(throws: ControlFault.notRunning(socket: client.socket)) {
            try await client.send(ControlRequest(.health))
        }
    }

    @Test func `the socket of a daemon that was killed refuses`() async throws {
        try await ScriptedDaemon.withTemporaryDirectory { directory in
            let path = directory + "/stumpd.sock"
            let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            let bound = try SocketAddress(unixDomainSocketPath: path).withSockAddr { bind(listener, $0, socklen_t($1)) }
            try #require(bound == 0)
            close(listener)
            await #expect(throws: ControlFault.refused(socket: path)) {
                try await ControlClient(socket: path).send(ControlRequest(.health))
            }
        }
    }

    @Test(.enabled(if: geteuid() != 0))
    func `a socket without permission says so`() async throws {
        try await ScriptedDaemon.run(.silence) { client in
            chmod(client.socket, 0)
            await #expect(throws: ControlFault.notPermitted(socket: client.socket)) {
                try await client.send(ControlRequest(.health))
            }
        }
    }
}
