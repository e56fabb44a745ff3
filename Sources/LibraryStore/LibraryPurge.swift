// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
import SystemPackage

/// What was forgotten with a library.
package struct ForgottenLibrary: Sendable, Equatable {
    package var books = 0
    package var series = 0
}

extension LibraryStore {
    /// Forgets a retired library: its books and series with all that is known of them, and its jobs.
    ///
    /// No file of it is touched. It goes part by part, so that nobody waits long to write. Where it is stopped, what is left stays, and the library is
    /// still there to be forgotten.
    ///
    /// - Throws: ``StoreFault/configuredLibrary(_:)``, ``StoreFault/unknownLibrary(_:)``, `CancellationError`.
    package func forget(_ library: LibraryName) async throws -> ForgottenLibrary {
        var forgotten = ForgottenLibrary()
        forgotten.books = try await forgetAll(of: library) { catalog, limit in
            try catalog.forget(books: catalog.ids("book", limit))
        }
        forgotten.series = try await forgetAll(of: library) { catalog, limit in
            let series = try catalog.ids("series", limit)
            try catalog.forget(series: series)
            return series.count
        }
        var directories = try await directoriesFromTheEnds(of: library)[...]
        while !directories.isEmpty {
            try Task.checkCancellation()
            let part = Array(directories.prefix(CatalogTransaction.purgeLimit))
            directories = directories.dropFirst(part.count)
            try await commit(for: library, job: nil) { catalog in
                try catalog.refuseConfigured()
                for id in part { try catalog.run("DELETE FROM directory WHERE id = ?", id) }
            }
        }
        _ = try await forgetAll(of: library) { catalog, limit in try catalog.forgetPathProblems(limit) }
        _ = try await forgetAll(of: library) { catalog, _ in try catalog.forgetJobs() }
        try await commit(for: library, job: nil) { catalog in
            try catalog.refuseConfigured()
            try catalog.run("DELETE FROM library WHERE id = ?", catalog.libraryID)
        }
        return forgotten
    }

    /// Repeats what forgets some rows until it finds none; gives how many there were.
    private func forgetAll(
        of library: LibraryName,
        _ forget: @Sendable @escaping (CatalogTransaction, _ limit: Int) throws -> Int
    ) async throws -> Int {
        var sum = 0
        while true {
            try Task.checkCancellation()
            let count = try await commit(for: library, job: nil) { catalog in
                try catalog.refuseConfigured()
                return try forget(catalog, CatalogTransaction.purgeLimit)
            }
            if count == 0 { return sum }
            sum += count
        }
    }

    /// Children before their parents, so that no deletion takes a whole tree along.
    private func directoriesFromTheEnds(of library: LibraryName) async throws -> [Int64] {
        try await pool.read { db in
            let sql = """
                WITH RECURSIVE tree (id, depth) AS (
                    SELECT directory.id, 0 FROM directory JOIN library ON library.id = library_id
                    WHERE library.name = ? AND parent_id IS NULL
                    UNION ALL
                    SELECT directory.id, depth + 1 FROM directory JOIN tree ON directory.parent_id = tree.id
                )
                SELECT id FROM tree ORDER BY depth DESC
                """
            return try Int64.fetchAll(db, sql: sql, arguments: [library.text])
        }
    }
}

extension CatalogTransaction {
    /// Jobs that are forgotten together; the log of each may be long.
    private static let jobLimit = 20

    /// - Throws: ``StoreFault/configuredLibrary(_:)``.
    fileprivate func refuseConfigured() throws {
        let statement = try db.cachedStatement(sql: "SELECT retired_at IS NOT NULL FROM library WHERE id = ?")
        if try Bool.fetchOne(statement, arguments: [libraryID]) == true { return }
        throw StoreFault.configuredLibrary(library)
    }

    /// Some rows of the library.
    fileprivate func ids(_ table: String, _ limit: Int) throws -> [Int64] {
        let sql = "SELECT id FROM \(table) WHERE library_id = ? LIMIT ?"
        return try Int64.fetchAll(db.cachedStatement(sql: sql), arguments: [libraryID, limit])
    }

    fileprivate func forgetPathProblems(_ limit: Int) throws -> Int {
        let sql = "SELECT DISTINCT path FROM problem WHERE library_id = ? AND path IS NOT NULL LIMIT ?"
        let paths = try Data.fetchAll(db.cachedStatement(sql: sql), arguments: [libraryID, limit])
        for path in paths { try resolve(at: FilePath(bytes: [UInt8](path))) }
        return paths.count
    }

    fileprivate func forgetJobs() throws -> Int {
        let jobs = try ids("job", CatalogTransaction.jobLimit)
        for id in jobs { try run("DELETE FROM job WHERE id = ?", id) }
        return jobs.count
    }
}
