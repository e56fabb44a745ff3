// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

extension LibraryStore {
    /// How many books are present in a library, or in one directory of it and below.
    ///
    /// Whatever lies in one of the `others` and below it is left out: those are the volumes mounted there. With a
    /// `limit` counting ends there, so that asking whether there is any book costs next to nothing.
    package func presentBooks(
        of library: LibraryName,
        below path: FilePath = FilePath(),
        excluding others: [FilePath] = [],
        upTo limit: Int = .max
    ) async throws -> Int {
        try await pool.read { db in
            if path.isEmpty, others.isEmpty {
                let sql = """
                    SELECT count(*) FROM (SELECT 1 FROM book JOIN library ON library.id = library_id
                        WHERE library.name = ? AND missing_since IS NULL LIMIT ?)
                    """
                return try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [library.text, limit]) ?? 0
            }
            guard let directory = try db.directory(at: path, of: library) else { return 0 }
            let excluded = try others.compactMap { try db.directory(at: $0, of: library) }
            return try db.presentBooks(inside: directory, excluding: excluded, upTo: limit)
        }
    }
}

extension Database {
    /// Begins a query with `inside`: the directory `:directory` and all below it, but for the directories of the JSON
    /// array `:excluded` and what is below them.
    ///
    /// The deepest come first, since books lie in leaves: joined with CROSS JOIN and a LIMIT, it looks at no more
    /// directories than it must. Without a limit of its own, SQLite takes the order away from what is joined.
    static let inside = """
        WITH RECURSIVE inside (id, depth) AS (
            VALUES (:directory, 0) UNION ALL
            SELECT directory.id, depth + 1 FROM directory JOIN inside ON directory.parent_id = inside.id
            WHERE directory.id NOT IN (SELECT value FROM json_each(:excluded))
            ORDER BY 2 DESC LIMIT -1
        )

        """

    /// How many books are present in a directory and below, of those that were in the catalog before an instant.
    func presentBooks(
        inside directory: Int64,
        excluding excluded: [Int64] = [],
        before instant: Timestamp? = nil,
        upTo limit: Int = .max
    ) throws -> Int {
        let sql =
            Database.inside + """
                SELECT count(*) FROM (
                    SELECT 1 FROM inside CROSS JOIN book ON directory_id = inside.id
                    WHERE missing_since IS NULL AND added_at < :before LIMIT :limit)
                """
        let arguments: StatementArguments = [
            "directory": directory, "excluded": try JSONText.encode(excluded.filter { $0 != directory }),
            "before": instant?.nanoseconds ?? .max, "limit": limit,
        ]
        return try Int.fetchOne(cachedStatement(sql: sql), arguments: arguments) ?? 0
    }
}
