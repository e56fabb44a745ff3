// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryStore

/// A wall clock that moves on by a millisecond at every look, and else by hand.
final class WallTime: Sendable {
    private let nanoseconds = Atomic<Int64>(1_000_000_000)

    func look() -> Timestamp {
        Timestamp(nanoseconds: nanoseconds.add(1_000_000, ordering: .relaxed).newValue)
    }

    /// Sets the clock, back too.
    func move(by time: Duration) {
        nanoseconds.add((Timestamp(nanoseconds: 0) + time).nanoseconds, ordering: .relaxed)
    }
}

/// A real database in a directory of the test's own, with two libraries and a clock that moves on by a millisecond at every look.
final class StoreBench: Sendable {
    let directory: TemporaryDirectory
    let time: WallTime
    let store: LibraryStore
    let comics: LibraryName

    init() async throws {
        directory = try TemporaryDirectory()
        comics = try #require(LibraryName("comics"))
        let time = WallTime()
        self.time = time
        store = try LibraryStore(opening: directory.path.appending("stump.db")) { time.look() }
        try await store.configure([.named("comics"), .named("books2")])
    }

    deinit {
        try? store.close()
    }

    func request(
        _ scope: ScanScope = .library,
        _ options: ScanOptions = ScanOptions(),
        trigger: JobTrigger = .user
    ) async throws -> (job: Job, joined: Bool) {
        try await store.request(
            LibraryStore.JobRequest(library: comics, scope: scope, options: options, trigger: trigger)
        )
    }

    /// Opens the database that another store has closed.
    init(reopening bench: StoreBench) throws {
        (directory, time, comics) = (bench.directory, bench.time, bench.comics)
        store = try LibraryStore(opening: directory.path.appending("stump.db")) { [time] in time.look() }
    }

    /// A scan of a directory with all below it, as the trigger asks for it.
    func request(deep directory: FilePath, trigger: JobTrigger = .user) async throws -> Job {
        try await request(ScanScope([directory: ScanScope.Depth(isDeep: true)]), trigger: trigger).job
    }

    /// Queues a scan and starts it.
    func start(_ scope: ScanScope = .library, _ options: ScanOptions = ScanOptions()) async throws -> Job {
        let job = try await request(scope, options).job
        let running = try await store.claim([job.options.dryRun ? .dryRun : .scan])
        return try #require(running?.id == job.id ? running : nil)
    }

    /// The lines of a job's log.
    func log(of job: Int64) async throws -> [String] {
        try await store.log(of: job, after: 0, limit: 1000).map(\.message)
    }

    /// Columns of a job's row as SQLite shows them.
    func row(of job: Int64, _ columns: String) async throws -> String {
        let text = try await store.pool.read { db in
            try Row.fetchOne(db, sql: "SELECT \(columns) FROM job WHERE id = ?", arguments: [job]).map { row in
                row.databaseValues.map { "\($0.storage.value ?? "NULL")" }.joined(separator: " ")
            }
        }
        return try #require(text)
    }

    /// A record as a scan would make it of a readable book.
    func record(
        _ path: FilePath,
        title: String = "A",
        content: UInt8 = 1,
        size: Int64 = 10,
        findings: [Finding] = [],
        isForced: Bool = false
    ) -> BookRecord {
        var facts = BookFacts()
        facts.format = .cbz
        facts.pages = 3
        facts.fingerprint = Fingerprint(bytes: Array(repeating: content, count: 16))
        facts.metadata.note(.title, .text(title), from: .comicinfo)
        facts.findings = findings
        let directory = path.removingLastComponent()
        return BookRecord(
            directory: directory,
            seriesDirectory: directory,
            rootName: "root",
            name: path.names.last ?? FileName(""),
            format: .cbz,
            stamp: FileStamp(
                device: 1,
                inode: 1,
                born: nil,
                size: size,
                modified: Timestamp(nanoseconds: 1),
                changed: Timestamp(nanoseconds: 1)
            ),
            facts: facts,
            sidecars: 0,
            faults: [],
            version: 1,
            isForced: isForced
        )
    }

    @discardableResult
    func commit(_ records: BookRecord...) async throws -> ScanReport {
        try await store.commit(for: comics, job: nil) { catalog in
            for record in records { try catalog.record(record) }
            return try catalog.summary().report
        }
    }

    /// A record of a file that could not be read.
    func unreadable(_ path: FilePath, _ finding: Finding) -> BookRecord {
        var record = record(path)
        record.facts = nil
        record.faults = [finding]
        return record
    }

    /// Changes the catalog, and gives the figures.
    @discardableResult
    func change(
        job: Int64? = nil,
        _ changes: @Sendable @escaping (CatalogTransaction) throws -> Void
    ) async throws -> ScanReport {
        try await store.commit(for: comics, job: job) { catalog in
            try changes(catalog)
            return try catalog.summary().report
        }
    }

    /// The directories of the library in the order in which they are given out.
    func tree() async throws -> [StoredDirectory] {
        let found = Mutex<[StoredDirectory]>([])
        try await store.tree(of: comics) { directory in found.withLock { $0.append(directory) } }
        return found.withLock { $0 }
    }

    func problems() async throws -> [ProblemEntry] {
        try await store.problems(of: nil, class: nil, after: 0, limit: 1000)
    }

    /// The noted files that no book has; nothing is removed by that.
    func looseThumbnails() async throws -> [String] {
        var loose: [String] = []
        try await store.sweepThumbnails { files in
            loose += files
            return []
        }
        return loose
    }

    func books(limit: Int = 100) async throws -> [BookEntry] {
        var filter = LibraryStore.BookFilter()
        filter.limit = limit
        return try await store.books(filter)
    }

    func events() async throws -> [CatalogEvent] {
        try await store.events(after: 0, limit: 10_000)
    }

    /// The types of the events that `body` caused.
    func types(of body: () async throws -> Void) async throws -> [EventType] {
        let before = try await events().count
        try await body()
        return try await types().suffix(from: before).map { $0 }
    }

    func types() async throws -> [EventType] {
        try await events().map(\.type)
    }
}

extension LibraryStore {
    /// Ends a running job.
    func finish(
        _ id: Int64,
        as state: JobState,
        report: ScanReport? = nil,
        fault: (any Fault)? = nil
    ) async throws {
        let step: JobStep =
            switch state {
            case .completed: .complete
            case .cancelled: .cancel
            case .failed: .fail(code: fault?.code ?? "", detail: fault?.summary ?? "")
            case .queued, .running, .paused: preconditionFailure("job \(id) cannot end as \(state.rawValue)")
            }
        try await take(step, of: id, report: report)
    }
}

extension DirectoryStamp {
    /// A stamp of the directory with this inode; each inode has a birth of its own.
    static func made(of inode: UInt64, at changed: Int64 = 1) -> DirectoryStamp {
        made(of: inode, born: Int64(inode) * 1000, at: changed)
    }

    static func made(of inode: UInt64, born: Int64?, at changed: Int64 = 1) -> DirectoryStamp {
        DirectoryStamp(
            device: 1,
            inode: inode,
            born: born.map(Timestamp.init(nanoseconds:)),
            modified: Timestamp(nanoseconds: changed),
            changed: Timestamp(nanoseconds: changed)
        )
    }
}

extension LibrarySettings {
    /// A library as a configuration would have it, below `/srv`.
    static func named(_ name: String) throws -> LibrarySettings {
        LibrarySettings(name: try #require(LibraryName(name)), root: FilePath("/srv/\(name)"))
    }
}
