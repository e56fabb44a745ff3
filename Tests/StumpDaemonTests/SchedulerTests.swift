// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import Support
import Synchronization
import SystemPackage
import Testing

@testable import StumpDaemon

@Suite("What has its time is asked for at its time, over restarts and failures", .timeLimit(.minutes(1)))
struct SchedulerTests {
    /// A clock on the wall that is set by hand.
    private final class WallClock: Sendable {
        private let time = Mutex(Timestamp(seconds: 1_781_524_800, nanoseconds: 0))

        var now: Timestamp { time.withLock { $0 } }

        func advance(by duration: Duration) {
            time.withLock { $0 = $0 + duration }
        }
    }

    /// Counts what is logged, by level.
    private final class Levels: Sendable {
        private let levels = Mutex<[Logger.Level]>([])

        var errors: Int { levels.withLock { $0.count { $0 == .error } } }

        func add(_ level: Logger.Level) {
            levels.withLock { $0.append(level) }
        }
    }

    private struct LevelHandler: LogHandler {
        let levels: Levels
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { levels.add(event.level) }
    }

    private struct Bench {
        let directory: TemporaryDirectory
        let store: LibraryStore
        let watcher: LibraryWatcher
        let name: LibraryName
        let clock = WallClock()
        let levels = Levels()
        var configuration = Configuration()

        init(_ schedule: String = "off") async throws {
            directory = try TemporaryDirectory()
            try directory.makeDirectory("library")
            try directory.makeDirectory("cookies")
            name = try #require(LibraryName("books"))
            var library = LibrarySettings(name: name, root: directory.path.appending("library"))
            library.schedule = try Schedule(schedule)
            configuration.libraries = [library]
            store = try LibraryStore(opening: directory.path.appending("stump.db")) { Timestamp(nanoseconds: 1) }
            watcher = try LibraryWatcher(
                libraries: configuration.libraries,
                cookies: directory.path.appending("cookies"),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await store.configure(configuration.libraries)
        }

        /// A scheduler as after a start of the daemon.
        func scheduler() -> Scheduler {
            let logger = Logger(label: "test") { [levels] _ in LevelHandler(levels: levels) }
            let libraryGuard = LibraryGuard(store: store, files: watcher, logger: logger)
            return Scheduler(
                configuration,
                store: store,
                libraryGuard: libraryGuard,
                now: { [clock] in clock.now },
                zone: { .utc },
                random: { 0 },
                logger: logger
            )
        }

        /// The jobs that wait; nobody runs them here.
        func asked() async throws -> [JobKind] {
            let jobs = try await store.jobs(LibraryStore.JobFilter(state: .queued))
            #expect(jobs.allSatisfy { $0.trigger == .schedule })
            return jobs.map(\.kind).sorted { $0.rawValue < $1.rawValue }
        }

        /// Takes a job out of the queue, as a runner does that has done it.
        func run(_ lane: JobLane) async throws {
            let job = try #require(try await store.claim([lane]))
            try await store.take(.complete, of: job.id)
        }

        /// Has another program change the database.
        func change(_ sql: String) throws {
            let words = ["/usr/bin/sqlite3", directory.path.appending("stump.db").string, sql]
            var arguments = words.map { strdup($0) } + [nil]
            defer { for argument in arguments { free(argument) } }
            var child: pid_t = 0
            try #require(posix_spawn(&child, words[0], nil, nil, &arguments, nil) == 0, "Debian's sqlite3 is needed")
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            try #require(status == 0)
        }
    }

    @Test func `each thing is asked for at its time, and then waited for`() async throws {
        let bench = try await Bench("every 6h")
        let scheduler = bench.scheduler()
        #expect(await scheduler.plans().allSatisfy { $0.next == nil })
        let first = await scheduler.look()
        #expect(first == bench.clock.now + .seconds(6 * 3600))
        #expect(try await bench.asked().isEmpty)
        bench.clock.advance(by: .seconds(6 * 3600))
        #expect(await scheduler.look() == first + .seconds(6 * 3600))
        #expect(try await bench.asked() == [.libraryScan])
        bench.clock.advance(by: .seconds(18 * 3600))
        _ = await scheduler.look()
        #expect(try await bench.asked() == [.backup, .libraryScan, .maintenance])
        let plans = await scheduler.plans()
        #expect(plans.map(\.last) == [bench.clock.now, bench.clock.now, bench.clock.now])
    }

