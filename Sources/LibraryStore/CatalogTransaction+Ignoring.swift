// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import SystemPackage

extension CatalogTransaction {
    /// Takes books out of the index that the library's rules leave alone now; what is known of them stays for the day
    /// when they do not.
    ///
    /// Their problems are kept with them, and not listed; but none is missing any more.
    package func ignore(_ books: [Int64]) throws {
        for id in books {
            let statement = try db.cachedStatement(
                sql: "SELECT series_id, directory_id, name FROM book WHERE id = ? AND is_ignored = 0"
            )
            guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
            let path = try db.path(ofDirectory: row[1]).appending(FileName(bytes: [UInt8](row[2] as Data)))
            try run(
                """
                UPDATE book SET is_ignored = 1, missing_since = coalesce(missing_since, ?1), updated_at = ?1
                WHERE id = ?2
                """,
                instant.nanoseconds,
                id
            )
            try resolve(.missing, of: id, at: path)
            touchedSeries.insert(row[0])
            items[.bookIgnored, default: []].append(EventItem(id: id, seriesID: row[0], path: path.string))
        }
    }

    /// The same for a directory with all that is present below it; it is not part of the tree any more, and not settled.
    ///
    /// What was missing before stays missing, for nobody has seen it.
    package func ignore(directory: Int64) throws {
        let present = try db.path(ofDirectory: directory)
        try ignore(presentBooks(below: directory))
        try withdraw(directory)
        try resolve(within: present)
    }
}
