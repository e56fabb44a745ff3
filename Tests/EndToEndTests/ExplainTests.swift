// SPDX-License-Identifier: MIT
import ControlAPI
import Support
import SystemPackage
import Testing

@Suite("Of any path it is told why it is in the index, or why not")
struct ExplainTests {
    private let home: RunningDaemon.Home
    private let daemon: RunningDaemon

    init() async throws {
        home = try RunningDaemon.Home()
        for directory in ["Gato", "Gato/.secret", "Old"] as [FilePath] {
            try home.directory.makeDirectory(FilePath("library").pushing(directory))
        }
        let book = BookBuilder.comic(pages: 2)
        for path in ["Gato/1.cbz", "Gato/.secret/2.cbz", "Gato/3.cbz.part", "Old/4.cbz"] {
            try home.directory.write(FilePath("library/\(path)"), book)
        }
        try home.directory.write("library/Gato/5.cbz", Array(book.prefix(book.count / 2)))
        try home.directory.write("library/Old/.stumpignore", Array("# Nobody reads these.\n4.cbz\n".utf8))
        daemon = try await RunningDaemon(home)
        try await daemon.settle()
    }

    private func explain(_ path: String) async throws -> Explanation {
        let place = path.hasPrefix("/") ? path : home.directory.path.appending("library").appending(path).string
        let answer = try await daemon.control("explain", place, "--json")
        return try ControlJSON.decode(Explanation.self, from: answer.output.utf8)
    }

    @Test func `a book is told with its series and the job that last went there`() async throws {
        let book = try await explain("Gato/1.cbz")
        #expect(book.library == "books" && book.state == "ready" && book.id != nil && book.lastError == nil)
        #expect(book.verdict == "it is a book of the index, and ready")
        #expect(book.rules.first { $0.rule == "pattern" }?.outcome == "series: books beside it are of the series Gato")
        let jobs = try ControlJSON.decode(
            [JobSummary].self,
            from: try await daemon.control("jobs", "--json").output.utf8
        )
        let last = try #require(book.lastJob)
        #expect(jobs.contains { $0.id == last && $0.kind == "library_scan" })
    }

    @Test func `a damaged one is told with what is wrong with it`() async throws {
        let book = try await explain("Gato/5.cbz")
        #expect(book.state == "error" && book.problems.map(\.problemClass) == ["archive_truncated"])
        #expect(book.lastError == book.problems.first?.detail)
    }

    @Test func `what is never indexed, ignored, unknown or elsewhere is told from each other`() async throws {
        let hidden = try await explain("Gato/.secret/2.cbz")
        #expect(hidden.verdict == "it is never indexed: directories named .secret are never entered")
        #expect(!hidden.rules.contains { $0.rule == "pattern" })
        #expect(try await explain("Gato/3.cbz.part").verdict.hasPrefix("it is never indexed: 3.cbz.part is"))
        #expect(try await explain("Old/4.cbz").verdict == "it is ignored by `4.cbz`, line 2 of Old/.stumpignore")
        let unknown = try await explain("Gato/nobody.cbz")
        #expect(unknown.id == nil && unknown.verdict.hasPrefix("the index has nothing of this name"))
        #expect(try await explain("Gato").verdict == "it is a directory of the index")
        let outside = try await explain("/etc/passwd")
        #expect(outside.library == nil && outside.verdict == "it lies below no library's root")
    }

    @Test func `a book whose file is gone is told as missing, with the job that found it so`() async throws {
        try home.directory.remove("library/Gato/1.cbz")
        try await daemon.settle()
        let book = try await explain("Gato/1.cbz")
        #expect(book.state == "missing" && book.problems.map(\.problemClass) == ["missing"] && book.lastJob != nil)
    }
}
