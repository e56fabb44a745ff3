// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A book whose file is to become another, as the catalog has it.
package struct BookToConvert: Sendable, Equatable {
    package var id: Int64
    package var directory: FilePath
    package var name: FileName
    package var format: MediaFormat
    package var stamp: FileStamp

    package var path: FilePath { directory.appending(name) }
}

/// What is to be converted: what people asked for, and what scans left.
extension LibraryStore {
    /// Notes that a book is to be converted, or its conversion undone, and asks for the job that obeys, or joins it.
    ///
    /// A later wish takes the place of an earlier one.
    ///
    /// - Throws: ``ConversionFault``, ``StoreFault/unknownLibrary(_:)``.
    package func wishConversion(of book: Int64, isUndo: Bool) async throws -> (job: Job, joined: Bool) {
        let instant = instant
        let library = try await write { db in
            guard let row = try Row.fetchOne(db, sql: Database.wishable, arguments: [book]),
                let library = LibraryName(row[0])
            else { throw ConversionFault.unknownBook(book) }
            if isUndo {
                try db.refuseUndo(of: book)
            } else {
                try ConversionFault.refuse(book, format: row[2], condition: row[3], isMissing: row[4])
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO conversion_wish (book_id, is_undo, asked_at) VALUES (?, ?, ?)",
                arguments: [book, isUndo, instant.nanoseconds]
            )
            return (library, [])
        }
        // A wish without a job is obeyed by the next one, should the daemon end here.
        return try await request(.conversion(of: library, trigger: .user))
    }

    /// The books of a library that somebody wants converted, or back as they were, in the order of the wishes.
    package func conversionWishes(of library: LibraryName) async throws -> [(book: Int64, isUndo: Bool)] {
        try await pool.read { db in
            let sql = """
                SELECT book_id, is_undo
                FROM conversion_wish JOIN book ON book.id = book_id JOIN library ON library.id = book.library_id
                WHERE library.name = ? ORDER BY asked_at, book_id
                """
            return try Row.fetchAll(db, sql: sql, arguments: [library.text]).map { ($0[0], $0[1]) }
        }
    }

    /// A book that may be converted on demand; `nil` where there is none to convert, or no longer.
    package func bookToConvert(_ id: Int64) async throws -> BookToConvert? {
        try await pool.read { db in
            let sql = """
                SELECT \(Database.fileColumns) FROM book
                WHERE id = ? AND \(Database.isConvertible)
                """
            return try Row.fetchOne(db, sql: sql, arguments: [id]).flatMap { try db.bookToConvert($0) }
        }
    }

    /// The file that a book has and was read from, and its library; `nil` where it is missing or cannot be read.
    package func presentFile(of book: Int64) async throws -> (library: LibraryName, file: BookToConvert)? {
        try await pool.read { db in
            let sql = """
                SELECT \(Database.fileColumns), (SELECT name FROM library WHERE library.id = library_id) FROM book
                WHERE id = ? AND missing_since IS NULL AND condition = 'ready'
                """
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [book]), let library = LibraryName(row[10])
            else { return nil }
            return try db.bookToConvert(row).map { (library, $0) }
        }
    }

    /// How many books of some formats are due in a library.
    ///
    /// `version` is that of the converter: what it has failed with is not tried again by it while the content is the
    /// same.
    package func dueConversions(of library: LibraryName, _ formats: Set<MediaFormat>, version: Int) async throws -> Int
    {
        try await pool.read { db in
            let sql = "SELECT count(*) FROM book WHERE \(Database.isDueForConversion(formats))"
            return try Int.fetchOne(db, sql: sql, arguments: [library.text, version]) ?? 0
        }
    }

    /// The next books that are due, in the order of their rows.
    package func dueConversions(
        of library: LibraryName,
        _ formats: Set<MediaFormat>,
        version: Int,
        after book: Int64,
        limit: Int
    ) async throws -> [BookToConvert] {
        try await pool.read { db in
            let sql = """
                SELECT \(Database.fileColumns) FROM book WHERE \(Database.isDueForConversion(formats)) AND id > ?
                ORDER BY id LIMIT ?
                """
            let arguments: StatementArguments = [library.text, version, book, limit]
            return try Row.fetchAll(db, sql: sql, arguments: arguments).compactMap { try db.bookToConvert($0) }
        }
    }

    /// Queues the conversion of what is due in a library after a scan, unless a job that has not ended will come to it.
    ///
    /// One that runs may have passed by what the scan brought, where the scan `hasNews`.
    package func requestConversions(of library: LibraryName, causedBy scan: Job, hasNews: Bool) async throws {
        let isUnderWay = try await pool.read { db in
            let sql = """
                SELECT EXISTS (SELECT 1 FROM job WHERE \(Database.isOpen) AND (state != 'running' OR NOT ?)
                    AND lane = 'conversion' AND library_id IS ?)
                """
            return try Bool.fetchOne(db, sql: sql, arguments: [hasNews, try db.libraryID(library)]) ?? false
        }
        if !isUnderWay { _ = try await request(.conversion(of: library, trigger: scan.trigger.ofFollowUp)) }
    }
}

extension JobTrigger {
    /// A conversion that nobody asked for is no more urgent than what caused it was.
    fileprivate var ofFollowUp: JobTrigger { self == .user || self == .retry ? .watch : self }
}

extension CatalogTransaction {
    /// Notes that a wish is fulfilled, or cannot be.
    package func endWish(of book: Int64) throws {
        try run("DELETE FROM conversion_wish WHERE book_id = ?", book)
    }

    /// Opens the problem of a book that could not be converted, and remembers not to try it again with this content.
    ///
    /// Without a `version` it is tried again with the next job: the book is not to blame.
    package func refuseConversion(_ detail: String, of book: BookToConvert, version: Int?) throws {
        try open(Finding(.conversionFailed, detail), of: book.id, at: book.path)
        report[.failedMedia] += 1
        guard let version else { return }
        try run(
            """
            INSERT OR REPLACE INTO conversion_refusal (book_id, fingerprint, version)
            SELECT id, fingerprint, ? FROM book WHERE id = ?
            """,
            version,
            book.id
        )
    }
}

extension Database {
    fileprivate static let wishable = """
        SELECT library.name, library.id, format, condition, missing_since IS NOT NULL
        FROM book JOIN library ON library.id = book.library_id WHERE book.id = ?
        """

    /// In the words of the index that finds them.
    fileprivate static let isConvertible = """
        format IN ('cbr', 'rar', 'cb7', '7z', 'cbt', 'tar') AND missing_since IS NULL AND condition = 'ready'
        """

    fileprivate static func isDueForConversion(_ formats: Set<MediaFormat>) -> String {
        let words = formats.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return """
            library_id = (SELECT id FROM library WHERE name = ?1) AND \(isConvertible) AND format IN (\(words))
                AND NOT EXISTS (SELECT 1 FROM conversion_refusal AS refusal WHERE refusal.book_id = book.id
                    AND refusal.fingerprint IS book.fingerprint AND refusal.version IN (0, ?2))
            """
    }

    fileprivate func bookToConvert(_ row: Row) throws -> BookToConvert? {
        try file(row).map {
            BookToConvert(id: $0.book, directory: $0.directory, name: $0.name, format: $0.format, stamp: $0.stamp)
        }
    }
}
