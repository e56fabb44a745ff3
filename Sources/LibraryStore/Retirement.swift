// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A library that is not in the configuration any more; all that is known of it is kept.
package struct RetiredLibrary: Sendable, Equatable {
    package var name: LibraryName

    /// What the configuration said of it last; `nil` where it went before that was noted.
    package var root: FilePath?
    package var pattern: LibraryPattern?
    package var since: Timestamp
}

/// What is different about the libraries of a configuration from those of the one before.
package struct LibraryChanges: Sendable, Equatable {
    package var retired: [LibraryName] = []
    package var returned: [LibraryName] = []

    /// Those that have another root, with the one before.
    package var rerooted: [LibraryName: FilePath] = [:]

    package init() {}
}

extension LibraryStore {
    /// Takes in which libraries the configuration has: new ones get a row, others are retired, and those that are back
    /// are whole again.
    ///
    /// Of a library that is retired no job waits any more, and none can be asked for. To be called while none runs.
    @discardableResult
    package func configure(_ libraries: [LibrarySettings]) async throws -> LibraryChanges {
        let instant = instant
        return try await write { db in
            var changes = LibraryChanges()
            for library in libraries { try db.configure(library, &changes) }
            let names = try JSONText.encode(libraries.map(\.name.text))
            let retired = try String.fetchAll(
                db,
                sql: """
                    UPDATE library SET retired_at = ?
                    WHERE retired_at IS NULL AND name NOT IN (SELECT value FROM json_each(?)) RETURNING name
                    """,
                arguments: [instant.nanoseconds, names]
            )
            changes.retired = retired.compactMap(LibraryName.init)
            return (changes, try db.cancelRetiredJobs(at: instant))
        }
    }

    /// The libraries that are not in the configuration any more, in the order of their names.
    package func retiredLibraries() async throws -> [RetiredLibrary] {
        try await pool.read { db in
            let sql = "SELECT name, root, pattern, retired_at FROM library WHERE retired_at IS NOT NULL ORDER BY name"
            return try Row.fetchAll(db, sql: sql).compactMap { row in
                guard let name = LibraryName(row[0]) else { return nil }
                return RetiredLibrary(
                    name: name,
                    root: (row[1] as Data?).map { FilePath(bytes: [UInt8]($0)) },
                    pattern: (row[2] as String?).flatMap(LibraryPattern.init(rawValue:)),
                    since: Timestamp(nanoseconds: row[3])
                )
            }
        }
    }
}

extension Database {
    /// Begins a term that holds for rows of libraries that are in the configuration.
    static let isConfigured = "library_id IN (SELECT id FROM library WHERE retired_at IS NULL)"

    fileprivate func configure(_ library: LibrarySettings, _ changes: inout LibraryChanges) throws {
        let name = library.name.text
        let root = Data(library.root.bytes)
        let known = try Row.fetchOne(
            self,
            sql: "SELECT retired_at IS NOT NULL, root FROM library WHERE name = ?",
            arguments: [name]
        )
        guard let known else {
            let sql = "INSERT INTO library (name, root, pattern) VALUES (?, ?, ?)"
            return try execute(sql: sql, arguments: [name, root, library.pattern.rawValue])
        }
        if known[0] { changes.returned.append(library.name) }
        if let old = known[1] as Data?, old != root {
            changes.rerooted[library.name] = FilePath(bytes: [UInt8](old))
        }
        try execute(
            sql: """
                UPDATE library SET root = ?1, pattern = ?2, retired_at = NULL
                WHERE name = ?3 AND (root, pattern, retired_at) IS NOT (?1, ?2, NULL)
                """,
            arguments: [root, library.pattern.rawValue, name]
        )
    }

    fileprivate func cancelRetiredJobs(at instant: Timestamp) throws -> [CatalogEvent] {
        let sql = """
            SELECT job.id, library.name FROM job JOIN library ON library.id = library_id
            WHERE retired_at IS NOT NULL AND (state = 'queued' OR state = 'paused') ORDER BY job.id
            """
        return try Row.fetchAll(self, sql: sql).flatMap { row in
            let why = "the library \(row[1] as String) is not in the configuration any more"
            try log("info", why, of: row[0], at: instant)
            return try take(.cancel, of: row[0], at: instant).1
        }
    }
}
