// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A database that cannot be used is told apart and left as it is")
struct RefusalTests {
    private let directory: TemporaryDirectory
    private var path: FilePath { directory.path.appending("stump.db") }
    private var bytes: Data? { FileManager.default.contents(atPath: path.string) }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @discardableResult
    private func open() throws -> LibraryStore {
        try LibraryStore(opening: path) { Timestamp(nanoseconds: 1) }
    }

    private func code(_ body: () throws -> LibraryStore) -> String? {
        do {
            try body().close()
            return nil
        } catch {
            return (error as? StoreFault)?.code
        }
    }

    @Test func `a file that is no database is damaged and keeps its bytes`() throws {
        let garbage = Array("these are not the pages of a database\n".utf8)
        try directory.write("stump.db", Array(repeatElement(garbage, count: 200).joined()))
        let before = bytes
        #expect(code(open) == "database_damaged")
        #expect(bytes == before)
    }

    @Test func `a database that was cut short is damaged and keeps its bytes`() throws {
        try open().close()
        let whole = try #require(bytes)
        try directory.write("stump.db", Array(whole.prefix(whole.count / 3)))
        let before = bytes
        #expect(code(open) == "database_damaged")
        #expect(bytes == before)
    }

    @Test func `a directory that is not there cannot be written`() {
        #expect(
            code { try LibraryStore(opening: directory.path.appending("no/stump.db")) { Timestamp(nanoseconds: 1) } }
                == "not_writable"
        )
    }

    @Test func `a newer database that crashed with a log is refused, and so are its changes kept`() async throws {
        try open().close()
        let newer = try DatabasePool(path: path.string)
        try await newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 the future')") }
        let before = bytes
        let log = FileManager.default.contents(atPath: path.string + "-wal")
        #expect(throws: StoreFault.newerVersion(path)) { try open() }
        #expect(bytes == before)
        #expect(FileManager.default.contents(atPath: path.string + "-wal") == log)
        try newer.close()
    }

    @Test func `every refusal names the file and says what to do`() {
        for fault in [StoreFault.newerVersion(path), .damaged(path, reason: "x"), .notWritable(path, reason: "x")] {
            #expect(fault.summary.contains(path.string))
            #expect(fault.remedy?.contains(directory.path.string) == true)
        }
    }

    @Test func `an older database is copied before it is migrated, and keeps what it holds`() async throws {
        let older = try DatabaseQueue(path: path.string)
        try Schema.migrator.migrate(older, upTo: "1 catalog")
        try await older.write { db in
            try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            try db.execute(sql: "INSERT INTO library (name) VALUES ('comics')")
        }
        try older.close()
        let store = try open()
        let comics = try #require(LibraryName("comics"))
        #expect(try await store.figures(of: comics).books == 0)
        try store.close()
        let copy = directory.path.appending("backups/stump-before-migration-from-1.db")
        let tables = try await DatabaseQueue(path: copy.string).read { db in
            (try db.tableExists("job"), try String.fetchAll(db, sql: "SELECT name FROM library"))
        }
        #expect(tables == (false, ["comics"]))
    }
}
