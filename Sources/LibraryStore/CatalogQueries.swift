// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A book as the catalog holds it.
package struct BookEntry: Sendable {
    package var id: Int64
    package var library: LibraryName
    package var seriesID: Int64
    package var series: String
    package var path: FilePath
    package var format: MediaFormat
    package var size: Int64
    package var modified: Timestamp
    package var pages: Int
    package var state: BookState
    package var missingSince: Timestamp?
    package var fingerprint: Fingerprint?

    /// SHA-256 of the whole file, and KOReader's hash of parts of it; `nil` where nobody asked for them.
    package var hash: [UInt8]?
    package var koreaderHash: [UInt8]?
    package var thumbnail: String?
    package var addedAt: Timestamp
    package var updatedAt: Timestamp
    package var metadata: BookMetadata

    /// `nil` where its pages were never looked at.
    package var analysis: AnalysisEntry?
}

/// A series as the catalog holds it.
package struct SeriesEntry: Sendable {
    package var id: Int64
    package var library: LibraryName
    package var name: String
    package var path: FilePath
    package var missingSince: Timestamp?
    package var books: Int
    package var missing: Int

    package var isMissing: Bool { missingSince != nil }

    /// What the document about it says; its title else is what most of its books say of their series, or the folder.
    package var metadata: BookMetadata
}

/// A problem as the catalog holds it.
package struct ProblemEntry: Sendable {
    package var id: Int64
    package var problem: ProblemClass
    package var library: LibraryName
    package var path: FilePath
    package var book: Int64?
    package var detail: String
    package var firstSeen: Timestamp
    package var lastSeen: Timestamp
    package var occurrences: Int
    package var job: Int64?
}

/// What the API asks of the catalog. Lists are pages in the order of ids.
///
/// What belongs to a library that is not in the configuration is in none; who knows its id may ask for it all the same.
extension LibraryStore {
    /// Which books a list shows.
    package struct BookFilter: Sendable {
        package var library: LibraryName?
        package var series: Int64?
        package var state: BookState?
        package var format: MediaFormat?

        /// A book, or a directory with all below it; relative to the library's root.
        package var path: FilePath?
        package var after: Int64 = 0
        package var limit = 100

        package init() {}
    }

    package func books(_ filter: BookFilter) async throws -> [BookEntry] {
        try await pool.read { db in
            guard let page = try db.page(of: filter) else { return [] }
            return try Row.fetchAll(db, sql: page.sql, arguments: page.arguments).compactMap { try db.book($0) }
        }
    }

    package func book(_ id: Int64) async throws -> BookEntry? {
        try await pool.read { db in
            try db.books(where: "book.id = ?", [id]).first
        }
    }

    package func series(
        of library: LibraryName?,
        isMissing: Bool?,
        after: Int64,
        limit: Int
    ) async throws -> [SeriesEntry] {
        try await pool.read { db in
            let sql = """
                WHERE (:library IS NULL OR library.name = :library) AND library.retired_at IS NULL
                    AND (:missing IS NULL OR (series.missing_since IS NOT NULL) = :missing) AND series.id > :after
                GROUP BY series.id ORDER BY series.id LIMIT :limit
                """
            let arguments: StatementArguments = [
                "library": library?.text, "missing": isMissing, "after": after, "limit": limit,
            ]
            return try Row.fetchAll(db, sql: Database.seriesColumns + sql, arguments: arguments)
                .compactMap { try db.series($0) }
        }
    }

    package func series(_ id: Int64) async throws -> SeriesEntry? {
        try await pool.read { db in
            let sql = Database.seriesColumns + "WHERE series.id = ? GROUP BY series.id"
            return try Row.fetchOne(db, sql: sql, arguments: [id]).flatMap { try db.series($0) }
        }
    }

    package func problems(
        of library: LibraryName?,
        class problem: ProblemClass?,
        after: Int64,
        limit: Int
    ) async throws -> [ProblemEntry] {
        try await pool.read { db in
            let sql = """
                WHERE (:library IS NULL OR library.name = :library) AND (:class IS NULL OR class = :class)
                    AND library.retired_at IS NULL AND problem.id > :after AND \(Database.problemIsListed)
                ORDER BY problem.id LIMIT :limit
                """
            let arguments: StatementArguments = [
                "library": library?.text, "class": problem?.rawValue, "after": after, "limit": limit,
            ]
            return try Row.fetchAll(db, sql: Database.problemColumns + sql, arguments: arguments)
                .compactMap { try db.problem($0) }
        }
    }
}

