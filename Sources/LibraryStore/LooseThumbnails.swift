// SPDX-License-Identifier: MIT
import GRDB

/// Files in the cache of thumbnails that may be no book's.
///
/// They are noted before they can be: what a kill leaves behind between a file and the row that names it is found again
/// without a walk through the cache.
extension LibraryStore {
    /// Files that are looked at together.
    private static let batch = 500

    /// Notes files that are about to be written, before a book has them.
    package func expectThumbnails(_ files: [String]) async throws {
        try await write { db in
            let statement = try db.cachedStatement(sql: "INSERT OR IGNORE INTO loose_thumbnail VALUES (?)")
            for file in files { try statement.execute(arguments: [file]) }
            return ((), [])
        }
    }

    /// Hands over the noted files that no book has, and forgets those that are gone then.
    ///
    /// To be called while nobody writes one that was expected. Costs nothing where none is noted.
    ///
    /// - Parameter remove: gives which of the files are gone.
    /// - Throws: what the database throws; then some are not forgotten, and are handed over again.
    package func sweepThumbnails(_ remove: ([String]) -> [String]) async throws {
        var last = ""
        while true {
            let files = try await pool.read { [last] db in
                let sql = "SELECT file FROM loose_thumbnail WHERE file > ? ORDER BY file LIMIT \(LibraryStore.batch)"
                return try String.fetchAll(db, sql: sql, arguments: [last])
            }
            guard let end = files.last else { return }
            last = end
            let unused = Set(try await unusedThumbnails(among: files))
            let settled = remove(unused.sorted()) + files.filter { !unused.contains($0) }
            try await write { db in
                let statement = try db.cachedStatement(sql: "DELETE FROM loose_thumbnail WHERE file = ?")
                for file in settled { try statement.execute(arguments: [file]) }
                return ((), [])
            }
        }
    }

    /// The files that books have whose names begin with two hexadecimal digits, each once.
    package func thumbnails(on shelf: String) async throws -> [String] {
        try await pool.read { db in
            let sql = "SELECT DISTINCT thumbnail FROM book WHERE thumbnail >= ?1 AND thumbnail < ?1 || 'g'"
            return try String.fetchAll(db, sql: sql, arguments: [shelf])
        }
    }

    /// Makes the thumbnails of all books due whose files are gone; gives how many books that are.
    package func askForThumbnails(insteadOf files: [String]) async throws -> Int {
        var count = 0
        var rest = files[...]
        while !rest.isEmpty {
            let part = rest.prefix(LibraryStore.batch)
            rest = rest.dropFirst(part.count)
            count += try await writeUntold { db in
                let sql = "UPDATE book SET thumbnail = NULL, thumbnail_due = 1 WHERE thumbnail = ?"
                let statement = try db.cachedStatement(sql: sql)
                return try part.reduce(0) { sum, file in
                    try statement.execute(arguments: [file])
                    return sum + db.changesCount
                }
            }
        }
        return count
    }

    /// Which of some thumbnail files no book has.
    private func unusedThumbnails(among files: [String]) async throws -> [String] {
        try await pool.read { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM book WHERE thumbnail = ? LIMIT 1")
            return try files.filter { try Int.fetchOne(statement, arguments: [$0]) == nil }
        }
    }
}
