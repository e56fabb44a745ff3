// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// What a book was before it was converted, and where that file is.
package struct OriginalEntry: Sendable, Equatable {
    /// Where an original is on its way; the raw value is the database's word and the API's.
    package enum State: String, Sendable, CaseIterable {
        /// To be dealt with as the library's settings said.
        case due

        /// Beside the result.
        case kept

        /// On the shelf.
        case retained
        case removing

        /// On its way back.
        case returning

        /// Back, and the result is still to go.
        case returned
        case removed

        /// Not the file any more that it was.
        case lost

        /// Whether a job still has something to do.
        package var isUnfinished: Bool {
            switch self {
            case .due, .removing, .returning, .returned: true
            case .kept, .retained, .removed, .lost: false
            }
        }
    }

    package var id: Int64
    package var library: LibraryName

    /// `nil` where the book was forgotten.
    package var book: Int64?

    /// Where it was, and where it comes back to.
    package var directory: FilePath
    package var name: FileName
    package var stamp: FileStamp
    package var kept: ConversionSettings.Originals
    package var state: State
    package var isOnShelf: Bool

    /// Its name on the shelf, or the hidden one by which a file goes.
    package var aside: FileName?

    /// The file that it was converted to, as it was then.
    package var result: FileName
    package var resultStamp: FileStamp
    package var convertedAt: Timestamp
    package var removeAfter: Timestamp?

    package var path: FilePath { directory.appending(name) }

    /// Where the file is now, below the library's root.
    package var place: FilePath {
        isOnShelf ? directory.appending(ConversionNames.shelf).appending(aside ?? name) : path
    }
}

extension LibraryStore {
    /// Which originals a list shows.
    package struct OriginalFilter: Sendable {
        package var library: LibraryName?

        /// None for all but those that are gone.
        package var states: Set<OriginalEntry.State> = Set(OriginalEntry.State.allCases).subtracting([.removed, .lost])
        package var convertedBefore: Timestamp?
        package var after: Int64 = 0
        package var limit = 100

        package init() {}
    }

    /// The originals of converted books, in the order in which they were.
    package func originals(_ filter: OriginalFilter) async throws -> [OriginalEntry] {
        try await pool.read { db in
            let words = filter.states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
            let sql = """
                WHERE (:library IS NULL OR library.name = :library) AND state IN (\(words))
                    AND (:before IS NULL OR converted_at < :before) AND original.id > :after
                ORDER BY original.id LIMIT :limit
                """
            let arguments: StatementArguments = [
                "library": filter.library?.text, "before": filter.convertedBefore?.nanoseconds, "after": filter.after,
                "limit": filter.limit,
            ]
            return try Row.fetchAll(db, sql: Database.originalColumns + sql, arguments: arguments)
                .compactMap { try db.original($0) }
        }
    }

    package func original(_ id: Int64) async throws -> OriginalEntry? {
        try await pool.read { db in
            try Row.fetchOne(db, sql: Database.originalColumns + "WHERE original.id = ?", arguments: [id])
                .flatMap { try db.original($0) }
        }
    }

    /// The original whose file is at a path below a library's root, beside its book or on the shelf; `nil` for any other.
    package func original(at path: FilePath, of library: LibraryName) async throws -> OriginalEntry? {
        guard let name = path.names.last else { return nil }
        let parent = path.removingLastComponent()
        let isOnShelf = parent.names.last == ConversionNames.shelf
        return try await pool.read { db in
            let place = isOnShelf ? parent.removingLastComponent() : parent
            guard let directory = try db.directory(at: place, of: library) else { return nil }
            let sql = """
                WHERE directory_id = ? AND is_on_shelf = ? AND iif(is_on_shelf, aside, original.name) = ?
                    AND state NOT IN ('removed', 'lost', 'returned')
                """
            let arguments: StatementArguments = [directory, isOnShelf, Data(name.bytes)]
            return try Row.fetchOne(db, sql: Database.originalColumns + sql, arguments: arguments)
                .flatMap { try db.original($0) }
        }
    }

    /// The original that undoing a book's conversion brings back; `nil` where there is none.
    package func original(ofBook book: Int64) async throws -> OriginalEntry? {
        try await pool.read { try $0.original(ofBook: book) }
    }

    /// The originals of a library with which something is still to be done.
    package func unfinishedOriginals(of library: LibraryName) async throws -> [OriginalEntry] {
        var filter = OriginalFilter()
        filter.library = library
        filter.limit = .max
        filter.states = Set(OriginalEntry.State.allCases.filter(\.isUnfinished))
        return try await originals(filter)
    }

    /// Notes where an original is on its way, before or after its file is.
    package func move(
        _ original: OriginalEntry,
        to state: OriginalEntry.State,
        aside: FileName? = nil,
        isOnShelf: Bool? = nil
    ) async throws {
        try await writeUntold { db in
            try db.execute(
                sql: """
                    UPDATE original SET state = ?, aside = coalesce(?, aside), is_on_shelf = coalesce(?, is_on_shelf)
                    WHERE id = ?
                    """,
                arguments: [state.rawValue, aside.map { Data($0.bytes) }, isOnShelf, original.id]
            )
        }
    }

