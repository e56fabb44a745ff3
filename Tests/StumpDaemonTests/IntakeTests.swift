// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import Support
import SystemPackage
import Testing

@testable import StumpDaemon

@Suite("What the watcher saw becomes jobs, and nothing of it is lost", .timeLimit(.minutes(1)))
struct IntakeTests {
    private struct Bench {
        let directory: TemporaryDirectory
        let store: LibraryStore
        let watcher: LibraryWatcher
        let intake: Intake
        let name: LibraryName

        init() throws {
            directory = try TemporaryDirectory()
            try directory.makeDirectory("library")
            try directory.makeDirectory("cookies")
            name = try #require(LibraryName("books"))
            var configuration = Configuration()
            configuration.libraries = [LibrarySettings(name: name, root: directory.path.appending("library"))]
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            store = try LibraryStore(opening: directory.path.appending("stump.db")) { Timestamp(nanoseconds: 1) }
            watcher = try LibraryWatcher(
                libraries: configuration.libraries,
                cookies: directory.path.appending("cookies"),
                logger: logger
            )
            intake = Intake(configuration, watcher: watcher, store: store, pending: PendingBooks(), logger: logger)
        }

        /// What is asked for; nobody runs jobs here, so it stays in the queue to be looked at.
        func asked() async throws -> [Job] {
            try await intake.handOn()
            return try await store.jobs(LibraryStore.JobFilter(state: .queued))
        }
    }

    @Test func `a flush asks at once for what has not settled, in one job`() async throws {
        let bench = try Bench()
        defer { bench.watcher.stop() }
        try await bench.store.register([bench.name])
        _ = try await bench.watcher.list(FilePath(), of: bench.name)
        try bench.directory.makeDirectory("library/A")
        try bench.directory.makeDirectory("library/B")
        bench.watcher.start()
        let jobs = try await bench.asked()
        #expect(jobs.count == 1)
        #expect(jobs.first?.trigger == .watch)
        #expect(jobs.first?.kind == .libraryScan)
        #expect(jobs.first?.scope.directories.keys.contains("A") == true)
        #expect(await bench.intake.gathered(in: bench.name) == 0)
    }

    @Test func `an overflow is told, and every library compared as a whole`() async throws {
        let bench = try Bench()
        defer { bench.watcher.stop() }
        try await bench.store.register([bench.name])
        _ = try await bench.watcher.list(FilePath(), of: bench.name)
        // Two events each, so more than the kernel's queue takes while nobody reads it.
        try bench.directory.write("library/0.cbz")
        for number in 0..<9000 {
            try bench.directory.rename(
                FilePath("library/\(number % 2).cbz"),
                to: FilePath("library/\((number + 1) % 2).cbz")
            )
        }
        bench.watcher.start()
        #expect(try await bench.asked().map(\.scope.isWholeLibrary) == [true])
        #expect(bench.watcher.figures().overflows > 0)
        #expect(try await bench.store.events(after: 0, limit: 100).map(\.type).contains(.watchOverflow))
    }
}
