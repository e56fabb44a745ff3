// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// How the rows of `job` become jobs; nothing outside this room sees the columns.
extension Database {
    static let jobColumns = """
        SELECT job.id, kind, library.name AS library, state, "trigger", priority, options, created_at, started_at,
            running_since, ran_ns, finished_at, not_before, attempt, failures, merged, reason, progress, report, error_code, error_detail,
            follow_up, retry_of, cancel_requested, pause_requested,
            CASE WHEN state != 'queued' THEN NULL
                WHEN EXISTS (SELECT 1 FROM setting WHERE key = 'queue_paused_at') THEN 'queue'
                WHEN paused_at IS NOT NULL THEN 'library' END AS held_by
        FROM job LEFT JOIN library ON library.id = library_id

        """

    /// - Throws: ``StoreFault/unknownJob(_:)``.
    func job(_ id: Int64) throws -> Job {
        let statement = try cachedStatement(sql: Database.jobColumns + "WHERE job.id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else {
            throw StoreFault.unknownJob(id)
        }
        return try job(row)
    }

    func job(_ row: Row) throws -> Job {
        let id: Int64 = row["id"]
        guard let kind = JobKind(rawValue: row["kind"]), let state = JobState(rawValue: row["state"]),
            let trigger = JobTrigger(rawValue: row["trigger"]), let priority = JobPriority(rawValue: row["priority"])
        else { throw StoreFault.unknownJob(id) }
        let library = (row["library"] as String?).flatMap(LibraryName.init)
        let hold = (row["held_by"] as String?).flatMap(JobHold.init(rawValue:))
        // What holds it up now comes before what made it wait.
        let reason: String? =
            if row["cancel_requested"] {
                "it is cancelled at its next book"
            } else if row["pause_requested"] {
                "it is paused at its next book"
            } else {
                hold?.reason(library) ?? row["reason"]
            }
        return Job(
            id: id,
            kind: kind,
            library: library,
            state: state,
            trigger: trigger,
            priority: priority,
            scope: try scope(of: id),
            options: try JSONText.decode(ScanOptions.self, from: row["options"]),
            createdAt: Timestamp(nanoseconds: row["created_at"]),
            startedAt: (row["started_at"] as Int64?).map(Timestamp.init(nanoseconds:)),
            runningSince: (row["running_since"] as Int64?).map(Timestamp.init(nanoseconds:)),
            ran: .nanoseconds(row["ran_ns"] as Int64),
            finishedAt: (row["finished_at"] as Int64?).map(Timestamp.init(nanoseconds:)),
            attempt: row["attempt"],
            failures: row["failures"],
            notBefore: (row["not_before"] as Int64?).map(Timestamp.init(nanoseconds:)),
            reason: reason,
            heldBy: hold,
            retryOf: row["retry_of"],
            merged: row["merged"],
            progress: try (row["progress"] as String?).map { try JSONText.decode(JobProgress.self, from: $0) },
            report: try (row["report"] as String?).map { try JSONText.decode(ScanReport.self, from: $0) },
            errorCode: row["error_code"],
            errorDetail: row["error_detail"],
            followUp: row["follow_up"]
        )
    }
}

/// What the API asks of the queue.
extension LibraryStore {
    /// Which jobs a list shows.
    package struct JobFilter: Sendable {
        package var state: JobState?
        package var kind: JobKind?
        package var library: LibraryName?

        /// Only jobs older than this id.
        package var before: Int64?
        package var limit: Int

        package init(
            state: JobState? = nil,
            kind: JobKind? = nil,
            library: LibraryName? = nil,
            before: Int64? = nil,
            limit: Int = 100
        ) {
            self.state = state
            self.kind = kind
            self.library = library
            self.before = before
            self.limit = limit
        }
    }

    /// One line of a job's log.
    package struct JobLogEntry: Sendable {
        package var id: Int64
        package var at: Timestamp
        package var level: String
        package var message: String
        package var path: FilePath?
    }

    /// - Throws: ``StoreFault/unknownJob(_:)``.
    package func job(_ id: Int64) async throws -> Job {
        try await pool.read { try $0.job(id) }
    }

    /// Jobs, newest first.
    package func jobs(_ filter: JobFilter) async throws -> [Job] {
        try await pool.read { db in
            let terms: [(sql: String, value: (any DatabaseValueConvertible)?)] = [
                ("kind = ?", filter.kind?.rawValue), ("library.name = ?", filter.library?.text),
                ("job.id < ?", filter.before),
            ]
            let asked = terms.filter { $0.value != nil }
            // By its name, so that the index of those that have not ended answers for them.
            let state = filter.state.map { "state = '\($0.rawValue)'" } ?? "1"
            let condition = ([state] + asked.map(\.sql)).joined(separator: " AND ")
            return try Row.fetchAll(
                db,
                sql: Database.jobColumns + "WHERE \(condition) ORDER BY job.id DESC LIMIT ?",
                arguments: StatementArguments(asked.map(\.value) + [filter.limit])
            ).map { try db.job($0) }
        }
    }

    /// The libraries of which a scan waits or runs.
    package func librariesToScan() async throws -> Set<LibraryName> {
        try await pool.read { db in
            let sql = """
                SELECT DISTINCT library.name FROM job JOIN library ON library.id = library_id
                WHERE \(Database.isOpen) AND job.state != 'paused' AND lane = 'scan'
                """
            return Set(try String.fetchAll(db, sql: sql).compactMap(LibraryName.init))
        }
    }

    /// A job's log in order.
    package func log(of job: Int64, after: Int64, limit: Int) async throws -> [JobLogEntry] {
        try await pool.read { db in
            _ = try db.job(job)
            let sql = "SELECT id, at, level, message, path FROM job_log WHERE job_id = ? AND id > ? ORDER BY id LIMIT ?"
            return try Row.fetchAll(db, sql: sql, arguments: [job, after, limit]).map { row in
                JobLogEntry(
                    id: row[0],
                    at: Timestamp(nanoseconds: row[1]),
                    level: row[2],
                    message: row[3],
                    path: (row[4] as Data?).map { FilePath(bytes: [UInt8]($0)) }
                )
            }
        }
    }

    /// Events that were kept, in order.
    package func events(after id: Int64, limit: Int) async throws -> [CatalogEvent] {
        try await pool.read { db in
            let sql = "SELECT id, at, type, library, job_id, data FROM event WHERE id > ? ORDER BY id LIMIT ?"
            return try Row.fetchAll(db, sql: sql, arguments: [id, limit]).compactMap { row in
                guard let type = EventType(rawValue: row[2]) else { return nil }
                return CatalogEvent(
                    id: row[0],
                    at: Timestamp(nanoseconds: row[1]),
                    type: type,
                    library: (row[3] as String?).flatMap(LibraryName.init),
                    job: row[4],
                    data: row[5]
                )
            }
        }
    }
}