    /// Marks originals that are to be removed now, and gives the libraries in which a job has to do that.
    ///
    /// Without `isAll` only those whose time is over by `instant`; with it all that are still there, but for the ones
    /// that were converted after `convertedBefore`. What would be all that is left of a book stays: an original whose
    /// book is missing, or has the original as its file again. The latter is forgotten, for it is no original any more.
    package func dismissOriginals(
        of library: LibraryName? = nil,
        isAll: Bool,
        convertedBefore: Timestamp? = nil
    ) async throws -> (count: Int, libraries: [LibraryName]) {
        let instant = instant
        return try await writeUntold { db in
            let sql = """
                UPDATE original SET state = 'removing'
                WHERE (:library IS NULL OR library_id = (SELECT id FROM library WHERE name = :library))
                    AND iif(:all, state IN ('kept', 'retained') AND (:before IS NULL OR converted_at < :before),
                        state = 'retained' AND remove_after <= :now)
                    AND EXISTS (SELECT 1 FROM book WHERE missing_since IS NULL
                        AND (id = book_id OR (directory_id = original.directory_id AND name = result)))
                    AND (is_on_shelf OR NOT EXISTS (SELECT 1 FROM book
                        WHERE directory_id = original.directory_id AND name = original.name))
                RETURNING library_id
                """
            let arguments: StatementArguments = [
                "library": library?.text, "all": isAll, "before": convertedBefore?.nanoseconds,
                "now": instant.nanoseconds,
            ]
            let ids = try Int64.fetchAll(db, sql: sql, arguments: arguments)
            // What a book has as its file again is no original.
            try db.execute(
                sql: """
                    DELETE FROM original
                    WHERE state = 'kept' AND (:library IS NULL OR library_id = (SELECT id FROM library WHERE name = :library))
                        AND EXISTS (SELECT 1 FROM book WHERE directory_id = original.directory_id
                            AND name = original.name AND missing_since IS NULL)
                    """,
                arguments: ["library": library?.text]
            )
            let names = try Set(ids).sorted().compactMap { id in
                try String.fetchOne(db, sql: "SELECT name FROM library WHERE id = ?", arguments: [id])
            }
            return (ids.count, names.compactMap { LibraryName($0) })
        }
    }

    /// The libraries in which a conversion, a wish or an original waits for a job.
    package func librariesWithOpenConversions() async throws -> [LibraryName] {
        try await pool.read { db in
            let sql = """
                SELECT name FROM library WHERE id IN (SELECT library_id FROM conversion)
                    OR id IN (SELECT book.library_id FROM conversion_wish JOIN book ON book.id = book_id)
                    OR id IN (SELECT library_id FROM original WHERE state IN ('due', 'removing', 'returning', 'returned'))
                ORDER BY name
                """
            return try String.fetchAll(db, sql: sql).compactMap { LibraryName($0) }
        }
    }
}

extension CatalogTransaction {
    /// Gives a converted book its original back, whose file bears its name again; the result is still to go.
    ///
    /// It is not converted again by itself.
    ///
    /// - Returns: `false`, with nothing changed, where the catalog has another file for the book by now, or another book
    ///   of the original's name.
    package func takeBack(_ original: OriginalEntry, as stamp: FileStamp) throws -> Bool {
        let sql = """
            SELECT \(FileStamp.columnNames("book")), original.pages, original.fingerprint, original.hash,
                original.koreader_hash, original.format, book.id
            FROM original JOIN book ON book.id = book_id
            WHERE original.id = ? AND book.directory_id = original.directory_id AND book.name = original.result
                AND NOT EXISTS (SELECT 1 FROM book AS other
                    WHERE other.directory_id = original.directory_id AND other.name = original.name)
            """
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [original.id]),
            FileStamp(row, from: 0).isSameFile(as: original.resultStamp), let format = MediaFormat(rawValue: row[10])
        else { return false }
        var facts = BookFacts()
        facts.pages = row[6]
        facts.fingerprint = (row[7] as Data?).flatMap { Fingerprint(bytes: [UInt8]($0)) }
        facts.hash = (row[8] as Data?).map { [UInt8]($0) }
        facts.koreaderHash = (row[9] as Data?).map { [UInt8]($0) }
        let book = BookToConvert(
            id: row[11],
            directory: original.directory,
            name: original.result,
            format: .cbz,
            stamp: original.resultStamp
        )
        try give(book, original.name, stamp, format, OpenConversion.Verified(stamp: stamp, facts: facts))
        try run(
            """
            UPDATE book SET facts_version = (SELECT facts_version FROM original WHERE id = ?1) WHERE id = ?2
            """,
            original.id,
            book.id
        )
        try run("UPDATE original SET state = 'returned', is_on_shelf = 0 WHERE id = ?", original.id)
        try run(
            """
            INSERT OR REPLACE INTO conversion_refusal (book_id, fingerprint, version)
            SELECT id, fingerprint, 0 FROM book WHERE id = ?
            """,
            book.id
        )
        try endWish(of: book.id)
        try log("info", "the original is back, and \(original.result) is removed", path: original.path)
        report[.updatedMedia] += 1
        try note(.bookUpdated, book.id, original.path)
        return true
    }

    /// Forgets an original that is a book again.
    package func forget(_ original: OriginalEntry) throws {
        try run("DELETE FROM original WHERE id = ?", original.id)
    }
}

