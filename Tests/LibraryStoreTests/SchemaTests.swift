// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Testing

@testable import LibraryStore

@Suite("The schema guards the queue whatever the code above it does")
struct SchemaTests {
    private let store: LibraryStore
    private let bench: StoreBench

    init() async throws {
        bench = try await StoreBench()
        store = bench.store
    }

    /// Writes a job's row past the code; gives SQLite's objection, `nil` where it has none.
    private func insert(_ kind: String, library: Int = 1, _ columns: [String: String]) async throws -> String? {
        var columns = columns
        columns.merge(["kind": "'\(kind)'", "library_id": "\(library)", "\"trigger\"": "'user'"]) { $1 }
        columns.merge(["priority": "1", "options": "'{}'", "created_at": "1"]) { old, _ in old }
        let sql =
            "INSERT INTO job (\(columns.keys.joined(separator: ", "))) "
            + "VALUES (\(columns.values.joined(separator: ", ")))"
        do {
            try await store.pool.write { try $0.execute(sql: sql) }
            return nil
        } catch let error as DatabaseError {
            return error.message
        }
    }

    @Test(arguments: [["state": "'running'", "started_at": "1"], ["state": "'queued'"]])
    func `a second scan of a library is refused, one of another library or thumbnails are not`(
        columns: [String: String]
    ) async throws {
        #expect(try await insert("library_scan", columns) == nil)
        #expect(try await insert("series_scan", columns) == "UNIQUE constraint failed: job.library_id")
        #expect(try await insert("series_scan", library: 2, columns) == nil)
        #expect(try await insert("thumbnail_generation", columns) == nil)
        #expect(try await insert("thumbnail_generation", columns) == "UNIQUE constraint failed: job.library_id")
    }

    @Test(arguments: [
        ["state": "'completed'", "started_at": "1"],
        ["state": "'queued'", "finished_at": "1"],
        ["state": "'running'"],
        ["state": "'failed'", "started_at": "1", "finished_at": "2"],
        ["state": "'completed'", "started_at": "1", "finished_at": "2", "error_code": "'x'"],
        ["state": "'paused'"],
        ["state": "'queued'", "priority": "0"],
    ])
    func `a job whose columns contradict each other is refused`(columns: [String: String]) async throws {
        #expect(try await insert("library_scan", columns)?.hasPrefix("CHECK constraint failed") == true)
    }

    @Test(arguments: [
        ["state": "'completed'", "started_at": "1", "finished_at": "2"],
        ["state": "'failed'", "started_at": "1", "finished_at": "2", "error_code": "'x'"],
        ["state": "'cancelled'", "finished_at": "2"],
    ])
    func `a job that says how it ended is kept, any number of them`(columns: [String: String]) async throws {
        #expect(try await insert("library_scan", columns) == nil)
        #expect(try await insert("library_scan", columns) == nil)
    }

    @Test func `a job of no library is refused`() async throws {
        #expect(
            try await insert("library_scan", library: 99, ["state": "'queued'"]) == "FOREIGN KEY constraint failed"
        )
    }
}
