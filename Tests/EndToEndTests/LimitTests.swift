// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite("Where the kernel has too few watches, the rest is polled and said so", .withLimits, .timeLimit(.minutes(3)))
struct LimitTests {
    private static let directories = 1000

    /// Those that get a book after the start; whichever are watched, most of them are not.
    private static let changed = stride(from: 0, to: directories, by: 40).map { FilePath("library/\($0)/1.cbz") }

    @Test func `49, 50: of a thousand directories a hundred are watched, all are up to date, and more watches heal it`()
        async throws
    {
        let (home, mounts) = try await home()
        for number in 0..<LimitTests.directories { try home.directory.makeDirectory(FilePath("library/\(number)")) }
        try await setLimit(100, mounts)
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        try await expectLimited(daemon)

        try await daemon.holds(
            at: "book.added",
            after: { try add(LimitTests.changed, to: home) },
            when: { try await daemon.records().count == LimitTests.changed.count }
        )
        try await daemon.holds(
            at: "book.missing",
            after: { try home.directory.remove(LimitTests.changed[7]) },
            when: { try await daemon.library("books").counts.missing == 1 }
        )

        try await setLimit(10_000, mounts)
        try await daemon.flush { $0.libraries.first?.watch.mode == "events" }
        let status = try await daemon.status()
        #expect(status.libraries.first?.watch.directories == LimitTests.directories + 1)
        #expect(status.watch.polled == 0)
        #expect(!status.warnings.contains { $0.code == "watch_limit" })
        _ = try await daemon.told(of: "book.added") {
            try home.directory.write("library/999/2.cbz", BookBuilder.comic(pages: 1))
        }
    }

    @Test func `50: watches that run out later are said to, and nothing is lost`() async throws {
        let (home, mounts) = try await home()
        try await setLimit(50, mounts)
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        #expect(try await daemon.library("books").watch.mode == "events")
        for number in 0..<100 { try home.directory.makeDirectory(FilePath("library/\(number)")) }
        try await daemon.settle()
        #expect(try await daemon.library("books").watch.mode == "mixed")
        let late = stride(from: 0, to: 100, by: 10).map { FilePath("library/\($0)/1.cbz") }
        try await daemon.holds(
            at: "book.added",
            after: { try add(late, to: home) },
            when: { try await daemon.records().count == late.count }
        )
    }

    @Test func `49: too few watches are told of by an event, whatever else happens or does not`() async throws {
        let (home, mounts) = try await home()
        for number in 0..<200 { try home.directory.makeDirectory(FilePath("library/\(number)")) }
        try await setLimit(100, mounts)
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        var told: EventRecord?
        // It may have come already, and then it was kept.
        let kept = ControlRequest(.events, query: ["since": "0", "type": "watch.limited"])
        try await daemon.client.eachLine(of: kept) { line in
            told = try ControlJSON.decode(EventRecord.self, from: line.utf8)
            return false
        }
        #expect(told?.type == "watch.limited")
    }

    private func home() async throws -> (RunningDaemon.Home, PrivateMounts) {
        var home = try RunningDaemon.Home()
        let mounts = try await PrivateMounts(beside: home.directory, hasOwnUsers: true)
        home.mounts = mounts
        home.configuration = DaemonFile(libraries: ["books": home.library], pollInterval: "1s")
        return (home, mounts)
    }

    private func setLimit(_ limit: Int, _ mounts: PrivateMounts) async throws {
        try await mounts.run("/bin/sh", "-c", "echo \(limit) >/proc/sys/user/max_inotify_watches")
    }

    private func add(_ books: [FilePath], to home: RunningDaemon.Home) throws {
        for (number, book) in books.enumerated() {
            try home.directory.write(book, BookBuilder.comic(pages: 1, tint: UInt8(number)))
        }
    }

    private func expectLimited(_ daemon: RunningDaemon) async throws {
        let status = try await daemon.status()
        let watch = try #require(status.libraries.first?.watch)
        #expect(watch.mode == "mixed")
        #expect(watch.directories > 0 && watch.directories <= 100)
        #expect(watch.directories + watch.polled >= LimitTests.directories + 1)
        #expect(watch.reason?.isEmpty == false)
        #expect(status.watch.polled == watch.polled)
        #expect(status.state == "degraded")
        let warning = try #require(status.warnings.first { $0.code == "watch_limit" })
        #expect(warning.hint?.contains("sysctl") == true, "\(warning.hint ?? "no hint")")
        #expect(try await daemon.control("status").output.contains("sysctl"))
    }
}
