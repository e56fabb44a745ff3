// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// When something that happens by itself happened last, and when it will next.
package struct ScheduledRun: Sendable, Equatable {
    /// The schedule's text in the configuration, by which it is known that it was changed.
    package var spec: String
    package var last: Timestamp?
    package var next: Timestamp?

    package init(spec: String, last: Timestamp? = nil, next: Timestamp? = nil) {
        (self.spec, self.last, self.next) = (spec, last, next)
    }
}

extension LibraryStore {
    /// All that is noted of schedules, by their keys.
    package func scheduledRuns() async throws -> [String: ScheduledRun] {
        try await pool.read { db in
            try Row.fetchAll(db, sql: "SELECT key, spec, last_run_at, next_run_at FROM schedule").reduce(into: [:]) {
                runs,
                row in
                runs[row[0]] = ScheduledRun(
                    spec: row[1],
                    last: (row[2] as Int64?).map(Timestamp.init(nanoseconds:)),
                    next: (row[3] as Int64?).map(Timestamp.init(nanoseconds:))
                )
            }
        }
    }

    package func note(_ run: ScheduledRun, of key: String) async throws {
        try await writeUntold { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO schedule (key, spec, last_run_at, next_run_at) VALUES (?, ?, ?, ?)",
                arguments: [key, run.spec, run.last?.nanoseconds, run.next?.nanoseconds]
            )
        }
    }
}
