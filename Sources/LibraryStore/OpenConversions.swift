// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A conversion that was begun and has not come to its end.
package struct OpenConversion: Sendable, Equatable {
    /// 0 before the database has it.
    package var id: Int64 = 0
    package var book: BookToConvert
    package var draft: FileName
    package var target: FileName
    package var originals: ConversionSettings.Originals
    package var retain: Duration

    /// What the draft was when it was verified, and what was read from it; `nil` while it is worth nothing.
    package var verified: Verified?

    /// A result that was found to hold all that the original does.
    package struct Verified: Sendable, Equatable {
        package var stamp: FileStamp
        package var pages: Int
        package var fingerprint: Fingerprint?
        package var hash: [UInt8]?
        package var koreaderHash: [UInt8]?

        package init(stamp: FileStamp, facts: BookFacts) {
            self.stamp = stamp
            (pages, fingerprint, hash, koreaderHash) = (facts.pages, facts.fingerprint, facts.hash, facts.koreaderHash)
        }

        fileprivate init(_ row: Row) {
            stamp = FileStamp(row, from: 16)
            pages = row[22]
            fingerprint = (row[23] as Data?).flatMap { Fingerprint(bytes: [UInt8]($0)) }
            hash = (row[24] as Data?).map { [UInt8]($0) }
            koreaderHash = (row[25] as Data?).map { [UInt8]($0) }
        }
    }

    package init(
        of book: BookToConvert,
        draft: FileName,
        target: FileName,
        originals: ConversionSettings.Originals,
        retain: Duration
    ) {
        (self.book, self.draft, self.target) = (book, draft, target)
        (self.originals, self.retain) = (originals, retain)
    }
}

extension LibraryStore {
    /// Notes a conversion before its first file is made; gives it with its id.
    ///
    /// - Returns: `nil` where the book is not in that directory any more.
    package func begin(
        _ conversion: OpenConversion,
        of library: LibraryName,
        job: Int64?
    ) async throws -> OpenConversion? {
        try await writeUntold { db in
            let book = conversion.book
            try db.execute(
                sql: """
                    INSERT INTO conversion (library_id, book_id, directory_id, job_id, name, format, device, inode,
                        born_ns, size, modified_ns, changed_ns, draft, target, originals, retain_ns)
                    SELECT library_id, id, directory_id, ?, name, format, device, inode, born_ns, size, modified_ns,
                        changed_ns, ?, ?, ?, ?
                    FROM book WHERE id = ? AND name = ? AND directory_id IS ? AND missing_since IS NULL
                    """,
                arguments: [
                    job, Data(conversion.draft.bytes), Data(conversion.target.bytes), conversion.originals.rawValue,
                    conversion.retain.nanoseconds, book.id, Data(book.name.bytes),
                    try db.directory(at: book.directory, of: library),
                ]
            )
            guard db.changesCount == 1 else { return nil }
            var begun = conversion
            begun.id = db.lastInsertedRowID
            return begun
        }
    }

    /// Notes that the draft of a conversion is right, before it gets its name.
    package func note(_ verified: OpenConversion.Verified, of conversion: OpenConversion) async throws {
        try await writeUntold { db in
            try db.execute(
                sql: """
                    UPDATE conversion SET draft_device = ?, draft_inode = ?, draft_born_ns = ?, draft_size = ?,
                        draft_modified_ns = ?, draft_changed_ns = ?, pages = ?, fingerprint = ?, hash = ?,
                        koreader_hash = ?
                    WHERE id = ?
                    """,
                arguments: verified.stamp.columns + [
                    verified.pages, verified.fingerprint.map { Data($0.bytes) }, verified.hash.map { Data($0) },
                    verified.koreaderHash.map { Data($0) }, conversion.id,
                ]
            )
        }
    }

    /// Forgets a conversion of which nothing is left on the disk.
    package func forget(_ conversion: OpenConversion) async throws {
        try await writeUntold { db in
            try db.execute(sql: "DELETE FROM conversion WHERE id = ?", arguments: [conversion.id])
        }
    }

