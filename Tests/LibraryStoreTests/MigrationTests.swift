// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A database of an earlier version goes on with everything it holds")
struct MigrationTests {
    private let directory: TemporaryDirectory
    private let comics: LibraryName

    init() throws {
        directory = try TemporaryDirectory()
        comics = try #require(LibraryName("comics"))
    }

    /// Opens a database that the first version left behind: two books, one missing, a queued job and a problem.
    private func open() throws -> LibraryStore {
        let path = directory.path.appending("stump.db")
        let old = try DatabaseQueue(path: path.string)
        try Schema.migrator.migrate(old, upTo: "1 queue")
        try old.write { db in
            try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            try db.execute(
                sql: """
                    INSERT INTO library (name, held_losses) VALUES ('comics', 60);
                    INSERT INTO directory VALUES
                        (1, 1, NULL, x'', 1, 10, 5, 6, NULL), (2, 1, 1, x'41', 1, 11, 5, 6, NULL),
                        (3, 1, 2, x'ff', 1, 12, 5, 6, 9), (4, 1, 1, x'42', NULL, NULL, NULL, NULL, NULL);
                    INSERT INTO series VALUES (1, 1, 2, 'A', 1, 1, NULL);
                    INSERT INTO book (id, library_id, directory_id, series_id, name, format, device, inode, size,
                        modified_ns, changed_ns, condition, missing_since, facts_version, added_at, updated_at)
                    VALUES (1, 1, 2, 1, x'312e63627a', 'cbz', 1, 2, 3, 4, 5, 'ready', NULL, 1, 1, 1),
                        (2, 1, 3, 1, x'322e63627a', 'cbz', 1, 2, 3, 4, 5, 'ready', 9, 1, 1, 1);
                    INSERT INTO problem (library_id, book_id, class, severity, detail, first_seen, last_seen)
                    VALUES (1, 2, 'missing', 'warning', 'A: gone', 9, 9);
                    INSERT INTO job (id, kind, library_id, state, "trigger", priority, options, created_at)
                    VALUES (1, 'library_scan', 1, 'queued', 'watch', 3, '{"force":false,"accept_losses":false}', 1);
                    INSERT INTO job_directory VALUES (1, x'41', 0, 1), (1, x'42', 1, 0);
                    """
            )
        }
        try old.close()
        return try LibraryStore(opening: path) { Timestamp(nanoseconds: 100) }
    }

    @Test func `books, problems and held losses are as they were`() async throws {
        let store = try open()
        let books = try await store.books(LibraryStore.BookFilter())
        #expect(books.map(\.id) == [1, 2] && books.map(\.state) == [.ready, .missing])
        #expect(books.map(\.path.bytes) == [Array("A/1.cbz".utf8), Array("A/".utf8) + [0xff] + Array("/2.cbz".utf8)])
        #expect(try await store.problemCounts() == [.missing: 1])
        #expect(try await store.librariesWithHeldLosses() == [comics])
        #expect(try await store.presentBooks(of: comics) == 1)
    }

    @Test func `no directory is settled: its stamp was noted before its books were read`() async throws {
        let store = try open()
        for path in ["", "A", "B"] as [FilePath] {
            let known = try await store.known(path, of: comics, version: 1)
            #expect(known.id != nil && known.stamp == nil)
        }
        #expect(try await store.movedDirectory(.made(of: 11), to: "X", of: comics) == nil)
    }

    @Test func `a waiting job keeps its directories, but an uncounted deletion witnesses nothing`() async throws {
        let store = try open()
        let scope = ScanScope(["A": ScanScope.Depth(isDeep: false), "B": ScanScope.Depth(isDeep: true)])
        #expect(try await store.job(1).scope == scope)
    }

    @Test func `the file is whole, its references hold, and it takes what the new version writes`() async throws {
        let store = try open()
        let objections = try await store.pool.read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check")
                + Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map(\.description)
        }
        #expect(objections == ["ok"])
        try await store.commit(for: comics, job: 1) { catalog in
            try catalog.settle("A", stamp: .made(of: 11), digest: ListingDigest(names: 1, files: 2))
        }
        #expect(try await store.known("A", of: comics, version: 1).stamp == .made(of: 11))
        try store.close()
    }
}
