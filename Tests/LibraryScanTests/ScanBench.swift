// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import Logging
import ServiceLifecycle
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

/// One library of real files with a real database and real workers, served by a real runner when a test asks for it.
///
/// Its clock stands still until a test moves it.
final class ScanBench: Sendable {
    let disk: TemporaryDirectory
    let settings: LibrarySettings
    let files: DiskFiles
    let store: LibraryStore
    let workers: WorkerPool
    let services: JobServices
    let clock = ManualClock()
    private let wallClock = FrozenClock()

    var library: LibraryName { settings.name }

    /// Directly below a directory of this test's own lie the library, `state` and `cache`.
    ///
    /// The clock has gone on far enough for the mounts to be quiet.
    init(
        pattern: LibraryPattern = .series,
        thumbnails: ThumbnailSettings? = nil,
        program: FilePath = ScanBench.workerProgram,
        limit: Duration = .seconds(60),
        on earlier: TemporaryDirectory? = nil,
        clock other: (any SteadyClock)? = nil,
        scanMode: ScanMode = .batched,
        conversion: ConversionSettings = ConversionSettings(),
        logger: Logger = .silent
    ) async throws {
        disk = try earlier ?? TemporaryDirectory()
        for directory in ["comics", "state"] as [FilePath] { try disk.makeDirectory(directory) }
        guard let name = LibraryName("comics") else { throw Errno.invalidArgument }
        var settings = LibrarySettings(name: name, root: disk.path.appending("comics"))
        settings.pattern = pattern
        settings.thumbnails = thumbnails
        settings.scanMode = scanMode
        settings.conversion = conversion
        self.settings = settings
        files = DiskFiles(root: settings.root)
        store = try LibraryStore(opening: disk.path.appending("state").appending("stump.db")) { [wallClock] in
            wallClock.now
        }
        let clock: any SteadyClock = other ?? self.clock
        let libraryGuard = LibraryGuard(store: store, files: files, clock: clock, logger: logger)
        self.clock.advance(by: .seconds(60))
        workers = WorkerPool(size: 1, program: program, limit: limit, logger: logger)
        services = JobServices(
            store: store,
            files: files,
            writing: files,
            workers: workers,
            pending: PendingBooks(),
            losses: LossLedger(),
            running: RunningJobs(),
            libraryGuard: libraryGuard,
            thumbnails: try ThumbnailFiles(in: disk.path.appending("cache")),
            stall: QueueStall(writing: [disk.path.appending("state"), disk.path.appending("cache")]),
            clock: clock,
            now: { [wallClock] in wallClock.now },
            logger: logger
        )
        try await store.configure([settings])
    }

    /// Stops the wall clock where it is, so that a file stays as young as it is.
    func stopWallClock() { wallClock.stop() }

    /// Moves both clocks on.
    func pass(_ duration: Duration) {
        wallClock.pass(duration)
        clock.advance(by: duration)
    }

    deinit {
        workers.stop()
        try? store.close()
    }

    /// Built beside the tests.
    static var workerProgram: FilePath {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return FilePath(own).removingLastComponent().appending("stump-worker")
    }

