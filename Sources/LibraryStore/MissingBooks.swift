// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A book that is missing for long enough to be forgotten.
package struct MissingBook: Sendable, Equatable {
    package var id: Int64

    /// Where its file was; `nil` where the place is another book's by now.
    package var place: FilePath?
}

extension LibraryStore {
    /// The books of a library that are missing since `latest` or longer, in the order of their ids; no ignored ones.
    package func missingBooks(
        of library: LibraryName,
        since latest: Timestamp,
        after book: Int64,
        limit: Int
    ) async throws -> [MissingBook] {
        try await pool.read { db in
            guard let libraryID = try db.libraryID(library) else { throw StoreFault.unknownLibrary(library.text) }
            let sql = """
                SELECT id, directory_id, name FROM book
                WHERE library_id = ? AND missing_since IS NOT NULL AND missing_since <= ? AND is_ignored = 0 AND id > ?
                ORDER BY id LIMIT ?
                """
            let arguments: StatementArguments = [libraryID, latest.nanoseconds, book, limit]
            return try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
                let name = FileName(bytes: [UInt8](row[2] as Data))
                let directory = try db.path(ofDirectory: row[1])
                let isAside =
                    try AsideName.original(of: name, id: row[0]) != name
                    || directory != db.shownPath(ofDirectory: row[1])
                return MissingBook(id: row[0], place: isAside ? nil : directory.appending(name))
            }
        }
    }

    /// How many series would have no book any more without those that are missing since `latest` or longer, but for
    /// some that stay.
    package func seriesLeftEmpty(
        in library: LibraryName,
        since latest: Timestamp,
        keeping books: Set<Int64>
    ) async throws -> Int {
        try await pool.read { db in
            let sql = """
                SELECT count(*) FROM series JOIN library ON library.id = library_id
                WHERE library.name = ?1 AND NOT EXISTS (
                    SELECT 1 FROM book WHERE series_id = series.id
                        AND (missing_since IS NULL OR missing_since > ?2 OR is_ignored = 1
                            OR id IN (SELECT value FROM json_each(?3))))
                """
            let kept = try JSONText.encode(books.sorted())
            return try Int.fetchOne(db, sql: sql, arguments: [library.text, latest.nanoseconds, kept]) ?? 0
        }
    }

    /// Some books by their ids, in this order.
    package func books(_ ids: [Int64]) async throws -> [BookEntry] {
        try await pool.read { db in
            let condition = "book.id IN (SELECT value FROM json_each(?)) ORDER BY book.id"
            return try db.books(where: condition, [try JSONText.encode(ids)])
        }
    }
}