    /// The conversions of a library that were begun and have not come to their end.
    package func openConversions(of library: LibraryName) async throws -> [OpenConversion] {
        try await pool.read { db in
            let sql = """
                SELECT conversion.id, book_id, directory_id, conversion.name, format, device, inode, born_ns, size,
                    modified_ns, changed_ns, draft, target, originals, retain_ns, draft_inode IS NOT NULL,
                    draft_device, draft_inode, draft_born_ns, draft_size, draft_modified_ns, draft_changed_ns, pages,
                    fingerprint, hash, koreader_hash
                FROM conversion JOIN library ON library.id = library_id WHERE library.name = ? ORDER BY conversion.id
                """
            return try Row.fetchAll(db, sql: sql, arguments: [library.text]).compactMap { row in
                guard let format = MediaFormat(rawValue: row[4]),
                    let originals = ConversionSettings.Originals(rawValue: row[13])
                else { return nil }
                let book = BookToConvert(
                    id: row[1],
                    directory: try db.path(ofDirectory: row[2]),
                    name: FileName(bytes: [UInt8](row[3] as Data)),
                    format: format,
                    stamp: FileStamp(row, from: 5)
                )
                var conversion = OpenConversion(
                    of: book,
                    draft: FileName(bytes: [UInt8](row[11] as Data)),
                    target: FileName(bytes: [UInt8](row[12] as Data)),
                    originals: originals,
                    retain: .nanoseconds(row[14] as Int64)
                )
                conversion.id = row[0]
                if row[15] { conversion.verified = OpenConversion.Verified(row) }
                return conversion
            }
        }
    }

    /// Whether the catalog has a book of that name in a directory, be it missing; it would lose its id.
    package func hasBook(named name: FileName, in directory: FilePath, of library: LibraryName) async throws -> Bool {
        try await pool.read { db in
            guard let id = try db.directory(at: directory, of: library) else { return false }
            let sql = "SELECT EXISTS (SELECT 1 FROM book WHERE directory_id = ? AND name = ?)"
            return try Bool.fetchOne(db, sql: sql, arguments: [id, Data(name.bytes)]) ?? false
        }
    }
}

extension CatalogTransaction {
    /// Gives a book the file that it was converted to, and notes what its original was; the conversion is over with that.
    ///
    /// `stamp` is what the result is under its name.
    ///
    /// - Returns: the id of the original; `nil`, with nothing changed, where the catalog has another file for the book by
    ///   now, or a book of the result's name.
    package func complete(_ conversion: OpenConversion, as stamp: FileStamp) throws -> Int64? {
        guard let verified = conversion.verified, try isAsItWas(conversion) else { return nil }
        let book = conversion.book
        let isKept = conversion.originals == .keep
        let isRetained = conversion.originals == .retain
        try run(
            """
            INSERT INTO original (library_id, book_id, directory_id, job_id, name, format, device, inode, born_ns, size,
                modified_ns, changed_ns, pages, fingerprint, hash, koreader_hash, facts_version, kept, state, result,
                result_device, result_inode, result_born_ns, result_size, result_modified_ns, result_changed_ns,
                converted_at, remove_after)
            SELECT book.library_id, book.id, book.directory_id, ?, book.name, book.format, conversion.device,
                conversion.inode, conversion.born_ns, conversion.size, conversion.modified_ns, conversion.changed_ns,
                book.pages, book.fingerprint, book.hash, book.koreader_hash, book.facts_version, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?
            FROM book JOIN conversion ON conversion.id = ? WHERE book.id = ?
            """,
            job,
            conversion.originals.rawValue,
            isKept ? "kept" : "due",
            Data(conversion.target.bytes),
            Int64(bitPattern: stamp.device),
            Int64(bitPattern: stamp.inode),
            stamp.born?.nanoseconds,
            stamp.size,
            stamp.modified.nanoseconds,
            stamp.changed.nanoseconds,
            instant.nanoseconds,
            isRetained ? (instant + conversion.retain).nanoseconds : nil,
            conversion.id,
            book.id
        )
        let original = db.lastInsertedRowID
        try give(book, conversion.target, stamp, .cbz, verified)
        try run("DELETE FROM conversion WHERE id = ?", conversion.id)
        try run("DELETE FROM conversion_refusal WHERE book_id = ?", book.id)
        try endWish(of: book.id)
        let path = book.directory.appending(conversion.target)
        try resolve(.conversionFailed, of: book.id, at: path)
        try log("info", "converted to \(conversion.target), \(stamp.size) bytes", path: book.path)
        report[.convertedMedia] += 1
        try note(.bookConverted, book.id, path)
        return original
    }

