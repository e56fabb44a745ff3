// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

extension LibraryStore {
    /// Takes one step in the life of a running job; the row, the event and the line of its log are one transaction.
    ///
    /// Where somebody has asked the job to stop meanwhile, or no longer does, that counts: see
    /// ``JobStep/heeding(cancel:pause:)``. Without a `report` the job keeps the one it has.
    ///
    /// - Throws: ``StoreFault/wrongState(_:_:)`` where the job is in no state for it, ``StoreFault/unknownJob(_:)``.
    @discardableResult
    package func take(_ step: JobStep, of id: Int64, report: ScanReport? = nil) async throws -> Job {
        let instant = instant
        let job = try await write { db in
            if let report {
                let text = try JSONText.encode(report)
                try db.execute(sql: "UPDATE job SET report = ? WHERE id = ?", arguments: [text, id])
            }
            return try db.take(step, of: id, at: instant)
        }
        queueSignal.raise()
        return job
    }
}

/// The one place where a job's state is written.
extension Database {
    /// Takes a step, and gives the job with the event that tells of it.
    ///
    /// - Throws: ``StoreFault/wrongState(_:_:)``, ``StoreFault/unknownJob(_:)``.
    func take(_ asked: JobStep, of id: Int64, at instant: Timestamp) throws -> (Job, [CatalogEvent]) {
        let statement = try cachedStatement(
            sql: "SELECT state, cancel_requested, pause_requested FROM job WHERE id = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [id]), let state = JobState(rawValue: row[0]) else {
            throw StoreFault.unknownJob(id)
        }
        let step = state == .running ? asked.heeding(cancel: row[1], pause: row[2]) : asked
        guard let next = step.next(from: state) else { throw StoreFault.wrongState(id, state) }
        try write(step, from: state, to: next, of: id, at: instant)
        let job = try job(id)
        if next.isTerminal { try noteScanEnd(job, at: instant) }
        try log(step.level, message(step, asked, of: job), of: id, at: instant)
        return (job, [try tell(step.event, of: job, at: instant)])
    }

    func log(_ level: String, _ message: String, of job: Int64, at instant: Timestamp) throws {
        try execute(
            sql: "INSERT INTO job_log (job_id, at, level, message) VALUES (?, ?, ?, ?)",
            arguments: [job, instant.nanoseconds, level, message]
        )
    }

    func tell(_ type: EventType, of job: Job, at instant: Timestamp) throws -> CatalogEvent {
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

    private func write(
        _ step: JobStep,
        from state: JobState,
        to next: JobState,
        of id: Int64,
        at instant: Timestamp
    ) throws {
        let error: (code: String, detail: String)? =
            if case .fail(let code, let detail) = step { (code, detail) } else { nil }
        let due: Timestamp? = if case .interrupt(.error(_, _, let until)) = step { until } else { nil }
        let sql = """
            UPDATE job SET state = ?1, reason = ?2, finished_at = ?3, error_code = ?4, error_detail = ?5, not_before = ?6,
                is_open = 0, cancel_requested = 0, pause_requested = 0,
                started_at = iif(?1 = 'running', coalesce(started_at, ?7), started_at),
                ran_ns = ran_ns + iif(?9, max(0, ?7 - coalesce(running_since, ?7)), 0),
                running_since = iif(?1 = 'running', ?7, NULL)\(step.counting(from: state))
            WHERE id = ?8
            """
        // What a pause of the queue or the library holds up is told while it does, and by nobody after it.
        let isHeld = if case .interrupt(.held) = step { true } else { false }
        // When a daemon that was killed had done its last work, nobody knows.
        let isTimed = step != .interrupt(.daemonEnded)
        let arguments: StatementArguments = [
            next.rawValue, isHeld ? nil : step.reason, next.isTerminal ? instant.nanoseconds : nil, error?.code,
            error?.detail,
            due?.nanoseconds, instant.nanoseconds, id, isTimed,
        ]
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    private func message(_ step: JobStep, _ asked: JobStep, of job: Job) -> String {
        switch (asked, step) {
        case (.interrupt(.daemonEnded), _):
            "stumpd ended while this job ran; \(job.state.rawValue) when it started again"
        case (_, .start) where job.attempt > 1: "started again, attempt \(job.attempt)"
        case (_, .cancel) where job.startedAt == nil: "cancelled before it ran"
        default: step.message
        }
    }

    private func noteScanEnd(_ job: Job, at instant: Timestamp) throws {
        guard job.kind.isScan, !job.options.dryRun, job.startedAt != nil else { return }
        try execute(
            sql: "UPDATE library SET last_scan_job = ?, last_scan_at = ?, last_scan_state = ? WHERE name = ?",
            arguments: [job.id, instant.nanoseconds, job.state.rawValue, job.library?.text]
        )
    }
}

extension JobStep {
    /// What a step counts in the job's row, as further assignments of an `UPDATE`.
    ///
    /// Only what was the job's own doing counts as an attempt: a start that ended in an error, or with the daemon before
    /// a single batch was committed.
    fileprivate func counting(from state: JobState) -> String {
        switch self {
        case .start: ", attempt = attempt + 1, commits_before = commits, progress = NULL"
        case .interrupt(.error): ", failures = failures + 1, stalls = 0"
        case .interrupt(.daemonEnded):
            ", attempt = attempt - (commits > commits_before), stalls = iif(commits > commits_before, 0, stalls + 1)"
        case .interrupt, .pause: state == .running ? ", attempt = attempt - 1, stalls = 0" : ""
        case .complete, .fail, .cancel, .resume: ""
        }
    }
}

/// The data of a job's events.
private struct JobEventData: Encodable {
    var kind: JobKind
    var state: JobState
    var trigger: JobTrigger
    var attempt: Int
    var reason: String?
    var report: ScanReport?
    var error: String?

    init(_ job: Job) {
        kind = job.kind
        state = job.state
        trigger = job.trigger
        attempt = job.attempt
        reason = job.reason
        report = job.state.isTerminal ? job.report : nil
        error = job.errorDetail
    }
}
