// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("The database is durable, strict, and never somebody else's")
struct OpeningTests {
    private func open(_ path: FilePath) throws -> LibraryStore {
        try LibraryStore(opening: path) { Timestamp(nanoseconds: 1) }
    }

    @Test func `what was acknowledged survives a power cut: synchronous is FULL, the journal a log`() async throws {
        let bench = try await StoreBench()
        let pragmas = try await bench.store.pool.writeWithoutTransaction { db in
            try ["synchronous", "foreign_keys", "journal_mode"].map { name in
                try String.fetchOne(db, sql: "PRAGMA \(name)") ?? ""
            }
        }
        #expect(pragmas == ["2", "1", "wal"])
    }

    @Test func `every table is strict and the file is whole`() async throws {
        let bench = try await StoreBench()
        let loose = try await bench.store.pool.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM pragma_table_list
                    WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%' AND name != 'grdb_migrations'
                    """
            )
        }
        #expect(loose.isEmpty)
        let verdict = try await bench.store.pool.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
        #expect(verdict == "ok")
    }

    @Test func `another program's database is refused and not touched`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("stump.db")
        try DatabaseQueue(path: path.string).write { db in
            try db.execute(sql: "CREATE TABLE theirs (a); PRAGMA application_id = 77")
        }
        let before = FileManager.default.contents(atPath: path.string)
        #expect(throws: StoreFault.damaged(path, reason: "it is the database of another program")) { try open(path) }
        #expect(FileManager.default.contents(atPath: path.string) == before)
    }

    @Test func `a database from the future is refused and not touched`() async throws {
        let bench = try await StoreBench()
        let path = bench.directory.path.appending("future.db")
        try await bench.store.pool.writeWithoutTransaction { db in
            try db.execute(sql: "VACUUM INTO ?", arguments: [path.string])
        }
        try await DatabaseQueue(path: path.string).write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 the future')")
        }
        let before = FileManager.default.contents(atPath: path.string)
        #expect(throws: StoreFault.newerVersion(path)) { try open(path) }
        #expect(FileManager.default.contents(atPath: path.string) == before)
    }

    @Test func `what once started is no longer waiting: a new scan may wait beside it`() async throws {
        let bench = try await StoreBench()
        _ = try await bench.request()
        _ = try await bench.store.claim([.scan])
        _ = try await bench.store.rescue()
        #expect(try await bench.request().joined == false)
    }
}
