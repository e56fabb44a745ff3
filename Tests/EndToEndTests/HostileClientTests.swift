// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

@Suite("A slow, greedy or broken client costs nobody else anything", .timeLimit(.minutes(5)))
struct HostileClientTests {
    private static let idleOnes = 1100

    /// The longest that the others may wait for a status meanwhile.
    private static let patience = Duration.milliseconds(500)

    @Test func `the status is answered at once while a thousand idle, trickling, fuzzing and deaf clients are there`()
        async throws
    {
        let home = try RunningDaemon.Home()
        for number in 0..<20 {
            let book = BookBuilder.comic(pages: 1, tint: UInt8(number))
            try home.directory.write(FilePath("library/\(number).cbz"), book)
        }
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let calm = try await latencies(of: daemon, 50)
        let memory = try residentMemory(of: daemon.process)
        // Held until the end of the test.
        let idle = try (0..<HostileClientTests.idleOnes).map { _ in try RawClient(home.socket) }
        let slow = try (0..<50).map { number in
            let client = try RawClient(home.socket)
            client.send("GET /v1/status HTTP/1.1\r\nx-\(number): ")
            return client
        }
        let deaf = try (0..<50).map { _ in
            let client = try RawClient(home.socket)
            client.send("GET /v1/events?since=0 HTTP/1.1\r\nhost: stump\r\n\r\n")
            return client
        }
        var random = SplitMix(seed: 7)
        var statuses: [String: Int] = [:]
        var busy: [Duration] = []
        for round in 0..<600 {
            let text = try RawClient.ask(home.socket, FuzzedRequest.bytes(&random))
            let status = text.hasPrefix("HTTP/1.1 ") ? String(text.dropFirst(9).prefix(3)) : "none"
            statuses[status, default: 0] += 1
            for client in slow where round.isMultiple(of: 20) { client.send("x") }
            if round.isMultiple(of: 6) { busy += try await latencies(of: daemon, 1) }
        }
        let sorted = busy.sorted()
        #expect(try #require(sorted.last) < HostileClientTests.patience, "\(sorted.suffix(9))")
        #expect(statuses.keys.allSatisfy { $0 == "none" || $0 < "500" }, "\(statuses)")
        #expect(try await daemon.control("status").code == 0)
        #expect(!daemon.log.contains("level=error"), "\(daemon.log.suffix(2000))")
        // A connection that was idle all the time is a connection.
        idle[0].send("GET /v1/version HTTP/1.1\r\nhost: stump\r\nconnection: close\r\n\r\n")
        #expect(idle[0].receive().contains(" 200 "))
        let grown = try residentMemory(of: daemon.process) - memory
        #expect(grown < 200 << 20)
        withExtendedLifetime((idle, slow, deaf)) {}
        HostileClientTests.note(calm, busy, statuses, grown)
        #expect(await daemon.end(by: SIGTERM) == 0)
    }

    /// For who wants the figures: `STUMP_FIGURES` names a file for them.
    private static func note(_ calm: [Duration], _ busy: [Duration], _ statuses: [String: Int], _ grown: Int) {
        guard let path = getenv("STUMP_FIGURES").map({ String(cString: $0) }) else { return }
        let figures = { (times: [Duration]) in
            let sorted = times.sorted()
            let shares = [("median", 50), ("95 %", 95), ("worst", 100)].map { name, share in
                "\(name) \(sorted[(sorted.count - 1) * share / 100])"
            }
            return shares.joined(separator: ", ")
        }
        let text = """
            status without them: \(figures(calm))
            status with them:    \(figures(busy))
            answers to 600 fuzzed requests: \(statuses.sorted { $0.key < $1.key }.map { "\($0.value)× \($0.key)" })
            memory of the daemon: \(grown >> 20) MiB more for \(idleOnes + 100) connections\n
            """
        _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    }

    @Test func `a change is noted with who asked for it`() async throws {
        let daemon = try await RunningDaemon(RunningDaemon.Home())
        #expect(try await daemon.control("queue", "pause").code == 0)
        let line = try #require(daemon.log.split(separator: "\n").first { $0.contains("A change was asked for") })
        #expect(line.contains("peer.uid=\(getuid())"), "\(line)")
        #expect(line.contains("peer.command=stumpctl"), "\(line)")
        #expect(line.contains("request=/v1/queue/pause"))
        #expect(line.contains("status=200"))
    }

    @Test func `who accepts event streams gets them, from the last event that it knows`() async throws {
        let home = try RunningDaemon.Home()
        try home.directory.write("library/1.cbz", BookBuilder.comic(pages: 1))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let head = "GET /v1/events?type=book HTTP/1.1\r\nhost: stump\r\naccept: text/event-stream\r\n"
        let client = try RawClient(home.socket)
        client.send(head + "last-event-id: 0\r\n\r\n")
        let text = client.receive(until: ": listening\n\n")
        #expect(text.contains("text/event-stream"))
        #expect(text.contains("event: book.added\ndata: {"))
        #expect(text.contains("\nid: ") || text.contains("\r\nid: "))
        let wrong = try RawClient.ask(home.socket, Array((head + "last-event-id: soon\r\n\r\n").utf8))
        #expect(wrong.hasPrefix("HTTP/1.1 422"))
    }

