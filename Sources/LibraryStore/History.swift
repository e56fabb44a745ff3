// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel

/// What is kept of the past, and for how long.
extension LibraryStore {
    /// Rows that are deleted in one transaction, so that nobody waits long for the next.
    private static let pruneLimit = 500

    /// Forgets finished jobs with their logs that are older than `age`; the last jobs of each library stay, and all events.
    ///
    /// - Returns: how many jobs were forgotten.
    package func prune(olderThan age: Duration) async throws -> Int {
        let instant = instant
        let rule = HistoryRule(age: age)
        let expired = try await pool.read { db in
            let sql = """
                SELECT id, library_id, finished_at FROM job WHERE finished_at IS NOT NULL ORDER BY finished_at DESC, id DESC
                """
            let entries = try Row.fetchAll(db, sql: sql).map { row in
                HistoryRule.Entry<Int64>(id: row[0], group: row[1], finishedAt: Timestamp(nanoseconds: row[2]))
            }
            return rule.expired(entries, at: instant)
        }
        var rest = expired[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            let part = rest.prefix(LibraryStore.pruneLimit)
            rest = rest.dropFirst(part.count)
            try await writeUntold { db in
                let deletion = try db.cachedStatement(sql: "DELETE FROM job WHERE id = ?")
                for id in part { try deletion.execute(arguments: [id]) }
            }
        }
        return expired.count
    }

    /// Forgets events that are older than `age`.
    ///
    /// Who reads on after an event that is older misses some; ``lacksEvents(after:)`` knows.
    package func pruneEvents(olderThan age: Duration) async throws {
        let instant = instant + (.zero - age)
        while true {
            try Task.checkCancellation()
            let count = try await writeUntold { db in
                let sql = """
                    DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < ? ORDER BY at LIMIT ?) RETURNING id
                    """
                let arguments: StatementArguments = [instant.nanoseconds, LibraryStore.pruneLimit]
                let ids = try Int64.fetchAll(db, sql: sql, arguments: arguments)
                // Not by the oldest that is left: where the clock was set back, newer ones than that may be gone.
                if let last = ids.max(), try last > db.setting(.forgottenEvent) ?? 0 {
                    try db.set(.forgottenEvent, to: last)
                }
                return ids.count
            }
            if count < LibraryStore.pruneLimit { return }
        }
    }

    /// Whether some event after one cannot be told any more: it was forgotten, or the one is of a time that a restored
    /// database does not know.
    package func lacksEvents(after id: Int64) async throws -> Bool {
        try await pool.read { db in
            let newest = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'")
            return try id < db.setting(.forgottenEvent) ?? 0 || id > newest ?? 0
        }
    }

    /// Adds a line to a job's own log.
    package func log(_ level: String, _ message: String, of job: Int64) async throws {
        let instant = instant
        try await writeUntold { try $0.log(level, message, of: job, at: instant) }
    }
}
