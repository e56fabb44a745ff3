// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// What people, and more urgent jobs, want of those that wait and run.
///
/// A running job is only asked: the row says what is wanted, and whoever runs the job obeys at its next book. So nothing
/// is forgotten, whatever ends the daemon in between.
extension LibraryStore {
    /// What a running job is to do.
    package enum JobOrder: Sendable, Equatable {
        case cancel
        case pause

        /// To go back to the queue, and why.
        case interrupt(JobStep.Interruption)
    }

    /// Cancels a waiting job at once, and asks a running one to stop at its next book.
    ///
    /// - Throws: ``StoreFault/wrongState(_:_:)`` where it has ended, ``StoreFault/unknownJob(_:)``.
    package func cancel(_ id: Int64) async throws -> Job {
        try await order(.cancel, id, "cancel_requested")
    }

    /// Pauses a waiting job at once, and asks a running one to stop at its next book and wait.
    ///
    /// - Throws: ``StoreFault/wrongState(_:_:)`` where it has ended or is paused, ``StoreFault/cancelRequested(_:)``,
    ///   ``StoreFault/unknownJob(_:)``.
    package func pause(_ id: Int64) async throws -> Job {
        try await order(.pause, id, "pause_requested")
    }

    /// Has a paused job go on when its turn comes; one that was only asked to pause goes on running.
    ///
    /// - Throws: ``StoreFault/wrongState(_:_:)`` where it is not paused, ``StoreFault/cancelRequested(_:)``,
    ///   ``StoreFault/unknownJob(_:)``.
    package func resume(_ id: Int64) async throws -> Job {
        let instant = instant
        let job = try await write { db in
            try db.refuseCancelled(id)
            try db.execute(
                sql: "UPDATE job SET pause_requested = 0 WHERE id = ? AND state = 'running' AND pause_requested = 1",
                arguments: [id]
            )
            if db.changesCount == 1 { return (try db.job(id), []) }
            return try db.take(.resume, of: id, at: instant)
        }
        queueSignal.raise()
        return job
    }

    /// What the jobs that run now are to do; those that may go on are left out.
    package func orders() async throws -> [Int64: JobOrder] {
        let instant = instant
        return try await pool.read { db in
            var orders: [Int64: JobOrder] = [:]
            let isPaused = try db.isQueuePaused()
            let sql = """
                SELECT job.id, cancel_requested, pause_requested, library.name, paused_at IS NOT NULL, priority,
                    created_at, library_id, lane
                FROM job LEFT JOIN library ON library.id = library_id WHERE state = 'running'
                """
            for row in try Row.fetchAll(db, sql: sql) {
                orders[row[0]] =
                    if row[1] {
                        .cancel
                    } else if row[2] {
                        .pause
                    } else if isPaused {
                        .interrupt(.held(JobHold.queue.reason(nil)))
                    } else if row[4] {
                        .interrupt(.held(JobHold.library.reason(LibraryName(row[3]))))
                    } else {
                        try db.rival(of: row, at: instant).map { .interrupt(.moreUrgent(job: $0)) }
                    }
            }
            return orders
        }
    }

    // MARK: The queue and the libraries

    /// Pauses or resumes the queue; it stays so over restarts.
    ///
    /// - Returns: whether that was anything new.
    @discardableResult
    package func setQueuePaused(_ isPaused: Bool) async throws -> Bool {
        let instant = instant
        let isNew = try await write { db in
            if try db.isQueuePaused() == isPaused { return (false, []) }
            if isPaused { try db.set(.queuePaused, to: instant.nanoseconds) } else { try db.remove(.queuePaused) }
            return (true, [])
        }
        queueSignal.raise()
        return isNew
    }

    /// The scans that wait or run and will end by themselves, and those that are held up, with the reason.
    ///
    /// One that waits after an error is among both: it is tried again by itself, but not now.
    package func openScans() async throws -> (moving: Set<Int64>, held: [Int64: (library: LibraryName, why: String)]) {
        try await pool.read { db in
            let isPaused = try db.isQueuePaused()
            let sql = """
                SELECT job.id, library.name, state, paused_at IS NOT NULL, not_before IS NOT NULL, reason
                FROM job JOIN library ON library.id = library_id
                WHERE \(Database.isOpen) AND lane = 'scan'
                """
            var moving: Set<Int64> = []
            var held: [Int64: (library: LibraryName, why: String)] = [:]
            for row in try Row.fetchAll(db, sql: sql) {
                guard let library = LibraryName(row[1]) else { continue }
                let id: Int64 = row[0]
                let isStopped = row[2] == JobState.paused.rawValue
                let hold: JobHold? = isPaused ? .queue : row[3] ? .library : nil
                if isStopped || row[4] {
                    held[id] = (library, "job \(id): \(row[5] as String? ?? "somebody paused it")")
                } else if let hold {
                    held[id] = (library, hold.reason(library))
                }
                if !isStopped, hold == nil { moving.insert(id) }
            }
            return (moving, held)
        }
    }

    /// Pauses or resumes what is done for one library; it stays so over restarts.
    ///
    /// - Throws: ``StoreFault/unknownLibrary(_:)``.
    package func setPaused(_ isPaused: Bool, _ library: LibraryName) async throws {
        let instant = instant
        try await write { db in
            let sql = "UPDATE library SET paused_at = iif(?, coalesce(paused_at, ?), NULL) WHERE name = ?"
            try db.execute(sql: sql, arguments: [isPaused, instant.nanoseconds, library.text])
            if db.changesCount == 0 { throw StoreFault.unknownLibrary(library.text) }
            return ((), [])
        }
        queueSignal.raise()
    }

    private func order(_ step: JobStep, _ id: Int64, _ column: String) async throws -> Job {
        let instant = instant
        let job = try await write { db in
            guard try db.job(id).state == .running else { return try db.take(step, of: id, at: instant) }
            // To be cancelled twice is no contradiction.
            if step != .cancel { try db.refuseCancelled(id) }
            try db.execute(sql: "UPDATE job SET \(column) = 1 WHERE id = ?", arguments: [id])
            return (try db.job(id), [])
        }
        queueSignal.raise()
        return job
    }
}

extension Database {
    /// Refuses what would be promised to somebody about a job that another has cancelled already.
    fileprivate func refuseCancelled(_ id: Int64) throws {
        let sql = "SELECT cancel_requested FROM job WHERE id = ?"
        if try Bool.fetchOne(cachedStatement(sql: sql), arguments: [id]) == true {
            throw StoreFault.cancelRequested(id)
        }
    }

    /// The job that takes the place of a running one as soon as it is free, where one waits that is more urgent.
    ///
    /// The time that the other has waited is counted in its favour, as it will be when it waits again: so each job that
    /// takes the place is more urgent than all that it was taken from, and none comes back before it ends.
    fileprivate func rival(of running: Row, at instant: Timestamp) throws -> Int64? {
        let level = JobAgeing.level(of: running[5], waited: instant - Timestamp(nanoseconds: running[6]))
        let arguments: StatementArguments = ["lane": running[8] as String, "library": running[7] as Int64?]
        let waiting = try candidates(
            "lane = :lane AND lane != 'dry_run' AND library_id IS :library",
            arguments,
            at: instant
        )
        // By the level that it had from the start: if age counted for the one that waits, two old jobs would interrupt each
        // other for ever. If it did not count for the other, that would be claimed again at once, as the more urgent.
        return waiting.contains { $0.priority < level } ? waiting.min()?.id : nil
    }

    func isQueuePaused() throws -> Bool {
        try setting(.queuePaused) != nil
    }
}
