// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// What a scan learned of one book.
package struct BookRecord: Sendable {
    package var directory: FilePath
    package var seriesDirectory: FilePath

    /// The series' name where its directory is the library's root.
    package var rootName: String
    package var name: FileName
    package var format: MediaFormat
    package var stamp: FileStamp

    /// `nil` where the file could not be read at all; then a known book keeps what it had.
    package var facts: BookFacts?

    /// The digest of the files beside the book that were read with it.
    package var sidecars: Int64

    /// What is wrong beside the facts.
    package var faults: [Finding]

    /// The book that the catalog had at this place when the scan compared; by now it may have another file.
    package var known: Int64?

    /// Which reader, with which settings, made the facts.
    package var version: Int

    /// Whether the thumbnail is to be made anew even where the content is the same.
    package var isForced: Bool

    package init(
        directory: FilePath,
        seriesDirectory: FilePath,
        rootName: String,
        name: FileName,
        format: MediaFormat,
        stamp: FileStamp,
        facts: BookFacts?,
        sidecars: Int64,
        faults: [Finding],
        version: Int,
        isForced: Bool
    ) {
        self.directory = directory
        self.seriesDirectory = seriesDirectory
        self.rootName = rootName
        self.name = name
        self.format = format
        self.stamp = stamp
        self.facts = facts
        self.sidecars = sidecars
        self.faults = faults
        self.version = version
        self.isForced = isForced
    }

    package var path: FilePath { directory.appending(name) }

    fileprivate var findings: [Finding] { (facts?.findings ?? []) + faults }

    fileprivate var condition: BookState {
        if faults.contains(where: { $0.problem.severity == .error }) { return .error }
        return facts?.state ?? .error
    }
}

extension CatalogTransaction {
    /// The row a book had before this transaction.
    private struct Existing {
        var id: Int64
        var seriesID: Int64
        var fingerprint: Data?
        var pages: Int
        var condition: String
        var isMissing: Bool
        var document: String?
        var stamp: FileStamp
    }

    /// Creates or updates a book's row, its metadata and its problems.
    package func record(_ record: BookRecord) throws {
        let directoryID = try present(at: record.directory)
        let existing = try existing(record.name, in: directoryID)
        // A scan may have opened it when it still was the book's file, and it has been converted meanwhile.
        let isFormer = existing == nil && record.known != nil
        if isFormer, try db.isOriginal(record.name, record.stamp, in: directoryID) { return }
        let seriesID = try series(at: record.seriesDirectory, rootName: record.rootName)
        let id = try existing.map { try update($0, with: record, seriesID) } ?? insert(record, directoryID, seriesID)
        touchedSeries.insert(seriesID)
        if record.facts != nil || existing == nil {
            try keep(record.facts?.metadata ?? BookMetadata(), of: id)
        }
        if record.condition != .ready { report[.failedMedia] += 1 }
        let path = record.directory.appending(record.name)
        // A damaged page belongs to the content, and is found by another job than this one. What could not be read is
        // not known to be another content.
        let isSameContent = record.facts.map { existing?.fingerprint == $0.fingerprint.map { Data($0.bytes) } } ?? true
        try replaceProblems(of: id, at: path, with: record.findings, keeping: isSameContent ? .imageCorrupt : nil)
        if existing?.isMissing == true { welcomeBack(id, seriesID: seriesID, path: path) }
    }

    /// Takes books back that were missing or ignored and are there again, unchanged.
    package func restore(_ books: [Int64]) throws {
        for id in books {
            guard
                let row = try Row.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT series_id, directory_id, name FROM book WHERE id = ? AND missing_since IS NOT NULL
                            """
                    ),
                    arguments: [id]
                )
            else { continue }
            let path = try db.path(ofDirectory: row[1]).appending(FileName(bytes: [UInt8](row[2] as Data)))
            try run(
                "UPDATE book SET missing_since = NULL, is_ignored = 0, updated_at = ? WHERE id = ?",
                instant.nanoseconds,
                id
            )
            try resolve(.missing, of: id, at: path)
            welcomeBack(id, seriesID: row[0], path: path)
        }
    }

    func welcomeBack(_ id: Int64, seriesID: Int64, path: FilePath) {
        report[.restoredMedia] += 1
        touchedSeries.insert(seriesID)
        items[.bookRestored, default: []].append(EventItem(id: id, seriesID: seriesID, path: path.string))
    }

    private func existing(_ name: FileName, in directoryID: Int64) throws -> Existing? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, series_id, fingerprint, pages, condition, missing_since IS NOT NULL, document,
                    device, inode, born_ns, size, modified_ns, changed_ns
                FROM book LEFT JOIN metadata ON book_id = id WHERE directory_id = ? AND name = ?
                """
        )
        return try Row.fetchOne(statement, arguments: [directoryID, Data(name.bytes)]).map { row in
            Existing(
                id: row[0],
                seriesID: row[1],
                fingerprint: row[2],
                pages: row[3],
                condition: row[4],
                isMissing: row[5],
                document: row[6],
                stamp: FileStamp(row, from: 7)
            )
        }
    }

