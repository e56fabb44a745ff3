// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("SQLite's own program finds nothing to object to")
struct JudgeTests {
    private static let program = "/usr/bin/sqlite3"
    private static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    /// What the program answers to one statement; read from a file, so that no pipe has to be emptied.
    private func judge(_ sql: String, of bench: StoreBench) throws -> String {
        let answer = bench.directory.path.appending("answer").string
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, answer, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let words = [Self.program, "-readonly", bench.directory.path.appending("stump.db").string, sql]
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        try #require(posix_spawn(&child, Self.program, &actions, nil, &arguments, nil) == 0)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        try #require(status == 0)
        return String(decoding: FileManager.default.contents(atPath: answer) ?? Data(), as: UTF8.self)
    }

    @Test(.enabled(if: isInstalled)) func `a used database is whole, its references hold, its tables are strict`()
        async throws
    {
        let bench = try await StoreBench()
        let job = try await bench.request().job
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz", findings: [Finding(.bomb, "deep")]))
        let books = try await bench.books().map(\.id)
        try await bench.store.commit(for: bench.comics, job: job.id) { try $0.markMissing(books) }
        #expect(try judge("PRAGMA integrity_check", of: bench) == "ok\n")
        #expect(try judge("PRAGMA foreign_key_check", of: bench).isEmpty)
        let tables = """
            SELECT group_concat(name || strict, ' ') FROM (SELECT * FROM pragma_table_list
            WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%' AND name != 'grdb_migrations'
            ORDER BY name)
            """
        #expect(
            try judge(tables, of: bench)
                == "analysis1 book1 conversion1 conversion_refusal1 conversion_wish1 directory1 event1 former_file1 job1"
                + " job_directory1 job_log1 job_total1 library1 library_count1 loose_thumbnail1 metadata1 original1 problem1"
                + " schedule1 search_due1 search_word1 series1 setting1 spent_id1 volume1\n"
        )
        #expect(try judge("SELECT count(*) FROM book WHERE missing_since IS NOT NULL", of: bench) == "2\n")
    }
}