    private func latencies(of daemon: RunningDaemon, _ count: Int) async throws -> [Duration] {
        var times: [Duration] = []
        for _ in 0..<count {
            let began = ContinuousClock.now
            _ = try await daemon.status()
            times.append(began.duration(to: .now))
        }
        return times
    }

    private func residentMemory(of process: pid_t) throws -> Int {
        let line = Program.text("/proc/\(process)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let words = try #require(line).split(whereSeparator: \.isWhitespace)
        return try #require(Int(words[1])) << 10
    }
}

/// Requests that are nearly right, and some that are nothing at all.
private enum FuzzedRequest {
    private static let methods = ["GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"]
    private static let paths = [
        "/v1/status", "/v1/jobs", "/v1/jobs/1", "/v1/jobs/-1", "/v1/jobs/99999999999999999999", "/v1/jobs/1/cancel",
        "/v1/jobs/9223372036854775807/log", "/v1/books", "/v1/books/%00", "/v1/books/1/thumbnail",
        "/v1/books/1/convert", "/v1/books/2", "/v1/libraries", "/v1/duplicates", "/v1/originals", "/v1/version",
        "/v1/libraries/books/scan", "/v1/libraries/%2e%2e%2f/scan", "/v1/libraries/%ff%fe", "/v1/explain", "/v1/flush",
        "/v1/search", "/v1/missing/purge", "/v1/originals/remove", "/v1/jobs/prune", "/v1/problems", "/v1/series/0",
        "/",
        "//", "/v1", "/v1/../../etc/passwd", "*", "", "http://stump/v1/status", "/v1/events?since=-1",
    ]
    private static let keys = [
        "limit", "after", "since", "path", "library", "state", "kind", "type", "series", "q", "wait", "format", "%00",
    ]
    private static let values = [
        "0", "-1", "1", "501", "99999999999999999999", "9223372036854775807", "%00", "%ff", "a%00b", "/", "/etc/passwd",
        "/..", "../..", "ready", "%F0%9F%92%A9", "'%3B%20DROP%20TABLE%20book", "*",
        "%22", "a".padding(900), "", "%", "%zz",
    ]
    private static let bodies = [
        "", "{}", "[]", "null", "{", "}", "\u{0}", "\"", "{\"paths\":[\"\\u0000\"]}", "{\"paths\":[\"../../etc\"]}",
        "{\"paths\":{\"a\":1}}", "{\"force\":1e999}", "{\"timeout_seconds\":-1}", "{\"timeout_seconds\":1e308}",
        "{\"older_than_seconds\":NaN}", "{\"unknown\":true}", "[".padding(5000), "{\"a\":".padding(5000),
        "{\"library\":\"\\ud800\"}", "{\"timeout_seconds\":0.001}", "{\"dry_run\":true,\"older_than_seconds\":1e9}",
    ]
    private static let headers = [
        "content-length: -1", "content-length: 99999999999999999999", "transfer-encoding: chunked",
        "transfer-encoding: gzip", "connection: upgrade\r\nupgrade: websocket", "accept: text/event-stream",
        "last-event-id: x", "if-none-match: *", "expect: 100-continue", "range: bytes=0-", "x: \u{1}", "no colon",
        ": empty", "host: a\r\nhost: b", "content-length: 2\r\ncontent-length: 3", "cookie: " + "c".padding(70_000),
    ]

    static func bytes(_ random: inout SplitMix) -> [UInt8] {
        if random.chance(0.05) { return (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) } }
        var path = paths.randomElement(using: &random) ?? "/"
        while random.chance(0.5) {
            path += path.contains("?") ? "&" : "?"
            path += (keys.randomElement(using: &random) ?? "") + "=" + (values.randomElement(using: &random) ?? "")
        }
        let body = bodies.randomElement(using: &random) ?? ""
        var lines = ["\(methods.randomElement(using: &random) ?? "GET") \(path) HTTP/1.1", "host: stump"]
        if random.chance(0.9) { lines.append("content-length: \(body.utf8.count)") }
        if random.chance(0.15) { lines.append(headers.randomElement(using: &random) ?? "") }
        lines.append("connection: close")
        var bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        // Some are cut short.
        if random.chance(0.1) { bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))) }
        return bytes
    }
}

extension SplitMix {
    fileprivate mutating func chance(_ share: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < share
    }
}

extension String {
    /// The text so many times.
    fileprivate func padding(_ count: Int) -> String { String(repeating: self, count: count) }
}
