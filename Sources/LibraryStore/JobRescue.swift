// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// What becomes of the jobs that ran when the daemon last ended.
extension LibraryStore {
    /// Attempts in a row that end with the daemon and have done nothing before the job is given up.
    package static let stallLimit = 3

    /// Queues again what was running when the daemon was last killed; what somebody had cancelled or paused is that.
    ///
    /// The state directory's lock proves that nobody else runs it. Running a job again is safe, and is how it goes on.
    /// One that has taken the daemon with it ``stallLimit`` times and got nowhere fails, and its error names what it had
    /// in hand: `inFlight` gives that by the job's id.
    package func rescue(inFlight: [Int64: [String]] = [:]) async throws -> [Job] {
        let instant = instant
        let rescued = try await write { db in
            var rescued: [Job] = []
            var told: [CatalogEvent] = []
            let sql = "SELECT id FROM job WHERE state = 'running' ORDER BY id"
            for id in try Int64.fetchAll(db, sql: sql) {
                let step = try db.rescue(id, inFlight[id] ?? [])
                let (job, events) = try db.take(step, of: id, at: instant)
                rescued.append(job)
                told += events
            }
            return (rescued, told)
        }
        queueSignal.raise()
        return rescued
    }
}

extension Database {
    /// The step by which a job that was found running leaves that state.
    fileprivate func rescue(_ id: Int64, _ inFlight: [String]) throws -> JobStep {
        let sql = """
            SELECT 1 FROM job WHERE id = ? AND commits = commits_before AND stalls + 1 >= ?
                AND NOT cancel_requested AND NOT pause_requested
            """
        guard try Int.fetchOne(self, sql: sql, arguments: [id, LibraryStore.stallLimit]) != nil else {
            return .interrupt(.daemonEnded)
        }
        let books = inFlight.isEmpty ? "no book was in hand" : "in hand was \(inFlight.joined(separator: ", "))"
        return .fail(
            code: "crash_loop",
            detail: "stumpd ended \(LibraryStore.stallLimit) times over this job before it got anywhere; \(books)"
        )
    }
}