extension Database {
    fileprivate static let bookColumns = """
        SELECT book.id, library.name AS library, series_id, series.name AS series, book.directory_id, book.name, format,
            size, modified_ns, book.pages, condition, book.missing_since, fingerprint, thumbnail, book.added_at,
            book.updated_at, document, hash, koreader_hash, is_ignored, \(AnalysisEntry.columns)
        FROM book JOIN library ON library.id = book.library_id JOIN series ON series.id = series_id
            LEFT JOIN metadata ON metadata.book_id = book.id LEFT JOIN analysis ON analysis.book_id = book.id

        """

    static let seriesColumns = """
        SELECT series.id, library.name, series.name, series.directory_id, series.missing_since,
            count(book.id) - count(book.missing_since), count(book.missing_since) - coalesce(sum(book.is_ignored), 0),
            series_document
        FROM series JOIN library ON library.id = series.library_id
            JOIN directory ON directory.id = series.directory_id LEFT JOIN book ON book.series_id = series.id

        """

    /// The term that holds for every problem but those of ignored books, which are nobody's concern.
    static let problemIsListed = "book.is_ignored IS NOT 1"

    static let problemColumns = """
        SELECT problem.id, class, library.name, book_id, path, detail, first_seen, last_seen, occurrences, job_id,
            directory_id, book.name
        FROM problem JOIN library ON library.id = problem.library_id LEFT JOIN book ON book.id = book_id

        """

    /// The query for a page of books; `nil` where nothing can fulfil the filter.
    ///
    /// Begins behind the last id by an index, whatever is filtered for: the last page takes no longer than the first.
    func page(of filter: LibraryStore.BookFilter) throws -> (sql: String, arguments: StatementArguments)? {
        guard let condition = try condition(for: filter) else { return nil }
        let sql = Database.bookColumns + "WHERE \(condition.sql) AND book.id > ? ORDER BY book.id LIMIT ?"
        return (sql, condition.arguments + [filter.after, filter.limit])
    }

    /// The condition of a filter on books; `nil` where nothing can fulfil it.
    fileprivate func condition(
        for filter: LibraryStore.BookFilter
    ) throws -> (sql: String, arguments: StatementArguments)? {
        var terms = ["library.retired_at IS NULL"]
        var arguments = StatementArguments()
        if let library = filter.library {
            // By its id, so that the books of a small library are not looked for among all.
            terms.append("book.library_id = (SELECT id FROM library WHERE name = ?)")
            arguments += [library.text]
        }
        if let series = filter.series {
            terms.append("series_id = ?")
            arguments += [series]
        }
        if let format = filter.format {
            terms.append("format = ?")
            arguments += [format.rawValue]
        }
        switch filter.state {
        case nil: break
        case .missing: terms.append("book.missing_since IS NOT NULL AND book.is_ignored = 0")
        case .ignored: terms.append("book.is_ignored = 1")
        case let state?:
            terms.append("book.missing_since IS NULL AND condition = ?")
            arguments += [state.rawValue]
        }
        if let path = filter.path {
            guard let library = filter.library, let place = try place(of: path, in: library) else { return nil }
            terms.append(place.sql)
            arguments += place.arguments
        }
        return (terms.joined(separator: " AND "), arguments)
    }

    private func place(
        of path: FilePath,
        in library: LibraryName
    ) throws -> (sql: String, arguments: StatementArguments)? {
        if let place = try books(in: path, isDeep: true, of: library) { return place }
        guard let name = path.names.last,
            let directory = try directory(at: path.removingLastComponent(), of: library)
        else { return nil }
        return ("book.directory_id = ? AND book.name = ?", [directory, Data(name.bytes)])
    }

    func books(where condition: String, _ arguments: StatementArguments) throws -> [BookEntry] {
        let rows = try Row.fetchAll(self, sql: Database.bookColumns + "WHERE \(condition)", arguments: arguments)
        return try rows.compactMap { try book($0) }
    }

