// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
package import SystemPackage

extension CatalogTransaction {
    /// Gives a directory another path, with everything below it: one row is written, however many books that are.
    ///
    /// The directory is present afterwards; what below it was missing still is, until it is listed. Its series goes
    /// along with its id, and takes the new name where it bore the old one. Books below keep their series: where the
    /// library's pattern has them in another now, ``reassign(booksBelow:to:rootName:)`` is to follow.
    ///
    /// - Returns: `false`, with nothing changed, where there is no such directory in the library, where it is the root,
    ///   where the path lies below the directory itself or above it, or where another row stands at the path that holds
    ///   a book or a series, present or missing; that must not lose its id. The directory is then to be taken for a new
    ///   one. A row at the path with neither, below it too, gives way.
    package func move(directory id: Int64, to path: FilePath) throws -> Bool {
        guard let origin = try pathToMoveFrom(id) else { return false }
        guard origin != path else {
            try present(at: path)
            return true
        }
        guard let name = path.names.last, !path.isWithin(origin), !origin.isWithin(path), try makeRoom(at: path) else {
            return false
        }
        try run(
            "UPDATE directory SET parent_id = ?, name = ?, missing_since = NULL WHERE id = ?",
            try present(at: path.removingLastComponent()),
            Data(name.bytes),
            id
        )
        directories = [:]
        presentDirectories = []
        if let old = origin.names.last { try renameSeries(of: id, from: old.text, to: name.text) }
        try moveProblems(from: origin, to: path)
        try renameBooksInDetails(below: id, from: origin, to: path)
        let books = try db.presentBooks(inside: id)
        report[.movedMedia] += books
        try tell(.bookMoved, DirectoryMove(from: origin.string, to: path.string, books: books))
        return true
    }

    private func pathToMoveFrom(_ id: Int64) throws -> FilePath? {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM directory WHERE id = ? AND library_id = ? AND parent_id IS NOT NULL"
        )
        guard try Int.fetchOne(statement, arguments: [id, libraryID]) != nil else { return nil }
        return try db.path(ofDirectory: id)
    }

    /// Removes a row at a path, with those below it, unless a book or a series would go with them.
    private func makeRoom(at path: FilePath) throws -> Bool {
        guard let occupant = try db.directory(at: path, of: library) else { return true }
        let statement = try db.cachedStatement(
            sql: Database.subtree + """
                SELECT EXISTS (SELECT 1 FROM subtree JOIN book ON directory_id = subtree.id)
                    OR EXISTS (SELECT 1 FROM subtree JOIN series ON directory_id = subtree.id)
                """
        )
        if try Bool.fetchOne(statement, arguments: [occupant]) == true { return false }
        try resolve(within: path)
        try run("DELETE FROM directory WHERE id = ?", occupant)
        return true
    }

    private func renameSeries(of directory: Int64, from old: String, to new: String) throws {
        try run(
            "UPDATE series SET name = ?1, updated_at = ?2 WHERE directory_id = ?3 AND name = ?4 AND name != ?1",
            new,
            instant.nanoseconds,
            directory,
            old
        )
        report[.updatedSeries] += db.changesCount
    }

    /// Lets the problems of the directory and of those below it follow to their new paths.
    private func moveProblems(from old: FilePath, to new: FilePath) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, path, detail FROM problem
                    WHERE library_id = ? AND (path = ? OR path > ? AND path < ?)
                    """
            ),
            // "0" is the byte after "/".
            arguments: [libraryID, Data(old.bytes), Data(old.bytes + [0x2f]), Data(old.bytes + [0x30])]
        )
        for row in rows {
            let path = FilePath(bytes: [UInt8](row[1] as Data))
            let moved = FilePath(bytes: new.bytes + path.bytes.dropFirst(old.bytes.count))
            let detail = (row[2] as String).replacing("\(path) ", with: "\(moved) ", maxReplacements: 1)
            // What another directory left at the new path has no meaning any more.
            try run(
                "UPDATE OR REPLACE problem SET path = ?, detail = ? WHERE id = ?",
                Data(moved.bytes),
                detail,
                row[0] as Int64
            )
        }
    }

    /// Lets the problems of books below the directory begin with the new path; but for that text, they need nothing.
    private func renameBooksInDetails(below directory: Int64, from old: FilePath, to new: FilePath) throws {
        try run(
            Database.subtree + """
                UPDATE problem SET detail = ?2 || substr(detail, length(?3) + 1)
                WHERE substr(detail, 1, length(?3) + 1) = ?3 || '/'
                    AND book_id IN (SELECT book.id FROM book JOIN subtree ON subtree.id = directory_id)
                """,
            directory,
            new.string,
            old.string
        )
    }
}

/// The data of the event of a directory that was moved.
private struct DirectoryMove: Encodable {
    struct Ends: Encodable {
        var from: String
        var to: String
    }

    var directory: Ends

    /// How many books are present below it.
    var books: Int

    init(from: String, to: String, books: Int) {
        directory = Ends(from: from, to: to)
        self.books = books
    }
}
