// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// How many books, of what size.
package struct BookTally: Sendable, Equatable {
    package var library: LibraryName
    package var format: MediaFormat
    package var state: BookState
    package var books: Int
    package var pages: Int
    package var size: Int64
}

/// Jobs of one kind that are in one state, or have ended in it since the database was made.
package struct JobTally: Sendable, Equatable {
    package var kind: JobKind
    package var state: JobState
    package var jobs: Int

    /// How long those that have ended ran, together.
    package var ran: Duration
}

/// What the index holds, in figures.
package struct StoreStatistics: Sendable {
    /// The most words of one sort that are told.
    package static let most = 10

    package var books: [BookTally] = []
    package var series: [LibraryName: Int] = [:]
    package var jobs: [JobTally] = []

    /// What most of the books that are there say of themselves, with how many do.
    package var languages: [(word: String, books: Int)] = []
    package var genres: [(word: String, books: Int)] = []
    package var publishers: [(word: String, books: Int)] = []
}

extension LibraryStore {
    /// Counts all of the index in one pass over the books and one over what they say; a second for a million.
    ///
    /// Of libraries that are in the configuration.
    package func statistics() async throws -> StoreStatistics {
        try await pool.read { db in
            var statistics = StoreStatistics()
            statistics.books = try db.bookTallies()
            statistics.series = try db.seriesCounts()
            statistics.jobs = try db.jobTallies()
            statistics.languages = try db.words("document ->> '$.language'", from: "metadata")
            statistics.publishers = try db.words("document ->> '$.publisher'", from: "metadata")
            statistics.genres = try db.words("value", from: "metadata, json_each(document, '$.genres')")
            return statistics
        }
    }

    /// The books of each library by format and state.
    package func bookTallies() async throws -> [BookTally] { try await pool.read { try $0.bookTallies() } }

    package func seriesCounts() async throws -> [LibraryName: Int] { try await pool.read { try $0.seriesCounts() } }

    package func jobTallies() async throws -> [JobTally] { try await pool.read { try $0.jobTallies() } }

    /// How many problems of each class are open in each library.
    package func problemTallies() async throws -> [(library: LibraryName, problem: ProblemClass, count: Int)] {
        try await pool.read { db in
            let sql = """
                SELECT library.name, class, count(*) FROM problem JOIN library ON library.id = problem.library_id
                    LEFT JOIN book ON book.id = book_id
                WHERE retired_at IS NULL AND book.is_ignored IS NOT 1 GROUP BY library.id, class
                """
            return try Row.fetchAll(db, sql: sql).compactMap { row in
                guard let library = LibraryName(row[0]), let problem = ProblemClass(rawValue: row[1]) else {
                    return nil
                }
                return (library, problem, row[2])
            }
        }
    }

    /// When the last scan of each library ended; of those of which one has.
    package func lastScans() async throws -> [LibraryName: Timestamp] {
        try await pool.read { db in
            let sql = "SELECT name, last_scan_at FROM library WHERE last_scan_at IS NOT NULL"
            return try Row.fetchAll(db, sql: sql).reduce(into: [:]) { scans, row in
                if let library = LibraryName(row[0]) { scans[library] = Timestamp(nanoseconds: row[1]) }
            }
        }
    }

    /// The number of the newest event: while it is the same, no book, series or problem has changed.
    package func lastEvent() async throws -> Int64 {
        try await pool.read { db in
            try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'") ?? 0
        }
    }
}

extension Database {
    fileprivate func bookTallies() throws -> [BookTally] {
        let sql = """
            SELECT library.name, format, iif(is_ignored, 'ignored', iif(missing_since IS NULL, condition, 'missing')) AS state,
                count(*), sum(pages), sum(size)
            FROM book JOIN library ON library.id = library_id WHERE retired_at IS NULL
            GROUP BY library.id, format, state ORDER BY library.name, format, state
            """
        return try Row.fetchAll(self, sql: sql).compactMap { row in
            guard let library = LibraryName(row[0]), let format = MediaFormat(rawValue: row[1]),
                let state = BookState(rawValue: row[2])
            else { return nil }
            return BookTally(library: library, format: format, state: state, books: row[3], pages: row[4], size: row[5])
        }
    }

    fileprivate func seriesCounts() throws -> [LibraryName: Int] {
        let sql = """
            SELECT library.name, count(series.id) FROM library LEFT JOIN series ON series.library_id = library.id
            WHERE retired_at IS NULL GROUP BY library.id
            """
        return try Row.fetchAll(self, sql: sql).reduce(into: [:]) { counts, row in
            if let library = LibraryName(row[0]) { counts[library] = row[1] }
        }
    }

    fileprivate func jobTallies() throws -> [JobTally] {
        let sql = """
            SELECT kind, state, count(*), 0 FROM job WHERE \(Database.isOpen) GROUP BY kind, state
            UNION ALL SELECT kind, state, jobs, ran_ns FROM job_total ORDER BY kind, state
            """
        return try Row.fetchAll(self, sql: sql).compactMap { row in
            guard let kind = JobKind(rawValue: row[0]), let state = JobState(rawValue: row[1]) else { return nil }
            return JobTally(kind: kind, state: state, jobs: row[2], ran: .nanoseconds(row[3] as Int64))
        }
    }

    /// What most of the books have of something, whatever the case.
    fileprivate func words(_ word: String, from tables: String) throws -> [(word: String, books: Int)] {
        let sql = """
            SELECT \(word) AS word, count(*) AS books FROM \(tables) JOIN book ON book.id = book_id
            WHERE word IS NOT NULL AND missing_since IS NULL AND \(Database.isConfigured)
            GROUP BY word COLLATE NOCASE ORDER BY books DESC, word LIMIT \(StoreStatistics.most)
            """
        return try Row.fetchAll(self, sql: sql).map { ($0[0] as String, $0[1] as Int) }
    }
}
