// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel
import Synchronization
package import SystemPackage

/// The catalog and the queue: one SQLite database, written by one connection.
///
/// What an `await`ed call has written is on the disk when it returns. Events of a transaction are published to
/// ``events`` after its commit, never before.
package final class LibraryStore: Sendable {
    /// Everything that happens from now on.
    package let events = EventFeed()

    /// Raised when a job may have become runnable.
    package let queueSignal = Signal()

    /// Raised when a transaction met damage in the database's file.
    package let damageSignal = Signal()

    /// Raised when a transaction was given up because the disk is full, fails, or has become read-only.
    package let refusalSignal = Signal()

    let pool: DatabasePool
    let path: FilePath

    /// Whether the check after an unclean stop is still to be done.
    let owed: Atomic<Bool>
    private let mark: RunningMark
    private let now: @Sendable () -> Timestamp

    /// Opens the database, creating or migrating it first; a migration starts with a backup beside it.
    ///
    /// After a stop that was not clean a small database is checked before it is used. A large one is not, because that
    /// takes its time and is seldom needed: then ``owesCheck`` asks for it.
    ///
    /// - Parameters:
    ///   - path: In a directory that exists.
    ///   - now: The wall clock, for the times of rows.
    ///   - onCheck: Called before such a check with the size in bytes.
    ///   - onMigration: Called with the same before the database is copied and brought to this version's form.
    /// - Throws: a ``StoreFault``; then nothing was changed.
    package init(
        opening path: FilePath,
        now: @escaping @Sendable () -> Timestamp,
        onCheck: (Int64) -> Void = { _ in },
        onMigration: (Int64) -> Void = { _ in }
    ) throws(StoreFault) {
        self.path = path
        self.now = now
        mark = RunningMark(of: path)
        do {
            try DatabaseRestore(of: path).finish()
            Backups(of: path).clear()
            owed = Atomic(try LibraryStore.inspect(path, isUnclean: mark.isThere, onCheck, onMigration))
            try mark.set()
            pool = try DatabasePool(path: path.string, configuration: LibraryStore.configuration)
            try LibraryStore.migrate(pool)
            try pool.writeWithoutTransaction { db in
                // Opening a pool resets this, so it can only be set now. FULL: what was acknowledged survives a
                // power cut.
                try db.execute(sql: "PRAGMA synchronous = FULL")
            }
        } catch let fault as StoreFault {
            throw fault
        } catch {
            throw LibraryStore.fault(error, at: path)
        }
    }

    /// Lets go of pages and statements that are kept for the next time, as soon as nobody uses them.
    package func releaseMemory() { pool.releaseMemoryEventually() }

    /// Closes the database after moving the log into it; throws where it was closed before.
    package func close() throws {
        // By hand: the pool closes its readers last, and they could not. In SQL, because the pool's own call for it
        // crashes on a connection that is closed.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try pool.close()
        // A check that was not done is done after the next start.
        if !owesCheck { mark.remove() }
    }

    /// Where the database lies.
    package var place: FilePath { path }

    /// Whether the last run ended uncleanly and the database was too large to be checked before it is used.
    package var owesCheck: Bool { owed.load(ordering: .relaxed) }

    /// Runs one transaction; its rows, the job's figures and the events become durable together.
    ///
    /// `job` is the one on whose behalf the rows change: events, problems and the job's log name it. Books are told in
    /// arrays, or one by one, as `mode` says.
    package func commit<Value: Sendable>(
        for library: LibraryName,
        job: Int64?,
        telling mode: ScanMode = .batched,
        _ changes: @Sendable @escaping (CatalogTransaction) throws -> Value
    ) async throws -> Value {
        let instant = now()
        return try await write { db in
            let transaction = try CatalogTransaction(db, library: library, job: job, telling: mode, at: instant)
            let value = try changes(transaction)
            return (value, try transaction.finish())
        }
    }

    /// Writes one event that belongs to no transaction of the catalog.
    package func tell(_ type: EventType, of library: LibraryName? = nil, data: String = "{}") async throws {
        let instant = now()
        try await write { db in
            let event = CatalogEvent(id: nil, at: instant, type: type, library: library, job: nil, data: data)
            return ((), [try db.insert(event)])
        }
    }

    /// Tells listeners how far a job has come; this is not kept.
    package func tell(_ progress: JobProgress, of job: Job) throws {
        let data = try JSONText.encode(progress)
        let event = CatalogEvent(
            id: nil,
            at: now(),
            type: .jobProgress,
            library: job.library,
            job: job.id,
            data: data
        )
        events.publish([event])
    }

    var instant: Timestamp { now() }

    /// Runs a transaction that gives the events it wrote, and publishes them when it is committed.
    func write<Value: Sendable>(
        _ changes: @Sendable @escaping (Database) throws -> (Value, [CatalogEvent])
    ) async throws -> Value {
        try await raisingSignals {
            try await pool.write { [events] db in
                let (value, told) = try changes(db)
                // Before the next transaction can begin, so in the order of ids: who goes on after the last id it saw
                // would miss the events of a commit that was told too late.
                db.afterNextTransaction { _ in events.publish(told) }
                return value
            }
        }
    }

    /// Runs a transaction of which nobody is told.
    func writeUntold<Value: Sendable>(_ changes: @Sendable @escaping (Database) throws -> Value) async throws -> Value {
        try await write { (try changes($0), []) }
    }

    /// Runs on the connection that writes what cannot be done in a transaction.
    func writeWithoutTransaction<Value: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Value
    ) async throws -> Value {
        try await raisingSignals { try await pool.writeWithoutTransaction(body) }
    }

    /// Has an error known to all whom it concerns, whoever met it.
    private func raisingSignals<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            switch StoreTrouble(error) {
            case .damaged?: damageSignal.raise()
            case .full?, .notWritable?: refusalSignal.raise()
            case .busy?, .other?, nil: break
            }
            throw error
        }
    }

    /// How long a connection waits for another's lock, in seconds.
    static let patience = 5

    /// For a connection that cannot write.
    static var readOnly: Configuration {
        var configuration = configuration
        configuration.readonly = true
        return configuration
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(patience))
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // In KiB. Who writes goes through whole indices; readers are several, and the kernel has the pages too.
            let cache = db.configuration.readonly ? 2000 : 16_000
            try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY")
            try db.execute(sql: "PRAGMA cache_size = -\(cache)")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        return configuration
    }

    /// Refuses what is not ours, through a connection that cannot write: opening a pool alone changes a file's mode.
    ///
    /// Where a migration is to come, the database is copied by the same connection. Gives whether a check is still to
    /// be done.
    private static func inspect(
        _ path: FilePath,
        isUnclean: Bool,
        _ onCheck: (Int64) -> Void,
        _ onMigration: (Int64) -> Void
    ) throws -> Bool {
        guard let size = path.size else { return false }
        let all = size + (path.with(suffix: "-wal").size ?? 0)
        let isSmall = all <= DatabaseCheck.checkedBeforeUse
        if isUnclean, isSmall { onCheck(all) }
        try DatabaseCheck.inspect(path, checking: isUnclean && isSmall) { db in
            try backUpBeforeMigration(db, of: path) { onMigration(all) }
        }
        return isUnclean && !isSmall
    }

    private static func migrate(_ pool: DatabasePool) throws {
        let migrator = Schema.migrator
        if try pool.read(migrator.hasCompletedMigrations) { return }
        // First, so that a crash in between does not leave tables that nobody owns.
        try pool.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try migrator.migrate(pool)
    }

    private static func backUpBeforeMigration(_ db: Database, of path: FilePath, announce: () -> Void) throws {
        let migrator = Schema.migrator
        let version = try migrator.appliedIdentifiers(db).count
        if try version == 0 || migrator.hasCompletedMigrations(db) { return }
        announce()
        let backups = Backups(of: path)
        let draft = try backups.draft(beforeMigrationFrom: version)
        try draft.fill(from: db)
        let copy = try draft.open()
        try copy.read { try draft.check($0) }
        try copy.close()
        _ = try draft.keep()
        backups.prune(but: draft.target)
    }

    /// What an error of SQLite's means for the database.
    package static func fault(_ error: any Error, at path: FilePath) -> StoreFault {
        if let fault = error as? StoreFault { return fault }
        guard let error = error as? DatabaseError else { return .notWritable(path, reason: String(describing: error)) }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        return StoreTrouble(error) == .damaged ? .damaged(path, reason: reason) : .notWritable(path, reason: reason)
    }
}
