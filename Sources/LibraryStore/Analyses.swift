// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A book whose pages are to be decoded.
package struct BookToAnalyze: Sendable, Equatable {
    package var id: Int64
    package var directory: FilePath
    package var name: FileName
    package var format: MediaFormat
    package var stamp: FileStamp
}

/// What is known of the pages of a book.
package struct AnalysisEntry: Sendable, Equatable {
    package var at: Timestamp
    package var pages: Int
    package var decoded: Int
    package var skipped: Int
    package var damaged: Int
    package var typical: PageAnalysis.Size?

    /// The columns of `analysis` that make one, in their order.
    static let columns = "analysis.at, analysis.pages, decoded, skipped, damaged, width, height"

    /// From the columns that begin at `index`; `nil` where no page was ever looked at.
    init?(_ row: Row, from index: Int) {
        guard let at = row[index] as Int64?, row[index + 1] > 0 else { return nil }
        self.at = Timestamp(nanoseconds: at)
        (pages, decoded, skipped, damaged) = (row[index + 1], row[index + 2], row[index + 3], row[index + 4])
        if let width = row[index + 5] as Int?, let height = row[index + 6] as Int? {
            typical = PageAnalysis.Size(width: width, height: height)
        }
    }
}

extension LibraryStore {
    /// How many readable books a job still has to analyse in some directories of a library, and their bytes.
    package func countToAnalyze(
        of library: LibraryName,
        _ start: (directory: FilePath, isDeep: Bool),
        by job: Int64
    ) async throws -> (books: Int, bytes: Int64) {
        try await pool.read { db in
            guard let (sql, arguments) = try LibraryStore.toAnalyze(db, library, start, by: job) else { return (0, 0) }
            let columns = "SELECT count(*), coalesce(sum(size), 0)"
            guard let row = try Row.fetchOne(db, sql: "\(columns) FROM book WHERE \(sql)", arguments: arguments) else {
                return (0, 0)
            }
            return (row[0], row[1])
        }
    }

    /// The next readable books that a job has not analysed yet, in the order of their rows.
    ///
    /// What an interrupted job has done is left out when it goes on.
    package func booksToAnalyze(
        of library: LibraryName,
        _ start: (directory: FilePath, isDeep: Bool),
        by job: Int64,
        after book: Int64,
        limit: Int
    ) async throws -> [BookToAnalyze] {
        try await pool.read { db in
            guard let (sql, arguments) = try LibraryStore.toAnalyze(db, library, start, by: job) else { return [] }
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT \(Database.fileColumns) FROM book WHERE \(sql) AND id > ? ORDER BY id LIMIT ?",
                arguments: arguments + [book, limit]
            )
            return try rows.compactMap { row in
                try db.file(row).map {
                    BookToAnalyze(
                        id: $0.book,
                        directory: $0.directory,
                        name: $0.name,
                        format: $0.format,
                        stamp: $0.stamp
                    )
                }
            }
        }
    }

    /// `nil` where the catalog does not know the directory.
    private static func toAnalyze(
        _ db: Database,
        _ library: LibraryName,
        _ start: (directory: FilePath, isDeep: Bool),
        by job: Int64
    ) throws -> (sql: String, arguments: StatementArguments)? {
        guard let place = try db.books(in: start.directory, isDeep: start.isDeep, of: library),
            let libraryID = try db.libraryID(library)
        else { return nil }
        // The library once more, so that its index gives the order and no other library's books are passed by.
        let sql = """
            \(place.sql) AND library_id = ? AND missing_since IS NULL AND condition = 'ready'
                AND NOT EXISTS (SELECT 1 FROM analysis WHERE book_id = book.id AND job_id = ?)
            """
        return (sql, place.arguments + [libraryID, job])
    }
}

extension CatalogTransaction {
    /// Keeps what decoding all pages of a book came to, and opens and closes its problems accordingly.
    ///
    /// Where no page was looked at, what is known of them stays, as with ``giveUpAnalysis(_:of:)``.
    package func keep(_ analysis: PageAnalysis, of book: BookToAnalyze) throws {
        guard try mark(book, with: analysis, replacing: analysis.isOfPages ? Self.allColumns : ["job_id"]) else {
            return
        }
        let path = book.directory.appending(book.name)
        let classes = try String.fetchAll(
            db.cachedStatement(sql: "SELECT class FROM problem WHERE book_id = ?"),
            arguments: [book.id]
        )
        for problem in classes.compactMap(ProblemClass.init) where problem.isDisproved(by: analysis) {
            try resolve(problem, of: book.id, at: path)
        }
        try note(analysis.findings, of: book)
    }

    /// Notes that a book could not be analysed at all: what is known of its pages stays, and when that was found; but the
    /// job does not come back to it when it goes on.
    package func giveUpAnalysis(_ finding: Finding, of book: BookToAnalyze) throws {
        // Damage that was found is not undone by a look that saw nothing.
        guard try mark(book, with: PageAnalysis(), replacing: ["job_id"]) else { return }
        try note([finding], of: book)
    }

    /// Notes that the job has looked at a book, and where that was done before, takes these `columns` over anew; gives
    /// whether the book still is in the catalog.
    private func mark(_ book: BookToAnalyze, with analysis: PageAnalysis, replacing columns: [String]) throws -> Bool {
        guard let job else { preconditionFailure("book \(book.id) was analysed without a job") }
        try run(
            """
            INSERT INTO analysis (book_id, at, job_id, pages, decoded, skipped, damaged, width, height)
            SELECT id, ?, ?, ?, ?, ?, ?, ?, ? FROM book WHERE id = ?
            ON CONFLICT (book_id) DO UPDATE SET \(columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
            """,
            instant.nanoseconds,
            job,
            analysis.pages,
            analysis.decoded,
            analysis.skipped,
            analysis.damaged,
            analysis.typical?.width,
            analysis.typical?.height,
            book.id
        )
        guard db.changesCount > 0 else { return false }
        report[.totalFiles] += 1
        return true
    }

    private static let allColumns = ["at", "job_id", "pages", "decoded", "skipped", "damaged", "width", "height"]

    private func note(_ findings: [Finding], of book: BookToAnalyze) throws {
        let path = book.directory.appending(book.name)
        if !findings.isEmpty { report[.failedMedia] += 1 }
        for finding in findings.oneOfEachClass { try open(finding, of: book.id, at: path) }
    }
}

extension ProblemClass {
    /// Whether a book that a worker looked at does not have this problem, or not any more.
    fileprivate func isDisproved(by analysis: PageAnalysis) -> Bool {
        if analysis.findings.contains(where: { $0.problem == self }) { return false }
        // There may have been more to tell than is told.
        if analysis.findings.count == PageAnalysis.findingLimit { return false }
        return switch self {
        // A page that was passed over may be the one that had it.
        case .imageCorrupt, .unsupportedFormat: analysis.isOfPages && analysis.skipped == 0
        case .unreadable, .permission, .archiveCorrupt, .archiveTruncated, .archiveEncrypted, .archiveMultivolume,
            .archiveEmpty, .tooLarge, .bomb:
            analysis.isOfPages
        case .workerCrash, .workerTimeout: true
        case .missing, .metadataInvalid, .duplicate, .conversionFailed, .rootOffline, .watchLimit: false
        }
    }
}