    /// Has a worker run before a scan needs it.
    func startWorker() async throws {
        try disk.write("nothing")
        let file = try FileDescriptor.open(disk.path.appending("nothing"), .readOnly, options: .closeOnExec)
        let book = OpenBook(descriptor: file, stamp: try #require(FileStamp(of: file)))
        let label = BookInFlight(job: 0, library: library, path: "nothing")
        _ = await workers.result(of: .sidecar(.opf), promised: .epub, book: book, label: label) { true }
    }

    // MARK: The library

    func write(_ path: String, _ bytes: [UInt8]) throws {
        let file = FilePath("comics/\(path)")
        try disk.makeDirectory(file.removingLastComponent())
        try disk.write(file, bytes)
    }

    /// Writes on where a file ends.
    func append(_ path: String, _ bytes: [UInt8]) throws {
        let file = try FileDescriptor.open(settings.root.pushing(FilePath(path)), .writeOnly, options: .append)
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    func remove(_ path: String) throws { try disk.remove(FilePath("comics/\(path)")) }

    func rename(_ old: String, to new: String) throws {
        let new = FilePath("comics/\(new)")
        try disk.makeDirectory(new.removingLastComponent())
        try disk.rename(FilePath("comics/\(old)"), to: new)
    }

    /// Copies a file with its times, as moving to another file system does.
    func copy(_ old: String, to new: String) throws {
        let (old, new) = (FilePath("comics/\(old)"), FilePath("comics/\(new)"))
        try disk.makeDirectory(new.removingLastComponent())
        let path = disk.path.appending(old.string).string
        let bytes = try #require(FileManager.default.contents(atPath: path))
        try disk.write(new, Array(bytes))
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        try disk.setModified(new, try #require(FileStamp(of: file)?.modified))
    }

    /// Writes small books of different contents, `001.cbz` and so on.
    func writeBooks(_ count: Int, in directory: String) throws {
        for number in 1...count {
            let text = "\(directory)/\(number)"
            try write("\(directory)/\(number).cbz", ZipWriter.archive([ZipWriter.Entry("\(number).png", text: text)]))
        }
    }

    // MARK: Jobs

    /// Asks for a scan and has everything done that comes of it.
    @discardableResult
    func scan(
        _ scope: ScanScope = .library,
        force: Bool = false,
        acceptLosses: Bool = false
    ) async throws -> Job {
        let options = ScanOptions(force: force, acceptLosses: acceptLosses)
        let request = LibraryStore.JobRequest(library: library, scope: scope, options: options, trigger: .user)
        let job = try await store.request(request).job
        try await serve()
        return try await store.job(job.id)
    }

    /// Scans, and again when whatever was gone had time to turn up.
    func scanTwice() async throws {
        try await scan()
        clock.advance(by: .seconds(10))
        try await scan()
    }

    /// Runs the queue until nothing waits or runs any more, then stops the runner as the daemon does.
    func serve() async throws {
        let feed = store.events.listen()
        try await serve { bench in
            for await _ in feed where try await bench.store.overview(of: []).jobs.isEmpty { break }
        }
    }

    /// Asks for a scan that does not run before somebody serves.
    func request(
        _ scope: ScanScope = .library,
        options: ScanOptions = ScanOptions(),
        trigger: JobTrigger = .user
    ) async throws -> Int64 {
        let request = LibraryStore.JobRequest(library: library, scope: scope, options: options, trigger: trigger)
        return try await store.request(request).job.id
    }

    func job(_ id: Int64) async throws -> Job { try await store.job(id) }

    /// Waits until a job is in a state.
    func reaches(_ state: JobState, _ id: Int64) async throws {
        try await reaches { try await $0.job(id).state == state }
    }

    /// Waits until something is true that an event tells of.
    func reaches(_ isTrue: (ScanBench) async throws -> Bool) async throws {
        let feed = store.events.listen()
        if try await isTrue(self) { return }
        for await _ in feed where try await isTrue(self) { return }
    }

    /// Does something while a job runs, and comes back when the job has been told to stop.
    ///
    /// To be called from a step of the job itself, which so cannot go on meanwhile.
    func stopping(_ job: Int64, by order: () async throws -> Void) async throws {
        guard let control = services.running[job] else { return }
        try await order()
        while !control.isStopped { await Task.yield() }
    }

    /// Runs the queue until `isOver` returns.
    func serve(
        _ libraries: [LibrarySettings]? = nil,
        until isOver: @escaping @Sendable (ScanBench) async throws -> Void
    ) async throws {
        let runner = JobRunner(libraries ?? [settings], services)
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [runner], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                try await isOver(self)
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    // MARK: What came of it

    /// All books by their paths; a missing one whose path is another's by now has its id behind it.
    func books() async throws -> [String: BookEntry] {
        var filter = LibraryStore.BookFilter()
        filter.limit = 100_000
        var books: [String: BookEntry] = [:]
        for book in try await store.books(filter).sorted(by: { $0.state != .missing && $1.state == .missing }) {
            let isTaken = books[book.path.string] != nil
            books[isTaken ? "\(book.path) #\(book.id)" : book.path.string] = book
        }
        return books
    }

    func book(_ path: String) async throws -> BookEntry? { try await books()[path] }

    func series() async throws -> [String: SeriesEntry] {
        let series = try await store.series(of: library, isMissing: nil, after: 0, limit: 1000)
        return Dictionary(series.map { ($0.path.string, $0) }) { $0.isMissing ? $1 : $0 }
    }

    func problems() async throws -> [ProblemEntry] {
        try await store.problems(of: library, class: nil, after: 0, limit: 1000)
    }

    func jobs(_ kind: JobKind) async throws -> [Job] {
        try await store.jobs(LibraryStore.JobFilter(kind: kind))
    }

    var condition: LibraryCondition { services.libraryGuard.conditions.condition(of: library) }

    func events(_ type: EventType) async throws -> [String] {
        try await store.pool.read { db in
            let sql = "SELECT data FROM event WHERE type = ? ORDER BY id"
            return try String.fetchAll(db, sql: sql, arguments: [type.rawValue])
        }
    }

    /// Every row of the catalog as text; the library's note of its last scan belongs to the queue.
    func catalogRows() async throws -> [String] {
        try await store.pool.read { db in
            let tables = ["directory", "series", "book", "metadata", "problem", "volume"]
            let rows = try tables.flatMap { try Row.fetchAll(db, sql: "SELECT * FROM \($0) ORDER BY 1, 2") }
            return try (rows + Row.fetchAll(db, sql: "SELECT id, name, held_losses FROM library")).map(\.description)
        }
    }

    func integrity() async throws -> [String] {
        try await store.pool.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    }

    /// The files of the cache below `folder`, by name.
    func cache(_ folder: String) -> [String] {
        let path = disk.path.appending("cache").appending(folder).string
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".webp") }.sorted()
    }
}

/// The time of day, until it is stopped.
private final class FrozenClock: Sendable {
    private let state = Mutex<(stop: Timestamp?, ahead: Duration)>((nil, .zero))

    var now: Timestamp { state.withLock { ($0.stop ?? .wallClock) + $0.ahead } }

    func stop() { state.withLock { $0.stop = .wallClock } }

    func pass(_ duration: Duration) { state.withLock { $0.ahead += duration } }
}

extension ScanReport {
    /// The counters that are not zero, without the totals.
    var changes: [Counter: Int] {
        let totals: [Counter] = [.totalFiles, .totalDirectories]
        return Counter.allCases.reduce(into: [:]) { changes, counter in
            if self[counter] != 0, !totals.contains(counter) { changes[counter] = self[counter] }
        }
    }
}

extension ScanScope {
    /// Single directories, each without what is below it.
    static func directories(_ paths: [FilePath], removals: Removals = .none) -> ScanScope {
        ScanScope(Dictionary(paths.map { ($0, Depth(isDeep: false, removals: removals)) }) { $1 })
    }
}

extension Timestamp {
    static var wallClock: Timestamp { Timestamp(nanoseconds: Int64(Date.now.timeIntervalSince1970 * 1e9)) }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