    /// Writes which file a book has from now on; what else is known of it stays as it is.
    func give(
        _ book: BookToConvert,
        _ name: FileName,
        _ stamp: FileStamp,
        _ format: MediaFormat,
        _ facts: OpenConversion.Verified
    ) throws {
        let fingerprint = facts.fingerprint.map { Data($0.bytes) }
        try run(
            """
            UPDATE book SET name = ?, format = ?, device = ?, inode = ?, born_ns = ?, size = ?, modified_ns = ?,
                changed_ns = ?, pages = ?, thumbnail_due = iif(fingerprint IS ?10, thumbnail_due, 1), fingerprint = ?10,
                hash = ?, koreader_hash = ?, updated_at = ?
            WHERE id = ?
            """,
            Data(name.bytes),
            format.rawValue,
            Int64(bitPattern: stamp.device),
            Int64(bitPattern: stamp.inode),
            stamp.born?.nanoseconds,
            stamp.size,
            stamp.modified.nanoseconds,
            stamp.changed.nanoseconds,
            facts.pages,
            fingerprint,
            facts.hash.map { Data($0) },
            facts.koreaderHash.map { Data($0) },
            instant.nanoseconds,
            book.id
        )
        // The text of a problem begins with the book's path.
        try run(
            """
            UPDATE problem SET detail = ?1 || substr(detail, length(?2) + 1)
            WHERE book_id = ?3 AND substr(detail, 1, length(?2) + 1) = ?2 || ':'
            """,
            book.directory.appending(name).string,
            book.path.string,
            book.id
        )
    }

    func note(_ type: EventType, _ book: Int64, _ path: FilePath) throws {
        let series = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT series_id FROM book WHERE id = ?"),
            arguments: [book]
        )
        if let series { touchedSeries.insert(series) }
        items[type, default: []].append(EventItem(id: book, seriesID: series, path: path.string))
    }

    private func isAsItWas(_ conversion: OpenConversion) throws -> Bool {
        let sql = """
            SELECT \(FileStamp.columnNames("book")) FROM book JOIN conversion ON conversion.id = ?
            WHERE book.id = conversion.book_id AND book.name = conversion.name
                AND book.directory_id = conversion.directory_id
                AND NOT EXISTS (SELECT 1 FROM book AS other
                    WHERE other.directory_id = conversion.directory_id AND other.name = conversion.target)
            """
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [conversion.id]) else { return false }
        return FileStamp(row, from: 0).isSameFile(as: conversion.book.stamp)
    }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflows ? .max : whole + attoseconds / 1_000_000_000
    }
}

extension FileStamp {
    /// The values of the six columns that hold a stamp.
    var columns: StatementArguments {
        [
            Int64(bitPattern: device), Int64(bitPattern: inode), born?.nanoseconds, size, modified.nanoseconds,
            changed.nanoseconds,
        ]
    }

    /// The names of these columns in a table.
    static func columnNames(_ table: String, _ prefix: String = "") -> String {
        ["device", "inode", "born_ns", "size", "modified_ns", "changed_ns"]
            .map { "\(table).\(prefix)\($0)" }.joined(separator: ", ")
    }
}
