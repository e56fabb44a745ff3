// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("What the database cannot do is told apart by what can be done about it")
struct TroubleTests {
    /// What an attempt ends with.
    private func trouble(_ body: () async throws -> Void) async -> StoreTrouble? {
        do {
            try await body()
            return nil
        } catch {
            return StoreTrouble(error)
        }
    }

    @Test func `a full disk is full, nothing of the change is kept, and it goes on when there is room`() async throws {
        let bench = try await StoreBench()
        let pages = try await bench.store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
            return pages
        }
        let records = (0..<500).map { bench.record(FilePath("S/\($0).cbz"), title: String(repeating: "x", count: 500)) }
        let commit = {
            try await bench.store.commit(for: bench.comics, job: nil) { catalog in
                for record in records { try catalog.record(record) }
            }
        }
        #expect(await trouble(commit) == .full)
        #expect(try await bench.books().isEmpty)
        #expect(try await bench.events().isEmpty)
        try await bench.store.pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 10_000)")
        }
        #expect(await trouble(commit) == nil)
        #expect(try await bench.books(limit: 1000).count == 500)
    }

    @Test func `a database that may only be read cannot be written, as a probe finds out`() async throws {
        let bench = try await StoreBench()
        #expect(await trouble { try await bench.store.probe() } == nil)
        try await bench.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") }
        #expect(await trouble { try await bench.store.probe() } == .notWritable)
        #expect(await trouble { _ = try await bench.request() } == .notWritable)
        try await bench.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = OFF") }
        #expect(await trouble { _ = try await bench.request() } == nil)
    }

    @Test func `whatever was to be written, who waits for a refusal is told of it`() async throws {
        let bench = try await StoreBench()
        let store = bench.store
        let job = try await bench.request().job.id
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") }
        let run = ScheduledRun(spec: "every 6h")
        let attempts: [@Sendable () async throws -> Void] = [
            { try await store.log("info", "x", of: job) }, { try await store.note(run, of: "backup") },
            { try await store.noteCheck() }, { try await store.probe() },
            { try await store.configure([.named("books3")]) },
        ]
        for attempt in attempts {
            var raised = store.refusalSignal.raised().makeAsyncIterator()
            #expect(await trouble(attempt) == .notWritable)
            await raised.next()
        }
    }

    @Test(arguments: [
        (ResultCode.SQLITE_FULL, StoreTrouble.full), (.SQLITE_READONLY, .notWritable), (.SQLITE_IOERR, .notWritable),
        (.SQLITE_IOERR_FSYNC, .notWritable), (.SQLITE_READONLY_DBMOVED, .notWritable), (.SQLITE_CANTOPEN, .notWritable),
        (.SQLITE_CORRUPT, .damaged), (.SQLITE_CORRUPT_INDEX, .damaged), (.SQLITE_NOTADB, .damaged),
        (.SQLITE_BUSY, .busy),
        (.SQLITE_BUSY_SNAPSHOT, .busy), (.SQLITE_LOCKED, .busy), (.SQLITE_CONSTRAINT, .other),
        (.SQLITE_CONSTRAINT_CHECK, .other), (.SQLITE_ERROR, .other), (.SQLITE_NOMEM, .other),
    ])
    func `every error of SQLite's is of a kind`(code: ResultCode, trouble: StoreTrouble) {
        #expect(StoreTrouble(DatabaseError(resultCode: code)) == trouble)
    }

    @Test func `an error of ours is none of the database's`() {
        #expect(StoreTrouble(StoreFault.unknownJob(1)) == nil)
        #expect(StoreTrouble(CancellationError()) == nil)
    }
}
