// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

extension CatalogTransaction {
    /// The most lines of one class in one job's log; the job's end counts the rest.
    package static let logLimit = 100

    /// Makes a book's problems those that its reading found; others of its are resolved.
    func replaceProblems(
        of book: Int64,
        at path: FilePath,
        with findings: [Finding],
        keeping kept: ProblemClass?
    ) throws {
        let classes = try String.fetchAll(
            db.cachedStatement(sql: "SELECT class FROM problem WHERE book_id = ?"),
            arguments: [book]
        )
        for name in classes where !findings.contains(where: { $0.problem.rawValue == name }) {
            guard let problem = ProblemClass(rawValue: name), problem != kept else { continue }
            // Nor is the same content converted again, where that has failed.
            if kept != nil, problem == .conversionFailed { continue }
            try resolve(problem, of: book, at: path)
        }
        for finding in findings.oneOfEachClass { try open(finding, of: book, at: path) }
    }

    /// Opens a book's problem, or counts that it was met again, which is not told.
    func open(_ finding: Finding, of book: Int64, at path: FilePath) throws {
        let detail = "\(path): \(finding.detail)"
        let known = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT detail FROM problem WHERE book_id = ? AND class = ?"),
            arguments: [book, finding.problem.rawValue]
        )
        if known != nil {
            try run(
                """
                UPDATE problem SET detail = ?, last_seen = ?, occurrences = occurrences + 1, job_id = ?
                WHERE book_id = ? AND class = ?
                """,
                detail,
                instant.nanoseconds,
                job,
                book,
                finding.problem.rawValue
            )
            return
        }
        try insertProblem(finding.problem, detail, book: book, path: nil)
        try announce(finding.problem, detail, path: path, book: book)
    }

    /// Opens the problem of a path that is no book; told once.
    package func open(_ problem: ProblemClass, at path: FilePath, detail: String) throws {
        let known = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM problem WHERE library_id = ? AND path = ? AND class = ?"),
            arguments: [libraryID, Data(path.bytes), problem.rawValue]
        )
        if known != nil { return }
        try insertProblem(problem, detail, book: nil, path: path)
        try announce(problem, detail, path: path, book: nil)
    }

    /// Closes every problem of a path that is no book.
    package func resolve(at path: FilePath) throws {
        let problems = try String.fetchAll(
            db.cachedStatement(sql: "DELETE FROM problem WHERE library_id = ? AND path = ? RETURNING class"),
            arguments: [libraryID, Data(path.bytes)]
        )
        for problem in problems {
            try tell(.problemResolved, ProblemItem(problem: problem, path: path.string, detail: nil, book: nil))
        }
    }

    /// Closes the problems of a directory that is gone, and of those that were below it.
    func resolve(within directory: FilePath) throws {
        let below = directory.bytes + [UInt8(ascii: "/")]
        let paths = try Data.fetchAll(
            db.cachedStatement(
                sql: "SELECT path FROM problem WHERE library_id = ? AND (path = ? OR substr(path, 1, ?) = ?)"
            ),
            arguments: [libraryID, Data(directory.bytes), below.count, Data(below)]
        )
        for path in Set(paths) { try resolve(at: FilePath(bytes: [UInt8](path))) }
    }

    func resolve(_ problem: ProblemClass, of book: Int64, at path: FilePath) throws {
        try run("DELETE FROM problem WHERE book_id = ? AND class = ?", book, problem.rawValue)
        guard db.changesCount > 0 else { return }
        let item = ProblemItem(problem: problem.rawValue, path: path.string, detail: nil, book: book)
        try tell(.problemResolved, item)
    }

    private func insertProblem(_ problem: ProblemClass, _ detail: String, book: Int64?, path: FilePath?) throws {
        try run(
            """
            INSERT INTO problem (library_id, book_id, path, class, severity, detail, first_seen, last_seen, job_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            libraryID,
            book,
            path.map { Data($0.bytes) },
            problem.rawValue,
            problem.severity.rawValue,
            detail,
            instant.nanoseconds,
            instant.nanoseconds,
            job
        )
    }

    private func announce(_ problem: ProblemClass, _ detail: String, path: FilePath, book: Int64?) throws {
        opened.append(OpenedProblem(problem: problem, path: path, detail: detail, book: book))
        try tell(
            .problemOpened,
            ProblemItem(problem: problem.rawValue, path: path.string, detail: detail, book: book)
        )
        guard let job else { return }
        let written = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM job_log WHERE job_id = ? AND class = ?"),
            arguments: [job, problem.rawValue]
        )
        guard written ?? 0 < CatalogTransaction.logLimit else { return }
        try log("warning", detail, path: path, problem: problem)
    }
}

/// The data of a problem's events.
private struct ProblemItem: Encodable {
    var problem: String
    var path: String
    var detail: String?
    var book: Int64?

    private enum CodingKeys: String, CodingKey {
        case problem = "class"
        case path
        case detail
        case book = "book_id"
    }
}

extension [Finding] {
    /// The most reasons that one problem gives.
    private static let reasonLimit = 5

    /// One finding a class, with the reasons of all of them: a book has a problem once.
    var oneOfEachClass: [Finding] {
        var classes: [ProblemClass] = []
        for finding in self where !classes.contains(finding.problem) { classes.append(finding.problem) }
        return classes.map { problem in
            let reasons = filter { $0.problem == problem }.map(\.detail)
            let more = reasons.count > Self.reasonLimit ? ["and \(reasons.count - Self.reasonLimit) more"] : []
            return Finding(problem, (reasons.prefix(Self.reasonLimit) + more).joined(separator: "; "))
        }
    }
}
