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
    private func insert(_ columns: [String: String]) async throws -> String? {
        let usual = [
            "kind": "'library_scan'", "lane": "'scan'", "library_id": "1", "\"trigger\"": "'user'", "priority": "1",
            "options": "'{}'", "created_at": "1", "is_open": "0", "state": "'queued'",
        ]
        let all = usual.merging(columns) { $1 }.sorted { $0.key < $1.key }
        let sql =
            "INSERT INTO job (\(all.map(\.key).joined(separator: ", "))) "
            + "VALUES (\(all.map(\.value).joined(separator: ", ")))"
        do {
            try await store.pool.write { try $0.execute(sql: sql) }
            return nil
        } catch let error as DatabaseError {
            return error.message
        }
    }

    @Test(arguments: [
        (["state": "'running'", "started_at": "1", "running_since": "1"], "job_one_running"),
        (["is_open": "1"], "job_one_waiting"),
    ])
    func `a second scan of a library is refused, one of another library and other lanes are not`(
        columns: [String: String],
        index: String
    ) async throws {
        let thumbnails = columns.merging(["kind": "'thumbnail_generation'", "lane": "'thumbnails'"]) { $1 }
        let backup = columns.merging(["kind": "'backup'", "lane": "'backup'", "library_id": "NULL"]) { $1 }
        let dryRun = columns.merging(["lane": "'dry_run'"]) { $1 }
        let refusal = "UNIQUE constraint failed: index '\(index)'"
        #expect(try await insert(columns) == nil)
        #expect(try await insert(columns.merging(["kind": "'series_scan'"]) { $1 }) == refusal)
        #expect(try await insert(columns.merging(["library_id": "2"]) { $1 }) == nil)
        for lane in [thumbnails, backup] {
            #expect(try await insert(lane) == nil)
            #expect(try await insert(lane) == refusal)
        }
        #expect(try await insert(dryRun) == nil)
        #expect(try await insert(dryRun) == nil)
    }

    @Test(arguments: [
        // States and what belongs to them.
        ["state": "'sleeping'"], ["state": "'running'"], ["state": "'completed'", "started_at": "1"],
        ["state": "'completed'", "finished_at": "2"], ["state": "'failed'", "finished_at": "2", "error_code": "'x'"],
        ["finished_at": "1"], ["state": "'paused'", "finished_at": "1"],
        ["state": "'failed'", "started_at": "1", "finished_at": "2"],
        ["state": "'failed'", "started_at": "1", "finished_at": "2", "error_code": "'x'"],
        ["state": "'completed'", "started_at": "1", "finished_at": "2", "error_code": "'x'", "error_detail": "'y'"],
        ["error_detail": "'y'"],
        ["state": "'running'", "started_at": "1"], ["running_since": "1"], ["ran_ns": "-1"],
        // What may be joined has done nothing yet.
        ["is_open": "1", "started_at": "1"], ["is_open": "1", "state": "'paused'"],
        ["is_open": "1", "state": "'running'", "started_at": "1", "running_since": "1"], ["is_open": "2"],
        // Only what waits has a time, and a reason, to wait.
        ["state": "'running'", "started_at": "1", "running_since": "1", "not_before": "5"],
        ["state": "'paused'", "not_before": "5"],
        ["state": "'running'", "started_at": "1", "running_since": "1", "reason": "'x'"],
        ["state": "'cancelled'", "finished_at": "1", "reason": "'x'"],
        // Only what runs is asked.
        ["cancel_requested": "1"], ["state": "'paused'", "pause_requested": "1"],
        ["state": "'cancelled'", "finished_at": "1", "cancel_requested": "1"],
        ["state": "'running'", "started_at": "1", "running_since": "1", "cancel_requested": "2"],
        // Who was never started has done nothing.
        ["attempt": "1"], ["failures": "1"], ["stalls": "1"], ["commits": "1"],
        ["started_at": "1", "attempt": "-1"], ["started_at": "1", "failures": "-1"], ["merged": "-1"],
        ["started_at": "1", "commits": "1", "commits_before": "2"],
        // Kinds, lanes and libraries belong together.
        ["kind": "'dreaming'"], ["kind": "'dreaming'", "lane": "'dreaming'"], ["lane": "'thumbnails'"],
        ["kind": "'analyze_media'"], ["kind": "'analyze_media'", "lane": "'dry_run'"],
        ["kind": "'backup'", "lane": "'backup'"], ["library_id": "NULL"],
        ["\"trigger\"": "'moon'"], ["priority": "0"], ["priority": "6"],
    ])
    func `a job whose columns contradict each other is refused`(columns: [String: String]) async throws {
        #expect(try await insert(columns)?.hasPrefix("CHECK constraint failed") == true)
    }

    @Test(arguments: [
        ["state": "'completed'", "started_at": "1", "finished_at": "2"],
        ["state": "'failed'", "started_at": "1", "finished_at": "2", "error_code": "'x'", "error_detail": "'y'"],
        ["state": "'cancelled'", "finished_at": "2"], ["state": "'paused'", "reason": "'x'"],
        ["started_at": "1", "attempt": "1", "failures": "1", "not_before": "9", "reason": "'x'"],
    ])
    func `a job that says how it ended, or was stopped, is kept, any number of them`(
        columns: [String: String]
    ) async throws {
        #expect(try await insert(columns) == nil)
        #expect(try await insert(columns) == nil)
    }

    @Test func `a job of a library that is not there is refused`() async throws {
        #expect(try await insert(["library_id": "99"]) == "FOREIGN KEY constraint failed")
    }
}
