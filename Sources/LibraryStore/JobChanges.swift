// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
import SystemPackage

/// What a job has changed, for people: a few paths, of which the events and the job's log hold all.
extension LibraryStore {
    /// The first paths that a job added, updated, moved, missed and found again, each at most `limit`, by the type of the
    /// event that told of them.
    ///
    /// A directory that was moved is `from → to`. Under `problem.opened` are the paths that failed, as the job's log has
    /// them. Types of which there is nothing are left out, and so is everything of which the events were forgotten.
    package func changes(of job: Int64, limit: Int = 10) async throws -> [EventType: [String]] {
        let told: [EventType] = [.bookAdded, .bookUpdated, .bookMoved, .bookMissing, .bookRestored]
        return try await pool.read { db in
            var changes: [EventType: [String]] = [:]
            for type in told { changes[type] = try db.paths(told: type, by: job, limit: limit) }
            changes[.problemOpened] = try db.failedPaths(of: job, limit: limit)
            return changes.filter { !$0.value.isEmpty }
        }
    }
}

extension Database {
    fileprivate func paths(told type: EventType, by job: Int64, limit: Int) throws -> [String] {
        // Each event tells of one path at least.
        let statement = try cachedStatement(
            sql: "SELECT data FROM event WHERE job_id = ? AND type = ? ORDER BY id LIMIT ?"
        )
        let texts = try String.fetchCursor(statement, arguments: [job, type.rawValue, limit])
        var paths: [String] = []
        while paths.count < limit, let text = try texts.next() {
            paths += try JSONText.decode(ToldPaths.self, from: text).paths.prefix(limit - paths.count)
        }
        return paths
    }

    /// A warning leaves the book usable, and what is missing is told as that.
    fileprivate func failedPaths(of job: Int64, limit: Int) throws -> [String] {
        let classes = ProblemClass.allCases.filter { $0.severity == .error && $0 != .missing }
        let failures = classes.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let statement = try cachedStatement(
            sql: """
                SELECT path FROM job_log WHERE job_id = ? AND class IN (\(failures)) AND path IS NOT NULL
                GROUP BY path ORDER BY min(id) LIMIT ?
                """
        )
        return try Data.fetchAll(statement, arguments: [job, limit]).map { FilePath(bytes: [UInt8]($0)).string }
    }
}

/// The paths in an event of books: of many, of one, or of a directory that took its books along.
private struct ToldPaths: Decodable {
    struct Ends: Decodable {
        var from: String
        var to: String
    }

    struct Item: Decodable {
        var path: String?
    }

    var items: [Item]?
    var path: String?
    var directory: Ends?

    var paths: [String] {
        if let directory { return ["\(directory.from) → \(directory.to)"] }
        return items?.compactMap(\.path) ?? [path].compactMap(\.self)
    }
}
