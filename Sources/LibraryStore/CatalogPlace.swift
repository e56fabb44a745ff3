// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// What the catalog holds at one path of a library, for explaining.
package struct CatalogPlace: Sendable {
    package enum Kind: String, Sendable {
        case book
        case directory
    }

    /// `nil` where nothing but a problem is known: of a directory that could never be read.
    package var kind: Kind?

    /// Of the book or of the directory.
    package var id: Int64?
    package var path: FilePath
    package var missingSince: Timestamp?

    /// Whether it is a book that the library's rules leave alone.
    package var isIgnored = false

    /// What reading a book came to, whether or not it is missing now; `nil` for what is no book.
    package var condition: BookState?

    /// When the book's row was written last; `nil` for what is no book.
    package var updatedAt: Timestamp?

    /// Whether all that the last listing of the directory showed is in the catalog; of a book's directory for a book.
    package var isSettled: Bool
    package var problems: [ProblemEntry]

    /// The book's state as lists show it; `nil` for what is no book.
    package var state: BookState? { isIgnored ? .ignored : missingSince != nil && kind == .book ? .missing : condition }
}

extension LibraryStore {
    /// What the catalog holds at a path below a library's root; `nil` where that is nothing.
    ///
    /// Of a book and a directory of one name, which were there one after the other, it is the one that is present.
    package func find(path: FilePath, of library: LibraryName) async throws -> CatalogPlace? {
        try await pool.read { db in
            guard let libraryID = try db.libraryID(library) else { return nil }
            var place = CatalogPlace(path: path, isSettled: false, problems: [])
            let rows = try [db.bookPlace(at: path, of: library), db.directoryPlace(at: path, of: library)]
                .compactMap { $0 }
            if let row = rows.first(where: { $0["missing_since"] == nil }) ?? rows.first {
                place.kind = CatalogPlace.Kind(rawValue: row["kind"])
                place.id = row["id"]
                place.missingSince = (row["missing_since"] as Int64?).map(Timestamp.init(nanoseconds:))
                place.condition = (row["condition"] as String?).flatMap(BookState.init(rawValue:))
                place.updatedAt = (row["updated_at"] as Int64?).map(Timestamp.init(nanoseconds:))
                place.isSettled = row["is_settled"]
                place.isIgnored = row["is_ignored"]
            }
            let sql =
                Database.problemColumns
                + "WHERE (problem.library_id = ? AND path = ?) OR book_id = ? ORDER BY problem.id"
            let book = place.kind == .book ? place.id : nil
            place.problems = try Row.fetchAll(db, sql: sql, arguments: [libraryID, Data(path.bytes), book])
                .compactMap { try db.problem($0) }
            return place.kind == nil && place.problems.isEmpty ? nil : place
        }
    }
}

extension Database {
    fileprivate func bookPlace(at path: FilePath, of library: LibraryName) throws -> Row? {
        guard let name = path.names.last,
            let parent = try directory(at: path.removingLastComponent(), of: library)
        else { return nil }
        let sql = """
            SELECT 'book' AS kind, book.id AS id, book.missing_since AS missing_since, condition, is_ignored,
                book.updated_at AS updated_at, directory.changed_ns IS NOT NULL AS is_settled
            FROM book JOIN directory ON directory.id = directory_id
            WHERE directory_id = ? AND book.name = ?
            """
        return try Row.fetchOne(self, sql: sql, arguments: [parent, Data(name.bytes)])
    }

    fileprivate func directoryPlace(at path: FilePath, of library: LibraryName) throws -> Row? {
        let sql = """
            SELECT 'directory' AS kind, id, missing_since, NULL AS condition, 0 AS is_ignored, NULL AS updated_at,
                changed_ns IS NOT NULL AS is_settled
            FROM directory WHERE id = ?
            """
        return try directory(at: path, of: library).flatMap { try Row.fetchOne(self, sql: sql, arguments: [$0]) }
    }
}
