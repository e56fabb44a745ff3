// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import SystemPackage

/// A book that is gone, and the one that was made of it elsewhere before it went.
///
/// Moving to another file system is copying and then removing: the copy is there, and known as a book of its own, while
/// the original still is.
package struct BookCopy: Sendable, Equatable {
    package var original: Int64
    package var copy: Int64

    package init(original: Int64, copy: Int64) {
        self.original = original
        self.copy = copy
    }
}

extension CatalogTransaction {
    /// Has originals take the places of their copies, with all that was read from these; the copies' rows go.
    package func follow(_ copies: [BookCopy]) throws {
        for pair in copies {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT directory_id, name, series_id FROM book
                    WHERE id = ?1 AND missing_since IS NULL AND EXISTS (SELECT 1 FROM book WHERE id = ?2)
                    """
            )
            guard let row = try Row.fetchOne(statement, arguments: [pair.copy, pair.original]) else { continue }
            let name = FileName(bytes: [UInt8](row[1] as Data))
            try take(pair, named: name, series: row[2])
            announce(pair, at: try db.path(ofDirectory: row[0]).appending(name), series: row[2])
        }
    }

    private func announce(_ pair: BookCopy, at path: FilePath, series: Int64) {
        var gone = EventItem(id: pair.copy, seriesID: series, path: path.string)
        gone.sameAs = pair.original
        items[.bookRemoved, default: []].append(gone)
        items[.bookMoved, default: []].append(EventItem(id: pair.original, seriesID: series, path: path.string))
        report[.movedMedia] += 1
    }

    private func take(_ pair: BookCopy, named name: FileName, series: Int64) throws {
        let old = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT series_id FROM book WHERE id = ?"),
            arguments: [pair.original]
        )
        for table in ["metadata", "problem", "analysis"] {
            try run("DELETE FROM \(table) WHERE book_id = ?", pair.original)
            try run("UPDATE \(table) SET book_id = ? WHERE book_id = ?", pair.original, pair.copy)
        }
        let place = ["library_id", "directory_id", "series_id"]
        let file = ["format", "device", "inode", "born_ns", "size", "modified_ns", "changed_ns"]
        let facts = ["condition", "pages", "facts_version", "hash", "koreader_hash", "sidecars", "thumbnail_due"]
        let columns = (place + file + facts).joined(separator: ", ")
        // It has to leave its place first, for no two books have one.
        try run("UPDATE book SET name = ? WHERE id = ?", Data(AsideName(name, id: pair.copy).name.bytes), pair.copy)
        try run(
            """
            UPDATE book SET (\(columns)) = (SELECT \(columns) FROM book WHERE id = ?1), name = ?4, missing_since = NULL,
                is_ignored = 0, thumbnail = coalesce(thumbnail, (SELECT thumbnail FROM book WHERE id = ?1)),
                updated_at = ?2
            WHERE id = ?3
            """,
            pair.copy,
            instant.nanoseconds,
            pair.original,
            Data(name.bytes)
        )
        try run("DELETE FROM book WHERE id = ?", pair.copy)
        touchedSeries.insert(series)
        if let old, old != series {
            touchedSeries.insert(old)
            seriesLeft[old, default: []].insert(series)
        }
    }
}
