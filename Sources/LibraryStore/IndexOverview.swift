// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// What one library holds, in figures.
package struct LibraryFigures: Sendable {
    package var series = 0
    package var books = 0
    package var missing = 0
    package var ignored = 0
    package var problems = 0

    /// Of the books that are present, in bytes.
    package var size: Int64 = 0
    package var heldLosses = 0

    /// Whether somebody paused it.
    package var isPaused = false
    package var lastScan: (job: Int64, at: Timestamp, state: JobState)?

    /// Of a library that holds nothing.
    package init() {}
}

/// What a person is told who asks whether all is well; all of it of one moment.
package struct IndexOverview: Sendable {
    /// Of those that were asked for and are known.
    package var libraries: [LibraryName: LibraryFigures] = [:]

    /// How many problems of each class are open.
    package var problems: [ProblemClass: Int] = [:]

    /// How many jobs wait, run and are paused.
    package var jobs: [JobState: Int] = [:]
    package var isQueuePaused = false
}

extension LibraryStore {
    /// Everything at once, for it is asked for again and again, and takes less than each question would that is asked alone.
    package func overview(of libraries: [LibraryName]) async throws -> IndexOverview {
        try await pool.read { db in
            IndexOverview(
                libraries: try libraries.reduce(into: [:]) { figures, library in
                    if let id = try db.libraryID(library) { figures[library] = try db.figures(ofLibrary: id) }
                },
                problems: try db.problemCounts(),
                jobs: try db.jobCounts(),
                isQueuePaused: try db.isQueuePaused()
            )
        }
    }

    package func figures(of library: LibraryName) async throws -> LibraryFigures {
        guard let figures = try await overview(of: [library]).libraries[library] else {
            throw StoreFault.unknownLibrary(library.text)
        }
        return figures
    }
}

extension Database {
    func jobCounts() throws -> [JobState: Int] {
        let statement = try cachedStatement(
            sql: "SELECT state, count(*) FROM job WHERE \(Database.isOpen) GROUP BY state"
        )
        return try Row.fetchAll(statement).reduce(into: [:]) { counts, row in
            if let state = JobState(rawValue: row[0]) { counts[state] = row[1] }
        }
    }

    fileprivate func problemCounts() throws -> [ProblemClass: Int] {
        let statement = try cachedStatement(
            sql: """
                SELECT class, count(*) FROM problem LEFT JOIN book ON book.id = book_id
                WHERE \(Database.problemIsListed) AND problem.\(Database.isConfigured) GROUP BY class
                """
        )
        return try Row.fetchAll(statement).reduce(into: [:]) {
            if let problem = ProblemClass(rawValue: $1[0]) { $0[problem] = $1[1] }
        }
    }

    fileprivate func figures(ofLibrary id: Int64) throws -> LibraryFigures {
        let statement = try cachedStatement(
            sql: """
                SELECT books - gone, gone - ignored, ignored, size, series,
                    (SELECT count(*) FROM problem LEFT JOIN book ON book.id = book_id
                        WHERE problem.library_id = ?1 AND \(Database.problemIsListed)),
                    held_losses, last_scan_job, last_scan_at, last_scan_state, paused_at IS NOT NULL
                FROM library JOIN library_count ON library_count.library_id = library.id WHERE library.id = ?1
                """
        )
        var figures = LibraryFigures()
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return figures }
        figures.books = row[0]
        figures.missing = row[1]
        figures.ignored = row[2]
        figures.size = row[3]
        figures.series = row[4]
        figures.problems = row[5]
        figures.heldLosses = row[6]
        figures.isPaused = row[10]
        if let job = row[7] as Int64?, let at = row[8] as Int64?,
            let state = (row[9] as String?).flatMap(JobState.init(rawValue:))
        {
            figures.lastScan = (job, Timestamp(nanoseconds: at), state)
        }
        return figures
    }
}
