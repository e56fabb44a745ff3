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
        #expect(try await store.overview(of: []).problems == [.missing: 1])
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

@Suite("The queue of the second version goes on in the third")
struct QueueMigrationTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// A database with a job in each state that there was, and one forgotten that had the highest id.
    private func open(_ further: String = "") throws -> LibraryStore {
        let path = directory.path.appending("stump.db")
        let old = try DatabaseQueue(path: path.string)
        try Schema.migrator.migrate(old, upTo: "2 watching")
        try old.write { db in
            try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            try db.execute(
                sql: """
                    INSERT INTO library (name, last_scan_job) VALUES ('comics', 2), ('books', NULL);
                    INSERT INTO job (id, kind, library_id, state, "trigger", priority, options, created_at, started_at,
                        finished_at, attempt, merged, cancel_requested, report, error_code, error_detail, follow_up)
                    VALUES
                        (1, 'library_scan', 1, 'queued', 'watch', 3, '{"force":true}', 1, NULL, NULL, 0, 4, 0, NULL, NULL,
                            NULL, NULL),
                        (2, 'series_scan', 1, 'completed', 'user', 1, '{}', 1, 2, 3, 1, 0, 0, '{"created_media":5}', NULL,
                            NULL, 6),
                        (3, 'library_scan', 1, 'cancelled', 'start', 4, '{}', 1, NULL, 3, 0, 0, 1, NULL, NULL, NULL, NULL),
                        (4, 'library_scan', 1, 'failed', 'start', 4, '{}', 1, 2, 3, 2, 0, 0, NULL, 'root_offline',
                            'it is gone', NULL),
                        (5, 'library_scan', 1, 'running', 'user', 2, '{}', 1, 2, NULL, 1, 0, 1, NULL, NULL, NULL, NULL),
                        (6, 'thumbnail_generation', 1, 'running', 'user', 5, '{}', 1, 2, NULL, 1, 0, 0,
                            '{"created_thumbnails":9}', NULL, NULL, NULL),
                        (7, 'library_scan', 2, 'queued', 'user', 2, '{}', 1, 2, NULL, 1, 0, 0, NULL, NULL, NULL, NULL),
                        (8, 'library_scan', 2, 'queued', 'user', 2, '{}', 1, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL),
                        (40, 'library_scan', 2, 'cancelled', 'user', 2, '{}', 1, NULL, 9, 0, 0, 0, NULL, NULL, NULL, NULL);
                    DELETE FROM job WHERE id = 40;
                    INSERT INTO job_directory (job_id, path, is_deep, removed_files) VALUES (1, x'41', 0, 3), (2, x'ff', 1, 0);
                    INSERT INTO job_log (job_id, at, level, message, path, class)
                    VALUES (2, 2, 'info', 'started', NULL, NULL), (2, 3, 'warning', 'A: bad', x'41', 'unreadable');
                    INSERT INTO event (at, type, library, job_id, data) VALUES (2, 'job.started', 'comics', 2, '{}');
                    \(further)
                    """
            )
        }
        try old.close()
        return try LibraryStore(opening: path) { Timestamp(nanoseconds: 100) }
    }

    @Test func `each job is in the state in which it was, with its paths, its log and its report`() async throws {
        let store = try open()
        let jobs = try await store.jobs(LibraryStore.JobFilter()).reversed().map { $0 }
        #expect(jobs.map(\.id) == Array(1...8))
        #expect(
            jobs.map(\.state.rawValue) == [
                "queued", "completed", "cancelled", "failed", "running", "running", "queued", "queued",
            ]
        )
        #expect(jobs.map(\.attempt) == [0, 1, 0, 2, 1, 1, 1, 0])
        #expect(jobs[0].merged == 4 && jobs[0].options.force && jobs[0].scope.removals(in: "A").files == 3)
        #expect(jobs[1].report?[.createdMedia] == 5 && jobs[1].followUp == 6)
        #expect(jobs[1].scope.paths.map(\.bytes) == [[0xff]])
        #expect(jobs[3].errorCode == "root_offline" && jobs[3].errorDetail == "it is gone")
        #expect(try await store.log(of: 2, after: 0, limit: 9).map(\.message) == ["started", "A: bad"])
        #expect(try await store.changes(of: 2) == [.problemOpened: ["A"]])
    }

    @Test func `what ran goes on or is cancelled, as it was asked`() async throws {
        let store = try open()
        #expect(try await store.rescue().map(\.state) == [.cancelled, .queued])
        let thumbnails = try #require(try await store.claim([.thumbnails]))
        #expect(thumbnails.id == 6 && thumbnails.report?[.createdThumbnails] == 9)
    }

    @Test func `what waits is joined where it was never started, and only there`() async throws {
        let store = try open()
        let comics = try #require(LibraryName("comics"))
        let books = try #require(LibraryName("books"))
        #expect(try await store.request(LibraryStore.JobRequest(library: comics, trigger: .user)).job.id == 1)
        #expect(try await store.request(LibraryStore.JobRequest(library: books, trigger: .user)).job.id == 8)
        #expect(try await store.claim([.scan])?.id == 7)
    }

    @Test func `an id that was forgotten is not given again`() async throws {
        let store = try open()
        let request = LibraryStore.JobRequest.backup(trigger: .user)
        #expect(try await store.request(request).job.id == 41)
    }

    @Test func `neither is the id of a queue that was emptied, and the first of a new one is 1`() async throws {
        let store = try open("DELETE FROM job;")
        #expect(try await store.request(.backup(trigger: .user)).job.id == 41)
        try store.close()
        try directory.remove("stump.db")
        let fresh = try open("DELETE FROM job; DELETE FROM sqlite_sequence WHERE name = 'job';")
        #expect(try await fresh.request(.backup(trigger: .user)).job.id == 1)
    }

    @Test func `what an old row lacked is made up for, and keeps nobody from starting`() async throws {
        let store = try open(
            """
            UPDATE job SET started_at = NULL, attempt = 0 WHERE id = 2; UPDATE job SET error_detail = NULL WHERE id = 4;
            UPDATE job SET attempt = 0 WHERE id = 6; UPDATE job SET cancel_requested = 1 WHERE id = 7;
            """
        )
        #expect(try await store.job(2).startedAt == Timestamp(nanoseconds: 1))
        #expect(try await store.job(4).errorDetail == "")
        #expect(try await store.rescue().count == 2)
        #expect(try await store.claim([.scan])?.id == 7)
    }

    @Test func `the file is whole and its references hold, as SQLite's own program sees it`() throws {
        let store = try open()
        try store.close()
        let path = directory.path.appending("stump.db")
        try #require(SQLiteProgram.isInstalled)
        #expect(try SQLiteProgram.ask("PRAGMA integrity_check; PRAGMA foreign_key_check", of: path) == "ok\n")
        let owners = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('job_log')"
        #expect(try SQLiteProgram.ask(owners, of: path) == "job\n")
        let orphans = "SELECT count(*) FROM sqlite_master WHERE name LIKE '%new_job%' OR sql LIKE '%new_job%'"
        #expect(try SQLiteProgram.ask(orphans, of: path) == "0\n")
    }
}
