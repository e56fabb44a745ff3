// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import SystemPackage

/// A book that is gone, and the one that it has become: made of it elsewhere before it went, or renamed over it.
///
/// Moving to another file system is copying and then removing: the copy is there, and known as a book of its own, while
/// the original still is.
package struct BookCopy: Sendable, Equatable {
    /// Where the catalog had both when they were found.
    package var original: BookPlace
    package var copy: BookPlace

    package init(original: BookPlace, copy: BookPlace) {
        self.original = original
        self.copy = copy
    }
}

extension CatalogTransaction {
    /// Has originals take the places of their copies, with all that was read from these; the copies' rows go.
    ///
    /// A pair of which one was met elsewhere meanwhile stays as it is.
    ///
    /// - Returns: the originals that have.
    @discardableResult
    package func follow(_ copies: [BookCopy]) throws -> Set<Int64> {
        var followed: Set<Int64> = []
        for pair in copies {
            guard let old = try series(ofBookAt: pair.original), let series = try series(ofBookAt: pair.copy) else {
                continue
            }
            try take(pair, from: old, to: series)
            announce(pair, at: pair.copy.path, series: series)
            followed.insert(pair.original.id)
        }
        return followed
    }

    private func announce(_ pair: BookCopy, at path: FilePath, series: Int64) {
        var gone = EventItem(id: pair.copy.id, seriesID: series, path: path.string)
        gone.sameAs = pair.original.id
        gone.library = pair.copy.library
        items[.bookRemoved, default: []].append(gone)
        let own = AsideName.original(of: pair.original.name, id: pair.original.id)
        var item = EventItem(id: pair.original.id, seriesID: series, path: path.string)
        item.library = pair.copy.library
        if pair.original.directory == pair.copy.directory, own == pair.copy.name,
            pair.original.library == pair.copy.library
        {
            // It was replaced where it is, and has not moved.
            items[.bookUpdated, default: []].append(item)
            report[.updatedMedia] += 1
            return
        }
        item.from = pair.original.directory.appending(own).string
        item.fromLibrary = pair.original.library == pair.copy.library ? nil : pair.original.library.text
        items[.bookMoved, default: []].append(item)
        report[.movedMedia] += 1
    }

    private func take(_ pair: BookCopy, from old: Int64, to series: Int64) throws {
        let (original, copy) = (pair.original.id, pair.copy.id)
        written[original] = nil
        for table in ["metadata", "problem", "analysis"] {
            try run("DELETE FROM \(table) WHERE book_id = ?", original)
            try run("UPDATE \(table) SET book_id = ? WHERE book_id = ?", original, copy)
        }
        let place = ["library_id", "directory_id", "series_id"]
        let file = ["format", "device", "inode", "born_ns", "size", "modified_ns", "changed_ns"]
        let facts = ["condition", "pages", "facts_version", "hash", "koreader_hash", "sidecars", "fingerprint"]
        let columns = (place + file + facts).joined(separator: ", ")
        // It has to leave its place first, for no two books have one.
        try run("UPDATE book SET name = ? WHERE id = ?", Data(AsideName(pair.copy.name, id: copy).name.bytes), copy)
        try run(
            """
            UPDATE book SET (\(columns)) = (SELECT \(columns) FROM book WHERE id = ?1), name = ?4, missing_since = NULL,
                is_ignored = 0, updated_at = ?2,
                thumbnail = (SELECT iif(book.fingerprint IS copy.fingerprint, coalesce(book.thumbnail, copy.thumbnail),
                    copy.thumbnail) FROM book AS copy WHERE copy.id = ?1),
                thumbnail_due = (SELECT iif(book.fingerprint IS copy.fingerprint AND book.thumbnail IS NOT NULL,
                    book.thumbnail_due, copy.thumbnail_due) FROM book AS copy WHERE copy.id = ?1)
            WHERE id = ?3
            """,
            copy,
            instant.nanoseconds,
            original,
            Data(pair.copy.name.bytes)
        )
        try run("DELETE FROM book WHERE id = ?", copy)
        touchedSeries.formUnion([old, series])
        if old != series { seriesLeft[old, default: []].insert(series) }
    }
}
