// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import SystemPackage

extension CatalogTransaction {
    /// Marks books as missing; what is known of them stays, for their return.
    package func markMissing(_ books: [Int64]) throws {
        for id in books {
            let statement = try db.cachedStatement(
                sql: "SELECT series_id, directory_id, name FROM book WHERE id = ? AND missing_since IS NULL"
            )
            guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
            let path = try db.path(ofDirectory: row[1]).appending(FileName(bytes: [UInt8](row[2] as Data)))
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

    /// Marks a directory with everything below it as missing.
    package func markMissing(directory: Int64) throws {
        let books = try Int64.fetchAll(
            db,
            sql: Database.subtree
                + "SELECT book.id FROM book JOIN subtree ON subtree.id = directory_id WHERE missing_since IS NULL",
            arguments: [directory]
        )
        try markMissing(books)
        try db.execute(
            sql: Database.subtree
                + "UPDATE directory SET missing_since = ? WHERE missing_since IS NULL AND id IN (SELECT id FROM subtree)",
            arguments: [directory, instant.nanoseconds]
        )
        try resolve(within: try db.path(ofDirectory: directory))
    }

    /// Notes how many losses wait for a person's word; none clears it.
    package func noteHeldLosses(_ count: Int) throws {
        try run("UPDATE library SET held_losses = ? WHERE id = ? AND held_losses != ?", count, libraryID, count)
    }
}
