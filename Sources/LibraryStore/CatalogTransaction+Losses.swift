// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

extension CatalogTransaction {
    /// Marks books of this library as missing; what is known of them stays, for their return.
    ///
    /// One that was met in another library meanwhile is not touched.
    package func markMissing(_ books: [Int64]) throws {
        for id in books {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT series_id, directory_id, name FROM book
                    WHERE id = ? AND library_id = ? AND missing_since IS NULL
                    """
            )
            guard let row = try Row.fetchOne(statement, arguments: [id, libraryID]) else { continue }
            let name = AsideName.original(of: FileName(bytes: [UInt8](row[2] as Data)), id: id)
            let path = try db.shownPath(ofDirectory: row[1]).appending(name)
            try run(
                "UPDATE book SET missing_since = ?, updated_at = ? WHERE id = ?",
                instant.nanoseconds,
                instant.nanoseconds,
                id
            )
            try open(Finding(.missing, "the file is gone"), of: id, at: path)
            report[.missingMedia] += 1
            touchedSeries.insert(row[0])
            items[.bookMissing, default: []].append(EventItem(id: id, seriesID: row[0], path: path.string))
        }
    }

    /// Marks a directory with everything below it as missing; none of it is settled any more.
    ///
    /// `path` is where it was found absent. A directory that was moved since is not touched, nor is one that gave way
    /// to a moved one: its number may be another's by now.
    package func markMissing(directory: Int64, at path: FilePath? = nil) throws {
        let owner = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT library_id FROM directory WHERE id = ?"),
            arguments: [directory]
        )
        let present = try db.path(ofDirectory: directory)
        guard owner == libraryID, path == nil || path == present else { return }
        try markMissing(presentBooks(below: directory))
        try withdraw(directory)
        try resolve(within: present)
    }

    func presentBooks(below directory: Int64) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: Database.subtree
                + "SELECT book.id FROM book JOIN subtree ON subtree.id = directory_id WHERE missing_since IS NULL"
        )
        return try Int64.fetchAll(statement, arguments: [directory])
    }

    /// Takes a directory with all below it out of the tree that is listed and watched; the rows keep their identity.
    func withdraw(_ directory: Int64) throws {
        try run(
            Database.subtree + """
                UPDATE directory SET missing_since = ?, modified_ns = NULL, changed_ns = NULL, names_digest = NULL,
                    files_digest = NULL
                WHERE missing_since IS NULL AND id IN (SELECT id FROM subtree)
                """,
            directory,
            instant.nanoseconds
        )
        presentDirectories = []
    }

    /// Notes how many losses wait for a person's word; none clears it.
    package func noteHeldLosses(_ count: Int) throws {
        try run("UPDATE library SET held_losses = ? WHERE id = ? AND held_losses != ?", count, libraryID, count)
    }
}

extension LibraryStore {
    /// The libraries of which losses wait for a person's word, in the order of their names.
    package func librariesWithHeldLosses() async throws -> [LibraryName] {
        try await pool.read { db in
            let sql = "SELECT name FROM library WHERE held_losses > 0 AND retired_at IS NULL ORDER BY name"
            return try String.fetchAll(db, sql: sql).compactMap(LibraryName.init)
        }
    }
}
