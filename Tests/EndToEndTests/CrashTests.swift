// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite("Nothing is lost when the daemon is killed")
struct CrashTests {
    /// Enough for several batches of facts and of thumbnails.
    private static let count = 1000

    @Test func `killed in the first scan and again in the thumbnails, it finishes by itself`() async throws {
        let home = try RunningDaemon.Home()
        try prepare(home)
        let first = try await RunningDaemon(home)
        try await first.settle()
        try await start(of: "library_scan", in: first) { try home.directory.rename("prepared", to: "library/S") }
        #expect(await first.end(by: SIGKILL) == 128 + SIGKILL)

        let second = try await RunningDaemon(home)
        try await firstThumbnails(in: second)
        #expect(await second.end(by: SIGKILL) == 128 + SIGKILL)

        let third = try await RunningDaemon(home)
        try await third.settle()
        try await third.settle()
        let books = try await third.books()
        #expect(books.count == CrashTests.count)
        #expect(Set(books.map(\.path)).count == CrashTests.count)
        #expect(books.allSatisfy { $0.state == "ready" && $0.thumbnail != nil && $0.pages == 1 })
        let jobs = try await third.client.all(JobSummary.self, ControlRequest(.jobs))
        #expect(jobs.allSatisfy { $0.state == "completed" })
        // An attempt that had done something does not count, so that the log alone tells.
        var rescued: Set<String> = []
        for job in jobs {
            let log = try await third.control("jobs", "log", "\(job.id)").output
            if log.contains("stumpd ended while this job ran") { rescued.insert(job.kind) }
        }
        #expect(rescued.isSuperset(of: ["library_scan", "thumbnail_generation"]))
        #expect(await third.end(by: SIGTERM) == 0)
        if let judge = Program.installed("sqlite3") {
            let verdict = try await Program.run(
                judge,
                [home.database, "PRAGMA integrity_check; PRAGMA foreign_key_check"]
            )
            #expect(verdict.output == "ok\n")
        }
    }

    @Test func `SIGTERM ends it in time whatever runs, with a listener on the socket`() async throws {
        let home = try RunningDaemon.Home()
        try prepare(home)
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        try await start(of: "library_scan", in: daemon) { try home.directory.rename("prepared", to: "library/S") }
        let client = daemon.client
        async let lines: Void = client.eachLine(of: ControlRequest(.events)) { _ in true }
        let start = ContinuousClock.now
        #expect(await daemon.end(by: SIGTERM) == 0, "\(daemon.log)")
        #expect(ContinuousClock.now - start < .seconds(5))
        _ = try? await lines
        #expect(await daemon.message().hasPrefix("STOPPING=1"))

        let next = try await RunningDaemon(home)
        try await next.settle()
        try await next.settle()
        #expect(try await next.books().count == CrashTests.count)
    }

    private func prepare(_ home: RunningDaemon.Home) throws {
        try home.directory.makeDirectory("prepared")
        for number in 1...CrashTests.count {
            let book = BookBuilder.comic(pages: 1, width: 60, height: 90, tint: UInt8(number % 250))
            try home.directory.write(FilePath("prepared/\(number).cbz"), book)
        }
    }

    /// Does something, and returns as soon as a job of a kind has begun because of it.
    private func start(of kind: String, in daemon: RunningDaemon, after action: () throws -> Void) async throws {
        let started = ControlRequest(.events, query: ["type": "job.started"])
        try await daemon.client.eachLine(of: started, onOpen: action) { line in
            let event = try ControlJSON.decode(EventRecord.self, from: line.utf8)
            guard case .object(let data) = event.data else { return true }
            return data["kind"] != .string(kind)
        }
    }

    /// Returns as soon as some thumbnails are there and others are not.
    private func firstThumbnails(in daemon: RunningDaemon) async throws {
        let progress = ControlRequest(.events, query: ["type": "job.progress"])
        try await daemon.client.eachLine(of: progress) { line in
            let event = try ControlJSON.decode(EventRecord.self, from: line.utf8)
            guard case .object(let data) = event.data else { return true }
            return data["phase"] != .string("thumbnail")
        }
    }
}