    private func insert(_ record: BookRecord, _ directoryID: Int64, _ seriesID: Int64) throws -> Int64 {
        try run(
            """
            INSERT INTO book (id, library_id, directory_id, series_id, name, format, device, inode, born_ns, size,
                modified_ns, changed_ns, condition, pages, fingerprint, facts_version, thumbnail_due, added_at,
                updated_at, hash, koreader_hash, sidecars)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            try db.nextID(of: "book"),
            libraryID,
            directoryID,
            seriesID,
            Data(record.name.bytes),
            record.format.rawValue,
            Int64(bitPattern: record.stamp.device),
            Int64(bitPattern: record.stamp.inode),
            record.stamp.born?.nanoseconds,
            record.stamp.size,
            record.stamp.modified.nanoseconds,
            record.stamp.changed.nanoseconds,
            record.condition.rawValue,
            record.facts?.pages ?? 0,
            record.facts?.fingerprint.map { Data($0.bytes) },
            record.version,
            record.condition == .ready,
            instant.nanoseconds,
            instant.nanoseconds,
            record.facts?.hash.map { Data($0) },
            record.facts?.koreaderHash.map { Data($0) },
            record.sidecars
        )
        let id = db.lastInsertedRowID
        report[.createdMedia] += 1
        let path = record.directory.appending(record.name)
        items[.bookAdded, default: []].append(EventItem(id: id, seriesID: seriesID, path: path.string))
        return id
    }

    /// Keeps the hashes of a book's file; those of another file that had its name are no longer true.
    private func keepHashes(_ facts: BookFacts?, isSameFile: Bool, of id: Int64) throws {
        try run(
            """
            UPDATE book SET hash = coalesce(?1, iif(?3, hash, NULL)), koreader_hash = coalesce(?2, iif(?3, koreader_hash, NULL))
            WHERE id = ?4 AND (?1 IS NOT NULL OR ?2 IS NOT NULL OR hash IS NOT NULL OR koreader_hash IS NOT NULL)
            """,
            facts?.hash.map { Data($0) },
            facts?.koreaderHash.map { Data($0) },
            isSameFile,
            id
        )
    }

    /// Writes what the file is now; tells of an update only where what a reader sees is different.
    private func update(_ existing: Existing, with record: BookRecord, _ seriesID: Int64) throws -> Int64 {
        let facts = record.facts
        let fingerprint = facts?.fingerprint.map { Data($0.bytes) }
        let isNewContent = facts != nil && fingerprint != existing.fingerprint
        let document = try facts.map { try MetadataDocument.text(of: $0.metadata) }
        let differs =
            isNewContent || record.isForced || seriesID != existing.seriesID
            || record.condition.rawValue != existing.condition
            || facts.map { $0.pages != existing.pages } == true || (document != nil && document != existing.document)
        let makesThumbnail =
            record.condition == .ready
            && (isNewContent || record.isForced || existing.condition != BookState.ready.rawValue)
        try keepHashes(facts, isSameFile: !record.stamp.differs(from: existing.stamp), of: existing.id)
        let formerContent = isNewContent ? existing.fingerprint : nil
        try noteFormerFile(of: existing.id, was: existing.stamp, holding: formerContent, is: record.stamp)
        // What was found in the pages of another content is no longer true either.
        if isNewContent { try run("DELETE FROM analysis WHERE book_id = ?", existing.id) }
        try run(
            """
            UPDATE book SET series_id = ?, format = ?, device = ?, inode = ?, born_ns = ?, size = ?, modified_ns = ?, changed_ns = ?,
                condition = ?, missing_since = NULL, is_ignored = 0, pages = coalesce(?, pages), facts_version = ?, sidecars = ?,
                fingerprint = iif(?, ?, fingerprint), thumbnail_due = max(thumbnail_due, ?),
                updated_at = iif(?, ?, updated_at)
            WHERE id = ?
            """,
            seriesID,
            record.format.rawValue,
            Int64(bitPattern: record.stamp.device),
            Int64(bitPattern: record.stamp.inode),
            record.stamp.born?.nanoseconds,
            record.stamp.size,
            record.stamp.modified.nanoseconds,
            record.stamp.changed.nanoseconds,
            record.condition.rawValue,
            facts?.pages,
            record.version,
            record.sidecars,
            facts != nil,
            fingerprint,
            makesThumbnail,
            differs,
            instant.nanoseconds,
            existing.id
        )
        // With another pattern it leaves a series, perhaps empty.
        touchedSeries.insert(existing.seriesID)
        if differs {
            report[.updatedMedia] += 1
            let path = record.directory.appending(record.name)
            items[.bookUpdated, default: []]
                .append(EventItem(id: existing.id, seriesID: seriesID, path: path.string))
        }
        return existing.id
    }

    func keep(_ metadata: BookMetadata, of id: Int64) throws {
        written[id] = metadata
        try run(
            """
            INSERT INTO metadata (book_id, title, series, number, number_sort, document) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (book_id) DO UPDATE SET title = excluded.title, series = excluded.series,
                number = excluded.number, number_sort = excluded.number_sort, document = excluded.document
            """,
            id,
            metadata.text(.title),
            metadata.text(.series),
            metadata.text(.number),
            metadata.numberForSorting,
            try MetadataDocument.text(of: metadata)
        )
    }
}
