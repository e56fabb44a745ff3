// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
import SystemPackage

/// The queue: every request becomes a row before it is acknowledged, and every change of state is told.
extension LibraryStore {
    /// A request for a scan.
    package struct ScanRequest: Sendable {
        package var library: LibraryName
        package var scope: ScanScope
        package var options: ScanOptions
        package var trigger: JobTrigger

        package init(
            library: LibraryName,
            scope: ScanScope = .library,
            options: ScanOptions = ScanOptions(),
            trigger: JobTrigger
        ) {
            self.library = library
            self.scope = scope
            self.options = options
            self.trigger = trigger
        }

        /// A scan of what somebody named is a `series_scan`; whatever may hold anything is a `library_scan`.
        fileprivate var kind: JobKind {
            trigger == .user && !scope.isWholeLibrary ? .seriesScan : .libraryScan
        }

        fileprivate var priority: JobPriority {
            switch trigger {
            case .user: scope.isWholeLibrary ? .userLibrary : .userPath
            case .watch: .watch
            case .schedule, .start, .retry: .schedule
            }
        }
    }

    /// Queues a scan, or joins it to the one that waits for the same library.
    ///
    /// A job that has started never changes what it was asked; a request that comes in meanwhile waits as its
    /// follow-up. So a library has at most one running and one waiting scan.
    package func request(_ request: ScanRequest) async throws -> (job: Job, joined: Bool) {
        let instant = instant
        let (job, joined) = try await write { db in
            let waiting = try db.waitingScan(of: request.library)
            let id = try waiting.map { try db.join(request, to: $0) } ?? db.insert(request, at: instant)
            let job = try db.job(id)
            let event = try db.tell(waiting == nil ? .jobQueued : .jobMerged, of: job, at: instant)
            return ((job, waiting != nil), [event])
        }
        queueSignal.raise()
        return (job, joined)
    }

    /// Queues the thumbnails that are due in a library, or joins the job that waits for them.
    ///
    /// A job that runs already has them all in hand unless the scan `hasNews`, which may lie behind it.
    package func requestThumbnails(
        of library: LibraryName,
        causedBy scan: Job?,
        hasNews: Bool = true
    ) async throws -> Int64 {
        let instant = instant
        let id = try await write { db in
            let waiting = try db.thumbnails(of: library, hasNews: hasNews)
            let id = try waiting ?? db.insertThumbnails(library, scan?.trigger ?? .start, at: instant)
            if let scan {
                try db.execute(sql: "UPDATE job SET follow_up = ? WHERE id = ?", arguments: [id, scan.id])
            }
            return (id, waiting == nil ? [try db.tell(.jobQueued, of: try db.job(id), at: instant)] : [])
        }
        queueSignal.raise()
        return id
    }

    /// Takes the most urgent job of some kinds that may run, and marks it as running.
    ///
    /// A library never runs two jobs of one sort at a time; a whole scan that was interrupted goes first.
    package func claim(_ kinds: [JobKind]) async throws -> Job? {
        let instant = instant
        return try await write { db in
            let wanted = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            let sql = """
                SELECT id FROM job WHERE state = 'queued' AND kind IN (\(wanted)) AND NOT EXISTS (
                    SELECT 1 FROM job AS other WHERE other.library_id = job.library_id AND other.state = 'running'
                        AND other.kind IN (\(wanted)))
                ORDER BY priority, started_at IS NULL, id LIMIT 1
                """
            guard let id = try Int64.fetchOne(db, sql: sql) else { return (nil, []) }
            try db.execute(
                sql: """
                    UPDATE job SET state = 'running', started_at = coalesce(started_at, ?), attempt = attempt + 1,
                        report = NULL, progress = NULL
                    WHERE id = ? AND state = 'queued'
                    """,
                arguments: [instant.nanoseconds, id]
            )
            let job = try db.job(id)
            try db.log(job.attempt == 1 ? "started" : "started again, attempt \(job.attempt)", of: id, at: instant)
            return (job, [try db.tell(.jobStarted, of: job, at: instant)])
        }
    }

