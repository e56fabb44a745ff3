// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A book whose thumbnail is to be made.
package struct DueThumbnail: Sendable, Equatable {
    package var book: Int64
    package var directory: FilePath
    package var name: FileName
    package var format: MediaFormat
    package var stamp: FileStamp
    package var fingerprint: Fingerprint
}

extension LibraryStore {
    /// How many thumbnails are due in a library.
    package func dueThumbnails(of library: LibraryName) async throws -> Int {
        try await pool.read { db in
            try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM book WHERE \(LibraryStore.isDue)",
                arguments: [library.text]
            ) ?? 0
        }
    }

    /// The next thumbnails to make, in the order of their books' rows.
    package func dueThumbnails(
        of library: LibraryName,
        after book: Int64,
        limit: Int
    ) async throws -> [DueThumbnail] {
        try await pool.read { db in
            let sql = """
                SELECT \(Database.fileColumns), fingerprint
                FROM book WHERE \(LibraryStore.isDue) AND id > ? ORDER BY id LIMIT ?
                """
            return try Row.fetchAll(db, sql: sql, arguments: [library.text, book, limit]).compactMap { row in
                guard let file = try db.file(row),
                    let fingerprint = Fingerprint(bytes: [UInt8](row[10] as Data))
                else { return nil }
                return DueThumbnail(
                    book: file.book,
                    directory: file.directory,
                    name: file.name,
                    format: file.format,
                    stamp: file.stamp,
                    fingerprint: fingerprint
                )
            }
        }
    }

    fileprivate static let isDue = """
        library_id = (SELECT id FROM library WHERE name = ?) AND thumbnail_due = 1 AND missing_since IS NULL
            AND fingerprint IS NOT NULL AND condition = 'ready'
        """
}

extension CatalogTransaction {
    /// Notes a thumbnail that was written; where the book's content has changed meanwhile, the file is loose.
    package func keepThumbnail(_ file: String, of due: DueThumbnail, findings: [Finding]) throws {
        try run(
            "UPDATE book SET thumbnail = ?, thumbnail_due = 0 WHERE id = ? AND fingerprint = ?",
            file,
            due.book,
            Data(due.fingerprint.bytes)
        )
        guard db.changesCount > 0 else { return }
        report[.createdThumbnails] += 1
        try run("DELETE FROM loose_thumbnail WHERE file = ?", file)
        try noteImages(of: due, findings)
    }

    /// Notes that a book has no page to make a thumbnail of; it is tried again when the book changes.
    package func giveUpThumbnail(of due: DueThumbnail, findings: [Finding]) throws {
        try run(
            "UPDATE book SET thumbnail = NULL, thumbnail_due = 0 WHERE id = ? AND fingerprint = ?",
            due.book,
            Data(due.fingerprint.bytes)
        )
        guard db.changesCount > 0 else { return }
        report[.failedMedia] += 1
        try noteImages(of: due, findings)
    }

    /// Makes thumbnails due that were made with other settings; gives how many are due now.
    ///
    /// Books that came while thumbnails were switched off are among them.
    package func askForThumbnails(digest: String) throws -> Int {
        try run(
            """
            UPDATE book SET thumbnail_due = 1 WHERE library_id = ? AND thumbnail_due = 0 AND thumbnail IS NOT NULL
                AND thumbnail NOT LIKE '%-' || ? || '.webp'
            """,
            libraryID,
            digest
        )
        return try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM book WHERE \(LibraryStore.isDue)",
            arguments: [library.text]
        ) ?? 0
    }

    /// Makes the thumbnails of all books due that a scan of some directories looks at.
    package func askForThumbnails(in scope: ScanScope) throws {
        for start in scope.starts {
            guard let place = try db.books(in: start.directory, isDeep: start.isDeep, of: library) else { continue }
            let update = "UPDATE book SET thumbnail_due = 1 WHERE thumbnail_due = 0 AND \(place.sql)"
            let statement = try db.cachedStatement(sql: update)
            try statement.execute(arguments: place.arguments)
        }
    }

    /// Makes the thumbnail of one book due again: its file is gone.
    package func askForThumbnail(of book: Int64) throws {
        try run("UPDATE book SET thumbnail = NULL, thumbnail_due = 1 WHERE id = ? AND library_id = ?", book, libraryID)
    }

    private func noteImages(of due: DueThumbnail, _ findings: [Finding]) throws {
        let path = due.directory.appending(due.name)
        if findings.isEmpty, try !hasDamagedPages(due.book) { try resolve(.imageCorrupt, of: due.book, at: path) }
        for finding in findings.oneOfEachClass { try open(finding, of: due.book, at: path) }
    }

    /// Whether an analysis found a damaged page; one page that is whole, of which a thumbnail was made, disproves nothing.
    private func hasDamagedPages(_ book: Int64) throws -> Bool {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT 1 FROM analysis WHERE book_id = ? AND damaged > 0"),
            arguments: [book]
        ) != nil
    }
}