    @Test func `what was missed is asked for once after the start, and not after the next`() async throws {
        let bench = try await Bench("03:30")
        _ = await bench.scheduler().look()
        bench.clock.advance(by: .seconds(30 * 86_400))
        let scheduler = bench.scheduler()
        _ = await scheduler.look()
        #expect(try await bench.asked() == [.backup, .libraryScan, .maintenance])
        for lane in [JobLane.scan, .backup, .maintenance] { try await bench.run(lane) }
        _ = await scheduler.look()
        _ = await bench.scheduler().look()
        #expect(try await bench.asked().isEmpty)
    }

    @Test func `an end before it was noted has it asked for once more`() async throws {
        let bench = try await Bench("03:30")
        _ = await bench.scheduler().look()
        bench.clock.advance(by: .seconds(16 * 3600))
        try bench.change("CREATE TRIGGER no BEFORE INSERT ON schedule BEGIN SELECT RAISE(FAIL, 'full'); END")
        _ = await bench.scheduler().look()
        try await bench.run(.scan)
        try bench.change("DROP TRIGGER no")
        _ = await bench.scheduler().look()
        #expect(try await bench.asked() == [.libraryScan])
    }

    @Test func `a database that takes nothing is logged once, tried each minute, and asked for nothing twice`()
        async throws
    {
        let bench = try await Bench("03:30")
        let scheduler = bench.scheduler()
        _ = await scheduler.look()
        bench.clock.advance(by: .seconds(16 * 3600))
        try bench.change("CREATE TRIGGER no BEFORE INSERT ON schedule BEGIN SELECT RAISE(FAIL, 'full'); END")
        for attempt in 1...3 {
            #expect(await scheduler.look() == bench.clock.now + .seconds(60))
            bench.clock.advance(by: .seconds(60))
            if attempt == 1 { try await bench.run(.scan) }
        }
        #expect(bench.levels.errors == 1)
        #expect(try await bench.asked().isEmpty)
        try bench.change("DROP TRIGGER no")
        #expect(await scheduler.look() > bench.clock.now + .seconds(60))
        let noted = try await bench.store.scheduledRuns()["scan:books"]
        #expect(noted?.last == bench.clock.now + .seconds(-180))
        #expect(try await bench.asked().isEmpty)
    }

    @Test func `a library that is offline is left out until its next time`() async throws {
        let bench = try await Bench("every 6h")
        let scheduler = bench.scheduler()
        _ = await scheduler.look()
        try bench.directory.rename("library", to: "away")
        bench.clock.advance(by: .seconds(6 * 3600))
        let next = await scheduler.look()
        #expect(next == bench.clock.now + .seconds(6 * 3600))
        try bench.directory.rename("away", to: "library")
        _ = await scheduler.look()
        #expect(try await bench.asked().isEmpty)
        #expect(await scheduler.plans().first?.last == nil)
        bench.clock.advance(by: .seconds(6 * 3600))
        _ = await scheduler.look()
        #expect(try await bench.asked() == [.libraryScan])
    }

    @Test func `a backup that is off is never made by itself`() async throws {
        var bench = try await Bench()
        bench.configuration.backup = .off
        let scheduler = bench.scheduler()
        _ = await scheduler.look()
        bench.clock.advance(by: .seconds(10 * 86_400))
        _ = await scheduler.look()
        #expect(try await bench.asked() == [.maintenance])
        #expect(await scheduler.plans().map(\.work) == [.maintenance])
    }

    @Test func `a clock that is set back a year leaves nothing waiting for a year`() async throws {
        let bench = try await Bench("03:30")
        let scheduler = bench.scheduler()
        _ = await scheduler.look()
        bench.clock.advance(by: .seconds(-365 * 86_400))
        #expect(await scheduler.look() <= bench.clock.now + .seconds(86_400))
        #expect(try await bench.asked().isEmpty)
        let noted = try await bench.store.scheduledRuns().values.compactMap(\.next)
        #expect(noted.count == 3 && noted.allSatisfy { $0 <= bench.clock.now + .seconds(86_400) })
    }
}
