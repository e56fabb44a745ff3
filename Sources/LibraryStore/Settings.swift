// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// What is noted once for the whole database, each under a key of its own; the value is a whole number.
///
/// Times are nanoseconds, as everywhere.
enum SettingKey: String {
    /// Since when the whole queue is paused.
    case queuePaused = "queue_paused_at"

    /// When the whole database was last found to be sound.
    case checked = "checked_at"

    /// When it was last tried whether anything can be written.
    case probed = "probed_at"

    /// The newest event that was forgotten.
    case forgottenEvent = "forgotten_event"
}

extension Database {
    func setting(_ key: SettingKey) throws -> Int64? {
        let statement = try cachedStatement(sql: "SELECT value FROM setting WHERE key = ?")
        return try String.fetchOne(statement, arguments: [key.rawValue]).flatMap(Int64.init)
    }

    func set(_ key: SettingKey, to value: Int64) throws {
        try execute(
            sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
            arguments: [key.rawValue, String(value)]
        )
    }

    func remove(_ key: SettingKey) throws {
        try execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [key.rawValue])
    }
}

extension LibraryStore {
    /// When the whole database was last found to be sound.
    package func lastCheck() async throws -> Timestamp? {
        try await pool.read { try $0.setting(.checked).map(Timestamp.init(nanoseconds:)) }
    }

    package func noteCheck() async throws {
        let instant = instant
        try await writeUntold { try $0.set(.checked, to: instant.nanoseconds) }
    }

    /// Writes something that nobody reads, to know whether writing is possible; throws what the database says.
    package func probe() async throws {
        let instant = instant
        try await writeUntold { try $0.set(.probed, to: instant.nanoseconds) }
    }
}
