// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite("Who reads events misses none, whatever happens to the daemon", .timeLimit(.minutes(3)))
struct EventResumeTests {
    private func events(_ text: String) throws -> [EventRecord] {
        // The last line may still be on its way.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return try lines.filter { $0.hasPrefix("{") }.map { try ControlJSON.decode(EventRecord.self, from: $0.utf8) }
    }

    @Test func `over kill -9 in the middle of a scan no kept event is lost and none comes twice`() async throws {
        let home = try RunningDaemon.Home()
        let output = home.directory.path.appending("events").string
        let told = home.directory.path.appending("told").string
        try home.directory.makeDirectory("library/A")
        for number in 0..<400 {
            try home.directory.write(
                FilePath("library/A/\(number).cbz"),
                BookBuilder.comic(pages: 1, tint: UInt8(truncatingIfNeeded: number))
            )
        }
        var daemon = try await RunningDaemon(home)
        let reader = try Program.start(
            "\(Program.built)/stumpctl",
            ["events", "--since", "0", "--socket", home.socket],
            [:],
            output: output,
            errors: told
        )
        defer { kill(reader, SIGKILL) }
        for round in 0..<3 {
            let wish = ScanRequest(paths: [], force: true, mode: "sync")
            _ = try await daemon.client.send(ControlRequest(.scan, "books", body: wish))
            // Somewhere in the middle of it.
            var seen = 0
            try? await daemon.client.eachLine(of: ControlRequest(.events, query: ["type": "book"])) { _ in
                seen += 1
                return seen < 15 * (round + 1)
            }
            #expect(await daemon.end(by: SIGKILL) == 128 + SIGKILL)
            daemon = try await RunningDaemon(home)
        }
        try await daemon.settle()
        let kept = try await keptEvents(of: daemon)
        let last = try #require(kept.last?.id)
        while try events(Program.text(output)).last(where: { $0.id != nil })?.id ?? 0 < last {
            // Its answer takes long enough for another look.
            _ = try await daemon.status()
        }
        let printed = try events(Program.text(output)).filter { $0.id != nil }
        #expect(printed.map(\.id) == kept.map(\.id))
        #expect(printed == kept)
        #expect(kept.filter { $0.type == "daemon.ready" }.count == 4)
        #expect(Program.text(told).contains("stumpd went away"))
    }

    /// All that are kept, by asking anew.
    private func keptEvents(of daemon: RunningDaemon) async throws -> [EventRecord] {
        var kept: [EventRecord] = []
        let client = try RawClient(daemon.home.socket)
        client.send("GET /v1/events?since=0 HTTP/1.1\r\nhost: stump\r\naccept: text/event-stream\r\n\r\n")
        let text = client.receive(until: ": listening\n\n")
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("data: {") {
            kept.append(try ControlJSON.decode(EventRecord.self, from: line.dropFirst(6).utf8))
        }
        return kept.filter { $0.id != nil }
    }
}
