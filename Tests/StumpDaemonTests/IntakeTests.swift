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
        let guarded: LibraryGuard
        let name: LibraryName

        init(clock: any SteadyClock = ContinuousClock()) throws {
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
            guarded = LibraryGuard(store: store, files: watcher, logger: logger)
            intake = Intake(
                configuration,
                watcher: watcher,
                store: store,
                pending: PendingBooks(),
                losses: LossLedger(),
                libraryGuard: guarded,
                clock: clock,
                logger: logger
            )
        }

        /// What is asked for; nobody runs jobs here, so it stays in the queue to be looked at.
        func asked() async throws -> [Job] {
            try await intake.handOn()
            return try await store.jobs(LibraryStore.JobFilter(state: .queued))
        }

        /// Does something while the intake serves.
        func serve(_ body: () async throws -> Void) async throws {
            try await store.configure([LibrarySettings(name: name, root: directory.path.appending("library"))])
            let service = Task { [intake] in try await intake.run() }
            defer {
                service.cancel()
                watcher.stop()
            }
            try await body()
        }
    }

    @Test func `a flush asks at once for what has not settled, in one job with what the start found`() async throws {
        let bench = try Bench()
        try await bench.serve { () async throws in
            bench.watcher.start()
            #expect(try await bench.asked().map(\.trigger) == [.start])
            _ = try await bench.watcher.list(FilePath(), of: bench.name)
            try bench.directory.makeDirectory("library/A")
            try bench.directory.makeDirectory("library/B")
            let jobs = try await bench.asked()
            #expect(jobs.count == 1)
            #expect(jobs.first?.kind == .libraryScan)
            #expect(jobs.first?.scope.directories.keys.sorted { $0.string < $1.string } == ["", "A", "B"])
            #expect(await bench.intake.gathered(in: bench.name) == 0)
        }
    }

    @Test func `an overflow is told, and what it hid is found`() async throws {
        let bench = try Bench()
        _ = try await bench.watcher.list(FilePath(), of: bench.name)
        // Two events each, so more than the kernel's queue takes while nobody reads it.
        try bench.directory.write("library/0.cbz")
        for number in 0..<9000 {
            try bench.directory.rename(
                FilePath("library/\(number % 2).cbz"),
                to: FilePath("library/\((number + 1) % 2).cbz")
            )
        }
        try await bench.serve { () async throws in
            bench.watcher.start()
            #expect(try await bench.asked().first?.scope.directories.keys.contains("") == true)
            #expect(bench.watcher.figures().overflows > 0)
            #expect(try await bench.store.events(after: 0, limit: 100).map(\.type).contains(.watchOverflow))
        }
    }

    @Test func `of a library that is offline nothing is asked for, and nothing forgotten`() async throws {
        // Time stands still: what changed just before cannot settle while the library is still there.
        let bench = try Bench(clock: ManualClock())
        try bench.directory.write("library/1.cbz")
        try await bench.serve { () async throws in
            bench.watcher.start()
            #expect(try await bench.asked().count == 1)
            let first = try await bench.store.claim([.scan])
            _ = try await bench.watcher.list(FilePath(), of: bench.name)
            try bench.directory.remove("library/1.cbz")
            try bench.directory.rename("library", to: "away")
            #expect(try await bench.asked().isEmpty)
            #expect(bench.guarded.conditions.condition(of: bench.name) != .online)
            try bench.directory.rename("away", to: "library")
            #expect(try await bench.asked().first?.scope.directories.keys.contains("") == true)
            #expect(bench.guarded.conditions.condition(of: bench.name) == .online)
            #expect(first != nil)
        }
    }
}
