// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
import SystemPackage

/// How rows leave the catalog for good, which happens only where somebody asked for it.
extension CatalogTransaction {
    /// The most rows that one transaction forgets, so that nobody waits long for the next.
    package static let purgeLimit = 200

    /// Forgets those of some books that are missing since `latest` or longer, with all that is known of them.
    ///
    /// What is present, ignored or was lost later stays, whoever asks. Not while a scan of the library is open: it may
    /// be about to bring one of them back.
    ///
    /// - Returns: how many were forgotten.
    /// - Throws: ``StoreFault/scanOpen(_:job:state:)``.
    package func purge(missing books: [Int64], since latest: Timestamp) throws -> Int {
        try refuseWhileScanning()
        let statement = try db.cachedStatement(
            sql: """
                SELECT 1 FROM book WHERE id = ? AND library_id = ? AND missing_since <= ? AND is_ignored = 0
                """
        )
        let due = try books.filter {
            try Int.fetchOne(statement, arguments: [$0, libraryID, latest.nanoseconds]) != nil
        }
        return try forget(books: due)
    }

    /// Forgets series of which no book is left, and directories that hold nothing and are missing since `latest` or
    /// longer; of each at most `limit`.
    ///
    /// A directory stays while something of a conversion may still be in it.
    ///
    /// - Returns: how many series were forgotten, and whether there may be more of either.
    /// - Throws: ``StoreFault/scanOpen(_:job:state:)``.
    package func purgeEmptyPlaces(
        since latest: Timestamp,
        limit: Int = CatalogTransaction.purgeLimit
    ) throws -> (series: Int, hasMore: Bool) {
        try refuseWhileScanning()
        let series = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id FROM series
                    WHERE library_id = ? AND NOT EXISTS (SELECT 1 FROM book WHERE series_id = series.id) LIMIT ?
                    """
            ),
            arguments: [libraryID, limit]
        )
        try forget(series: series)
        try run(
            """
            DELETE FROM directory WHERE id IN (
                SELECT id FROM directory AS place
                WHERE library_id = ? AND parent_id IS NOT NULL AND missing_since <= ?
                    AND NOT EXISTS (SELECT 1 FROM directory WHERE parent_id = place.id)
                    AND NOT EXISTS (SELECT 1 FROM book WHERE directory_id = place.id)
                    AND NOT EXISTS (SELECT 1 FROM series WHERE directory_id = place.id)
                    AND NOT EXISTS (SELECT 1 FROM conversion WHERE directory_id = place.id)
                    AND NOT EXISTS (SELECT 1 FROM original
                        WHERE directory_id = place.id AND state NOT IN ('removed', 'lost'))
                LIMIT ?)
            """,
            libraryID,
            latest.nanoseconds,
            limit
        )
        // A directory that held nothing but others holds nothing now.
        return (series.count, series.count == limit || db.changesCount > 0)
    }

    /// Forgets books, whatever they are; gives how many there were.
    func forget(books: [Int64]) throws -> Int {
        let statement = try db.cachedStatement(sql: "SELECT series_id, directory_id, name FROM book WHERE id = ?")
        var count = 0
        for id in books {
            guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
            let name = AsideName.original(of: FileName(bytes: [UInt8](row[2] as Data)), id: id)
            let path = try db.shownPath(ofDirectory: row[1]).appending(name)
            try replaceProblems(of: id, at: path, with: [], keeping: nil)
            try run("DELETE FROM book WHERE id = ?", id)
            items[.bookRemoved, default: []].append(EventItem(id: id, seriesID: row[0], path: path.string))
            count += 1
        }
        return count
    }

    /// Forgets series that have no book.
    func forget(series: [Int64]) throws {
        let statement = try db.cachedStatement(sql: "SELECT directory_id, name FROM series WHERE id = ?")
        for id in series {
            guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
            let path = try db.shownPath(ofDirectory: row[0])
            try run("DELETE FROM series WHERE id = ?", id)
            items[.seriesRemoved, default: []].append(EventItem(id: id, path: path.string, name: row[1]))
        }
    }

    private func refuseWhileScanning() throws {
        let sql = "SELECT id, state FROM job WHERE \(Database.isOpen) AND lane = 'scan' AND library_id = ? LIMIT 1"
        let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [libraryID])
        guard let row, let state = JobState(rawValue: row[1]) else { return }
        throw StoreFault.scanOpen(library, job: row[0], state: state)
    }
}
