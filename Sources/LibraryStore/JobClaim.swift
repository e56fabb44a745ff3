// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// Which job's turn it is.
extension LibraryStore {
    /// Takes the most urgent job of some lanes that may run, and marks it as running.
    ///
    /// A library never runs two jobs of one lane at a time, but for dry runs; nothing is taken while the queue is
    /// paused, and nothing of a library that is.
    package func claim(_ lanes: [JobLane]) async throws -> Job? {
        let instant = instant
        return try await write { db in
            if try db.isQueuePaused() { return (nil, []) }
            let wanted = lanes.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            let condition = """
                lane IN (\(wanted)) AND paused_at IS NULL AND (lane = 'dry_run' OR NOT EXISTS (
                    SELECT 1 FROM job AS other WHERE other.state = 'running' AND other.lane = job.lane
                        AND other.library_id IS job.library_id))
                """
            guard let first = try db.candidates(condition, at: instant).min() else { return (nil, []) }
            return try db.take(.start, of: first.id, at: instant)
        }
    }

    /// When the next job that waits after an error may be tried again; `nil` where none waits for nothing but that.
    ///
    /// One whose time has come is claimed with the next change of the queue, whatever else it still waits for.
    package func nextAttempt() async throws -> Timestamp? {
        let instant = instant
        return try await pool.read { db in
            let sql = """
                SELECT min(not_before) FROM job
                WHERE state = 'queued' AND not_before > :now AND not_before <= :longest
                """
            return try Int64.fetchOne(db, sql: sql, arguments: Database.bounds(of: instant))
                .map(Timestamp.init(nanoseconds:))
        }
    }
}

/// A job that waits for nothing but its turn; the smallest is next.
struct Candidate: Comparable {
    let id: Int64

    /// The level that it had from the start.
    let priority: Int

    /// The level that waiting has brought it to.
    let level: Int

    /// Whether it was never started; what was interrupted goes on before another of the same urgency begins.
    let isNew: Bool

    static func < (left: Candidate, right: Candidate) -> Bool {
        (left.level, left.isNew ? 1 : 0, left.id) < (right.level, right.isNew ? 1 : 0, right.id)
    }
}

extension Database {
    /// Jobs that have not ended, in the words of the index that finds them.
    static let isOpen = "(state = 'queued' OR state = 'running' OR state = 'paused')"

    /// The instant, and the end of the longest wait there is, for a query.
    fileprivate static func bounds(of instant: Timestamp) -> StatementArguments {
        ["now": instant.nanoseconds, "longest": (instant + RetryRule.longest).nanoseconds]
    }

    /// The waiting jobs that are due and fulfil a condition on `job` and `library`: a few at the most.
    func candidates(
        _ condition: String,
        _ arguments: StatementArguments = StatementArguments(),
        at instant: Timestamp
    ) throws -> [Candidate] {
        let sql = """
            SELECT job.id, priority, created_at, started_at IS NULL FROM job
            LEFT JOIN library ON library.id = library_id
            WHERE state = 'queued'
                -- A clock that was set back holds nothing up for longer than the longest wait there is.
                AND (not_before IS NULL OR not_before <= :now OR not_before > :longest)
                AND \(condition)
            """
        return try Row.fetchAll(self, sql: sql, arguments: arguments + Database.bounds(of: instant)).map { row in
            let level = JobAgeing.level(of: row[1], waited: instant - Timestamp(nanoseconds: row[2]))
            return Candidate(id: row[0], priority: row[1], level: level, isNew: row[3])
        }
    }
}
