// SPDX-License-Identifier: MIT
import ControlAPI
import Support
import Synchronization
import Testing

@Suite("A reader of events stays over restarts of the daemon and misses nothing")
struct EventStreamTests {
    private struct Enough: Error {}

    /// Answers each request for events by the next reply, then with silence, and notes what was asked.
    private final class Script: Sendable {
        private let state: Mutex<(replies: [ScriptedDaemon.Reply], requests: [String])>

        init(_ replies: [ScriptedDaemon.Reply]) {
            state = Mutex((replies, []))
        }

        var requests: [String] { state.withLock { $0.requests } }

        func answer(_ request: String) -> ScriptedDaemon.Reply {
            state.withLock { state in
                state.requests.append(String(request.prefix { $0 != "\r\n" }))
                return state.replies.isEmpty ? .silence : state.replies.removeFirst()
            }
        }
    }

    private func line(_ id: Int64?, _ type: String) -> String {
        let id = id.map { String($0) } ?? "null"
        return "{\"at\":\"\",\"data\":{},\"id\":\(id),\"job\":1,\"library\":null,\"type\":\"\(type)\"}\n"
    }

    /// What is told until `count` news are there.
    private func news(_ count: Int, _ script: Script, patience: Duration? = nil) async throws -> [EventNews] {
        var told: [EventNews] = []
        let answer = { @Sendable (request: String) in script.answer(request) }
        try await ScriptedDaemon.run(answer) { client in
            try await client.eachEvent(of: ["job.started", "job.progress"], patience: patience, clock: EagerClock()) {
                told.append($0)
                return told.count < count
            }
        }
        return told
    }

    private func words(_ news: [EventNews]) -> [String] {
        news.map { item in
            switch item {
            case .connected: "connected"
            case .event(let event): event.type
            case .forgotten: "forgotten"
            case .lost: "lost"
            }
        }
    }

    @Test func `after a loss it goes on behind the last event that was kept, and the loss is told once`() async throws {
        let refused = ScriptedDaemon.Reply.bytes("")
        let script = Script([
            .chunks("\n" + line(7, "job.started") + line(nil, "job.progress"), isComplete: false), refused, refused,
            .chunks("\n" + line(8, "job.started"), isComplete: false),
        ])
        let told = words(try await news(6, script))
        #expect(told == ["connected", "job.started", "job.progress", "lost", "connected", "job.started"])
        #expect(script.requests.first == "GET /v1/events?type=job.started%2Cjob.progress HTTP/1.1")
        let again = "GET /v1/events?since=7&type=job.started%2Cjob.progress HTTP/1.1"
        #expect(script.requests.dropFirst() == [again, again, again])
    }

    @Test func `a daemon that stops in good order is lost as well`() async throws {
        let script = Script([.chunks("\n"), .chunks("\n")])
        #expect(words(try await news(3, script)) == ["connected", "lost", "connected"])
    }

    @Test func `a reader that was too slow reads again what was left out, without a word`() async throws {
        let reset = "{\"type\":\"reset\",\"data\":{\"reason\":\"overflow\"}}\n"
        let script = Script([
            .chunks("\n" + line(7, "job.started") + reset, isComplete: false),
            .chunks("\n" + line(8, "job.started"), isComplete: false),
        ])
        #expect(words(try await news(4, script)) == ["connected", "job.started", "connected", "job.started"])
        #expect(script.requests.last?.contains("since=7") == true)
    }

    @Test func `a reader that was away for too long is told so, has what is left, and does not ask for the rest again`()
        async throws
    {
        let reset = "{\"type\":\"reset\",\"data\":{\"reason\":\"forgotten\"}}\n"
        let script = Script([
            .chunks("\n" + line(7, "job.started")), .chunks(reset + line(90, "job.started") + "\n"), .chunks(reset),
            .chunks("\n"),
        ])
        let told = words(try await news(11, script))
        #expect(
            told.prefix(7) == ["connected", "job.started", "lost", "connected", "forgotten", "job.started", "lost"]
        )
        #expect(told.dropFirst(7) == ["connected", "forgotten", "lost", "connected"])
        #expect(script.requests.map { $0.contains("since=7&") } == [false, true, false, false])
        #expect(script.requests.map { $0.contains("since=") } == [false, true, true, false])
    }

    @Test func `a daemon that is not there at the beginning is a fault at once`() async throws {
        let client = ControlClient(socket: "/nonexistent/stumpd.sock")
        await #expect(throws: ControlFault.notRunning(socket: client.socket)) {
            try await client.eachEvent(of: ["job.started"], clock: EagerClock()) { _ in true }
        }
    }

    @Test func `patience ends`() async throws {
        let script = Script([.chunks("\n")] + Array(repeating: ScriptedDaemon.Reply.bytes(""), count: 50))
        await #expect {
            _ = try await news(9, script, patience: .seconds(60))
        } throws: { error in
            guard case ControlFault.hungUp = error else { return false }
            return true
        }
        // 0.5, 1, 2, 4 and then 5 s: 15 tries in a good minute.
        #expect(script.requests.count == 16)
    }

    @Test func `a refusal is not waited out`() async throws {
        let problem = APIProblem(title: "a", status: 422, detail: "b", code: "c")
        let body = String(decoding: try ControlJSON.encode(problem), as: UTF8.self)
        let script = Script([.chunks("\n"), .answer(body, status: "422 Unprocessable Content")])
        await #expect(throws: ControlFault.problem(problem)) { _ = try await news(9, script) }
    }

    @Test func `what the reader throws comes out as it is`() async throws {
        try await ScriptedDaemon.run(.chunks("\n")) { client in
            await #expect(throws: Enough.self) {
                try await client.eachEvent(of: [], clock: EagerClock()) { _ in throw Enough() }
            }
        }
    }

    @Test func `the pause doubles from half a second to five`() {
        var pace = ReconnectPace()
        let pauses = (1...6).map { _ in pace.pause() }
        #expect(pauses == [0.5, 1, 2, 4, 5, 5].map { .seconds($0) })
    }
}
