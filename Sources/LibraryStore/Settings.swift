// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// What is noted once for the whole database, each under a key of its own; the value is a time in nanoseconds.
enum SettingKey: String {
    /// Since when the whole queue is paused.
    case queuePaused = "queue_paused_at"

    /// When the whole database was last found to be sound.
    case checked = "checked_at"

    /// When it was last tried whether anything can be written.
    case probed = "probed_at"
}

extension Database {
    func setting(_ key: SettingKey) throws -> Timestamp? {
        let statement = try cachedStatement(sql: "SELECT value FROM setting WHERE key = ?")
        return try String.fetchOne(statement, arguments: [key.rawValue])
            .flatMap(Int64.init).map(Timestamp.init(nanoseconds:))
    }

    func note(_ instant: Timestamp, as key: SettingKey) throws {
        try execute(
            sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
            arguments: [key.rawValue, String(instant.nanoseconds)]
        )
    }

    func forget(_ key: SettingKey) throws {
        try execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [key.rawValue])
    }
}

extension LibraryStore {
    /// When the whole database was last found to be sound.
    package func lastCheck() async throws -> Timestamp? {
        try await pool.read { try $0.setting(.checked) }
    }

    package func noteCheck() async throws {
        let instant = instant
        try await writeUntold { try $0.note(instant, as: .checked) }
    }

    /// Writes something that nobody reads, to know whether writing is possible; throws what the database says.
    package func probe() async throws {
        let instant = instant
        try await writeUntold { try $0.note(instant, as: .probed) }
    }
}