    /// Ends a running job.
    ///
    /// - Throws: ``StoreFault`` where it does not run.
    package func finish(
        _ id: Int64,
        as state: JobState,
        report: ScanReport?,
        fault: (any Fault)? = nil
    ) async throws {
        precondition(JobState.running.allows(state) && state.isTerminal, "job \(id) cannot end as \(state.rawValue)")
        let instant = instant
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE job SET state = ?, finished_at = ?, report = ?, error_code = ?, error_detail = ?
                    WHERE id = ? AND state = 'running'
                    """,
                arguments: [
                    state.rawValue, instant.nanoseconds, try report.map(JSONText.encode), fault?.code, fault?.summary,
                    id,
                ]
            )
            let hasEnded = db.changesCount == 1
            let job = try db.job(id)
            guard hasEnded else { throw StoreFault.jobEnded(id, job.state) }
            try db.noteScanEnd(job, at: instant)
            try db.log(fault.map { "\(state.rawValue): \($0.summary)" } ?? state.rawValue, of: id, at: instant)
            return ((), [try db.tell(EventType(ending: state), of: job, at: instant)])
        }
        queueSignal.raise()
    }

    /// Cancels a waiting job at once, and asks a running one to stop at its next book.
    ///
    /// - Returns: the job, and whether it runs, so that its runner has to be told.
    /// - Throws: ``StoreFault`` where there is no such job, or it has ended.
    package func cancel(_ id: Int64) async throws -> (job: Job, isRunning: Bool) {
        let instant = instant
        let job = try await write { db in
            var job = try db.job(id)
            guard !job.state.isTerminal else { throw StoreFault.jobEnded(id, job.state) }
            if job.state == .running {
                try db.execute(sql: "UPDATE job SET cancel_requested = 1 WHERE id = ?", arguments: [id])
                return (job, [])
            }
            try db.execute(
                sql: "UPDATE job SET state = 'cancelled', finished_at = ? WHERE id = ? AND state = 'queued'",
                arguments: [instant.nanoseconds, id]
            )
            job = try db.job(id)
            try db.log("cancelled before it ran", of: id, at: instant)
            return (job, [try db.tell(.jobCancelled, of: job, at: instant)])
        }
        return (job, job.state == .running)
    }

    /// Whether somebody asked a running job to stop.
    package func isCancelRequested(_ id: Int64) async throws -> Bool {
        try await pool.read { db in
            try Bool.fetchOne(db, sql: "SELECT cancel_requested FROM job WHERE id = ?", arguments: [id]) ?? false
        }
    }

    /// Queues again what was running when the daemon was last stopped or killed.
    ///
    /// The state directory's lock proves that nobody else runs it. Running a job again is safe, and is how it goes on.
    package func rescue() async throws -> [Job] {
        let instant = instant
        let rescued = try await write { db in
            var rescued: [Job] = []
            var told: [CatalogEvent] = []
            for id in try Int64.fetchAll(db, sql: "SELECT id FROM job WHERE state = 'running' ORDER BY id") {
                let isCancelled = try Bool.fetchOne(
                    db,
                    sql: "SELECT cancel_requested FROM job WHERE id = ?",
                    arguments: [id]
                )
                let next: JobState = isCancelled == true ? .cancelled : .queued
                try db.execute(
                    sql: "UPDATE job SET state = ?, finished_at = iif(?, ?, NULL) WHERE id = ?",
                    arguments: [next.rawValue, next.isTerminal, instant.nanoseconds, id]
                )
                let job = try db.job(id)
                try db.log(
                    "stumpd ended while this job ran; \(next.rawValue) when it started again",
                    of: id,
                    at: instant
                )
                told.append(try db.tell(next == .queued ? .jobQueued : .jobCancelled, of: job, at: instant))
                rescued.append(job)
            }
            return (rescued, told)
        }
        queueSignal.raise()
        return rescued
    }

    /// Whether a scan of the whole library is queued or running.
    package func hasWholeScan(of library: LibraryName) async throws -> Bool {
        try await pool.read { db in
            let sql = """
                SELECT 1 FROM job JOIN job_directory ON job_id = job.id JOIN library ON library.id = library_id
                WHERE library.name = ? AND state IN ('queued', 'running') AND path = x'' AND is_deep = 1 LIMIT 1
                """
            return try Int.fetchOne(db, sql: sql, arguments: [library.text]) != nil
        }
    }
}

extension EventType {
    fileprivate init(ending state: JobState) {
        switch state {
        case .completed: self = .jobCompleted
        case .cancelled: self = .jobCancelled
        case .failed: self = .jobFailed
        case .queued, .running: preconditionFailure("a job does not end as \(state.rawValue)")
        }
    }
}

extension Database {
    fileprivate func waitingScan(of library: LibraryName) throws -> Int64? {
        let sql = """
            SELECT job.id FROM job JOIN library ON library.id = library_id
            WHERE name = ? AND state = 'queued' AND started_at IS NULL AND kind != 'thumbnail_generation'
            """
        return try Int64.fetchOne(self, sql: sql, arguments: [library.text])
    }

    fileprivate func thumbnails(of library: LibraryName, hasNews: Bool) throws -> Int64? {
        let sql = """
            SELECT job.id FROM job JOIN library ON library.id = library_id
            WHERE name = ? AND kind = 'thumbnail_generation'
                AND (state = 'queued' OR NOT ? AND state = 'running')
            """
        return try Int64.fetchOne(self, sql: sql, arguments: [library.text, hasNews])
    }

    fileprivate func join(_ request: LibraryStore.ScanRequest, to id: Int64) throws -> Int64 {
        let waiting = try job(id)
        var scope = waiting.scope
        scope.formUnion(request.scope)
        let kind = waiting.kind == request.kind && !scope.isWholeLibrary ? waiting.kind : .libraryScan
        try execute(
            sql: "UPDATE job SET kind = ?, priority = min(priority, ?), options = ?, merged = merged + 1 WHERE id = ?",
            arguments: [
                kind.rawValue, request.priority.rawValue,
                try JSONText.encode(waiting.options.merged(with: request.options)), id,
            ]
        )
        try keep(scope, of: id, before: waiting.scope)
        return id
    }

    fileprivate func insert(_ request: LibraryStore.ScanRequest, at instant: Timestamp) throws -> Int64 {
        let id = try insertJob(
            request.kind,
            request.library,
            request.trigger,
            request.priority,
            request.options,
            at: instant
        )
        try keep(request.scope, of: id)
        return id
    }

    fileprivate func insertThumbnails(
        _ library: LibraryName,
        _ trigger: JobTrigger,
        at instant: Timestamp
    ) throws -> Int64 {
        try insertJob(.thumbnailGeneration, library, trigger, .background, ScanOptions(), at: instant)
    }

    private func insertJob(
        _ kind: JobKind,
        _ library: LibraryName,
        _ trigger: JobTrigger,
        _ priority: JobPriority,
        _ options: ScanOptions,
        at instant: Timestamp
    ) throws -> Int64 {
        guard let libraryID = try libraryID(library) else { throw StoreFault.unknownLibrary(library.text) }
        try execute(
            sql: """
                INSERT INTO job (kind, library_id, state, "trigger", priority, options, created_at)
                VALUES (?, ?, 'queued', ?, ?, ?, ?)
                """,
            arguments: [
                kind.rawValue, libraryID, trigger.rawValue, priority.rawValue, try JSONText.encode(options),
                instant.nanoseconds,
            ]
        )
        return lastInsertedRowID
    }

    fileprivate func log(_ message: String, of job: Int64, at instant: Timestamp) throws {
        try execute(
            sql: "INSERT INTO job_log (job_id, at, level, message) VALUES (?, ?, 'info', ?)",
            arguments: [job, instant.nanoseconds, message]
        )
    }

    fileprivate func noteScanEnd(_ job: Job, at instant: Timestamp) throws {
        guard job.kind.isScan else { return }
        try execute(
            sql: "UPDATE library SET last_scan_job = ?, last_scan_at = ?, last_scan_state = ? WHERE name = ?",
            arguments: [job.id, instant.nanoseconds, job.state.rawValue, job.library.text]
        )
    }

    fileprivate func tell(_ type: EventType, of job: Job, at instant: Timestamp) throws -> CatalogEvent {
        let event = CatalogEvent(
            id: nil,
            at: instant,
            type: type,
            library: job.library,
            job: job.id,
            data: try JSONText.encode(JobEventData(job))
        )
        return try insert(event)
    }
}

/// The data of a job's events.
private struct JobEventData: Encodable {
    var kind: JobKind
    var state: JobState
    var trigger: JobTrigger
    var attempt: Int
    var report: ScanReport?
    var error: String?

    init(_ job: Job) {
        kind = job.kind
        state = job.state
        trigger = job.trigger
        attempt = job.attempt
        report = job.report
        error = job.errorDetail
    }
}