    fileprivate func book(_ row: Row) throws -> BookEntry? {
        guard let library = LibraryName(row[1]), let format = MediaFormat(rawValue: row[6]),
            let condition = BookState(rawValue: row[10])
        else { return nil }
        let isIgnored: Bool = row[19]
        let missingSince = isIgnored ? nil : (row[11] as Int64?).map(Timestamp.init(nanoseconds:))
        let directory = try shownPath(ofDirectory: row[4])
        var metadata = try (row[16] as String?).map(MetadataDocument.metadata(in:)) ?? BookMetadata()
        BookName.fillSeries(of: directory.names.last, in: &metadata)
        return BookEntry(
            id: row[0],
            library: library,
            seriesID: row[2],
            series: row[3],
            path: directory.appending(AsideName.original(of: FileName(bytes: [UInt8](row[5] as Data)), id: row[0])),
            format: format,
            size: row[7],
            modified: Timestamp(nanoseconds: row[8]),
            pages: row[9],
            state: isIgnored ? .ignored : missingSince == nil ? condition : .missing,
            missingSince: missingSince,
            fingerprint: (row[12] as Data?).flatMap { Fingerprint(bytes: [UInt8]($0)) },
            hash: (row[17] as Data?).map { [UInt8]($0) },
            koreaderHash: (row[18] as Data?).map { [UInt8]($0) },
            thumbnail: row[13],
            addedAt: Timestamp(nanoseconds: row[14]),
            updatedAt: Timestamp(nanoseconds: row[15]),
            metadata: metadata,
            analysis: AnalysisEntry(row, from: 20)
        )
    }

    func series(_ row: Row) throws -> SeriesEntry? {
        guard let library = LibraryName(row[1]) else { return nil }
        return SeriesEntry(
            id: row[0],
            library: library,
            name: row[2],
            path: try shownPath(ofDirectory: row[3]),
            missingSince: (row[4] as Int64?).map(Timestamp.init(nanoseconds:)),
            books: row[5],
            missing: row[6],
            metadata: try metadata(ofSeries: row[0], folder: row[2], document: row[7])
        )
    }

    private func metadata(ofSeries id: Int64, folder: String, document: String?) throws -> BookMetadata {
        var metadata = try document.map(MetadataDocument.metadata(in:)) ?? BookMetadata()
        // Names of files say nothing that the folder's own name does not.
        let title = try Row.fetchOne(
            cachedStatement(
                sql: """
                    SELECT series, document ->> '$.sources.series' AS source
                    FROM metadata JOIN book ON book.id = book_id
                    WHERE series_id = ? AND series IS NOT NULL AND source != 'filename'
                    GROUP BY series, source ORDER BY count(*) DESC, series LIMIT 1
                    """
            ),
            arguments: [id]
        )
        if let title, let source = MetadataSource(rawValue: title[1]) {
            metadata.note(.title, .text(title[0]), from: source)
        }
        let name = SeriesName(folder: FileName(folder))
        metadata.note(.title, .text(name.name), from: .filename)
        if let year = name.startYear { metadata.note(.year, .integer(year), from: .filename) }
        if let volume = name.volume.flatMap({ Int($0) }) { metadata.note(.volume, .integer(volume), from: .filename) }
        metadata.completeSortTitle()
        return metadata
    }

    func problem(_ row: Row) throws -> ProblemEntry? {
        guard let problem = ProblemClass(rawValue: row[1]), let library = LibraryName(row[2]) else { return nil }
        let path: FilePath =
            if let directory = row[10] as Int64?, let name = row[11] as Data?, let book = row[3] as Int64? {
                try shownPath(ofDirectory: directory)
                    .appending(AsideName.original(of: FileName(bytes: [UInt8](name)), id: book))
            } else {
                FilePath(bytes: [UInt8](row[4] as Data? ?? Data()))
            }
        return ProblemEntry(
            id: row[0],
            problem: problem,
            library: library,
            path: path,
            book: row[3],
            detail: row[5],
            firstSeen: Timestamp(nanoseconds: row[6]),
            lastSeen: Timestamp(nanoseconds: row[7]),
            occurrences: row[8],
            job: row[9]
        )
    }
}