extension Database {
    /// - Throws: ``ConversionFault/nothingToUndo(_:)``, ``ConversionFault/originalRemoved(_:)``.
    func refuseUndo(of book: Int64) throws {
        if try original(ofBook: book) != nil { return }
        let sql = "SELECT EXISTS (SELECT 1 FROM original WHERE book_id = ?)"
        let isRemoved = try Bool.fetchOne(self, sql: sql, arguments: [book]) ?? false
        throw isRemoved ? ConversionFault.originalRemoved(book) : ConversionFault.nothingToUndo(book)
    }

    fileprivate func original(ofBook book: Int64) throws -> OriginalEntry? {
        let sql = """
            WHERE book_id = ? AND (state IN ('kept', 'retained', 'returning') OR (state = 'due' AND kept = 'retain'))
            ORDER BY original.id DESC LIMIT 1
            """
        return try Row.fetchOne(self, sql: Database.originalColumns + sql, arguments: [book]).flatMap {
            try original($0)
        }
    }

    /// The files in a directory that are no books of their own.
    func leftovers(in directory: Int64) throws -> [Leftover] {
        let sql = """
            SELECT original.name, \(FileStamp.columnNames("original")), book.name, book.directory_id = ?1
            FROM original JOIN book ON book.id = book_id
            WHERE original.directory_id = ?1 AND state IN ('due', 'kept', 'removing', 'returning')
                AND missing_since IS NULL
                AND NOT EXISTS (SELECT 1 FROM book WHERE directory_id = ?1 AND name = original.name)
            UNION ALL
            SELECT result, \(FileStamp.columnNames("original", "result_")), NULL, 0 FROM original
            WHERE directory_id = ?1 AND state = 'returned'
            UNION ALL
            SELECT target, \(FileStamp.columnNames("conversion", "draft_")), NULL, 0 FROM conversion
            WHERE directory_id = ?1 AND draft_inode IS NOT NULL
            """
        return try Row.fetchAll(cachedStatement(sql: sql), arguments: [directory]).map { row in
            let partner: Data? = row[8] ? row[7] : nil
            return Leftover(
                name: FileName(bytes: [UInt8](row[0] as Data)),
                stamp: FileStamp(row, from: 1),
                partner: partner.map { FileName(bytes: [UInt8]($0)) }
            )
        }
    }

    /// Whether a file is, or was a moment ago, the original of a converted book, and so no book of its own.
    func isOriginal(_ name: FileName, _ stamp: FileStamp, in directory: Int64) throws -> Bool {
        let sql = """
            SELECT \(FileStamp.columnNames("original")), state IN ('due', 'kept', 'removing', 'returning')
            FROM original JOIN book ON book.id = book_id
            WHERE original.directory_id = ? AND original.name = ? AND missing_since IS NULL AND state != 'lost'
            """
        let rows = try Row.fetchAll(cachedStatement(sql: sql), arguments: [directory, Data(name.bytes)])
        return rows.contains { row in
            let original = FileStamp(row, from: 0)
            // What has left its place had the same time of change before it did.
            return original.isSameFile(as: stamp) && (row[6] || original.changed == stamp.changed)
        }
    }

    fileprivate static let originalColumns = """
        SELECT original.id, library.name, book_id, directory_id, original.name, \(FileStamp.columnNames("original")), kept,
            state, is_on_shelf, aside, result, \(FileStamp.columnNames("original", "result_")), converted_at, remove_after
        FROM original JOIN library ON library.id = library_id

        """

    fileprivate func original(_ row: Row) throws -> OriginalEntry? {
        guard let library = LibraryName(row[1]), let kept = ConversionSettings.Originals(rawValue: row[11]),
            let state = OriginalEntry.State(rawValue: row[12])
        else { return nil }
        return OriginalEntry(
            id: row[0],
            library: library,
            book: row[2],
            directory: try path(ofDirectory: row[3]),
            name: FileName(bytes: [UInt8](row[4] as Data)),
            stamp: FileStamp(row, from: 5),
            kept: kept,
            state: state,
            isOnShelf: row[13],
            aside: (row[14] as Data?).map { FileName(bytes: [UInt8]($0)) },
            result: FileName(bytes: [UInt8](row[15] as Data)),
            resultStamp: FileStamp(row, from: 16),
            convertedAt: Timestamp(nanoseconds: row[22]),
            removeAfter: (row[23] as Int64?).map(Timestamp.init(nanoseconds:))
        )
    }
}
