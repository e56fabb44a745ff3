// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("An analysis goes through the books that were asked for, each once")
struct AnalysisTests {
    private let bench: StoreBench
    private let job: Int64
    private var store: LibraryStore { bench.store }

    /// Six readable books, one damaged and one missing.
    init() async throws {
        bench = try await StoreBench()
        let paths: [FilePath] = ["0.cbz", "A/1.cbz", "A/2.cbz", "A/B/3.cbz", "A/B/C/4.cbz", "D/5.cbz"]
        let records = paths.map { [bench] in bench.record($0) }
        let damaged = bench.record("A/6.cbz", findings: [Finding(.archiveCorrupt, "cut")])
        let missing = bench.record("A/7.cbz")
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
            for record in [damaged, missing] { try catalog.record(record) }
        }
        let ids = try await bench.books().filter { $0.path == "A/7.cbz" }.map(\.id)
        try await bench.change { try $0.markMissing(ids) }
        job = try await bench.store.request(.analysis(of: bench.comics, trigger: .user)).job.id
        _ = try await bench.store.claim([.analysis])
    }

    private func books(
        _ directory: FilePath = "",
        isDeep: Bool = true,
        after book: Int64 = 0,
        limit: Int = 100,
        by job: Int64? = nil
    ) async throws -> [BookToAnalyze] {
        try await store.booksToAnalyze(
            of: bench.comics,
            (directory, isDeep),
            by: job ?? self.job,
            after: book,
            limit: limit
        )
    }

    private func names(_ directory: FilePath = "", isDeep: Bool = true, by job: Int64? = nil) async throws -> [String] {
        try await books(directory, isDeep: isDeep, by: job).map(\.name.text)
    }

    private func analysis(damaged: Int = 0, _ findings: [Finding] = []) -> PageAnalysis {
        var analysis = PageAnalysis()
        (analysis.pages, analysis.decoded, analysis.damaged) = (3, 3 - damaged, damaged)
        analysis.findings = findings
        analysis.typical = PageAnalysis.Size(width: 600, height: 900)
        return analysis
    }

    /// Keeps what came of a book; gives the figures.
    @discardableResult
    private func keep(_ analysis: PageAnalysis, of book: BookToAnalyze, by job: Int64? = nil) async throws -> ScanReport
    {
        try await bench.change(job: job ?? self.job) { try $0.keep(analysis, of: book) }
    }

    @Test func `a library, a directory alone or with all below it are what they say, without what cannot be read`()
        async throws
    {
        #expect(try await names() == ["0.cbz", "1.cbz", "2.cbz", "3.cbz", "4.cbz", "5.cbz"])
        #expect(try await names(isDeep: false) == ["0.cbz"])
        #expect(try await names("A") == ["1.cbz", "2.cbz", "3.cbz", "4.cbz"])
        #expect(try await names("A", isDeep: false) == ["1.cbz", "2.cbz"])
        #expect(try await names("A/B/C") == ["4.cbz"])
        #expect(try await names("nowhere") == [])
        for (directory, isDeep, count) in [("", true, 6), ("A", true, 4), ("A", false, 2), ("x", true, 0)] {
            let found = try await store.countToAnalyze(of: bench.comics, (FilePath(directory), isDeep), by: job)
            #expect(found.books == count && found.bytes == Int64(count * 10))
        }
    }

    @Test func `books come in pages, with what opens them`() async throws {
        let first = try await books(limit: 4)
        let rest = try await books(after: try #require(first.last).id, limit: 4)
        #expect((first + rest).map(\.name.text) == ["0.cbz", "1.cbz", "2.cbz", "3.cbz", "4.cbz", "5.cbz"])
        #expect(first.map(\.directory) == ["", "A", "A", "A/B"] && first[1].format == .cbz)
        #expect(first[1].stamp == bench.record("A/1.cbz").stamp)
    }

    @Test func `an interrupted job goes on after what it has done, another begins anew`() async throws {
        let all = try await books()
        try await keep(analysis(), of: all[0])
        try await bench.change(job: job) { try $0.giveUpAnalysis(Finding(.workerTimeout, "too slow"), of: all[1]) }
        try await store.take(.interrupt(.daemonStopped), of: job)
        _ = try await store.claim([.analysis])
        #expect(try await names() == ["2.cbz", "3.cbz", "4.cbz", "5.cbz"])
        #expect(try await store.countToAnalyze(of: bench.comics, ("", true), by: job).books == 4)
        #expect(try await names(by: job + 1).count == 6)
    }

    @Test func `what decoding came to is kept, and a later analysis takes its place`() async throws {
        let book = try await books()[1]
        let report = try await keep(analysis(damaged: 1, [Finding(.imageCorrupt, "page 2")]), of: book)
        #expect(report[.totalFiles] == 1 && report[.failedMedia] == 1)
        let columns = "SELECT job_id || ' ' || pages || ' ' || decoded || ' ' || damaged || ' ' || width FROM analysis"
        let before = try await store.pool.read { try String.fetchAll($0, sql: columns) }
        #expect(before == ["\(job) 3 2 1 600"])
        try await keep(analysis(), of: book, by: job + 1)
        let after = try await store.pool.read { try String.fetchAll($0, sql: columns) }
        #expect(after == ["\(job + 1) 3 3 0 600"])
    }

    @Test func `a damaged page is a problem that is told, and one that is whole again is none`() async throws {
        let book = try await books()[1]
        let opened = try await bench.types {
            try await keep(analysis(damaged: 1, [Finding(.imageCorrupt, "page 2")]), of: book)
        }
        #expect(opened == [.problemOpened])
        let problem = try #require(try await bench.problems().first { $0.book == book.id })
        #expect(problem.problem == .imageCorrupt && problem.detail == "A/1.cbz: page 2" && problem.job == job)
        #expect(try await bench.types { try await keep(analysis(), of: book) } == [.problemResolved])
        #expect(try await bench.problems().allSatisfy { $0.book != book.id })
    }

    @Test func `what could not be opened keeps what was known of its pages, and is whole when it can be`() async throws
    {
        let book = try await books()[1]
        try await keep(analysis(damaged: 1, [Finding(.imageCorrupt, "page 2")]), of: book)
        try await bench.change(job: job) { try $0.giveUpAnalysis(Finding(.unreadable, "I/O error"), of: book) }
        let problems = try await bench.problems().filter { $0.book == book.id }.map(\.problem)
        #expect(Set(problems) == [.imageCorrupt, .unreadable])
        try await keep(analysis(), of: book)
        #expect(try await bench.problems().allSatisfy { $0.book != book.id })
    }

    @Test func `an analysis that was given up leaves the damage that is known, and when it was found`() async throws {
        let book = try await books()[1]
        try await keep(analysis(damaged: 1, [Finding(.imageCorrupt, "page 2")]), of: book)
        let columns = "SELECT at || ' ' || pages || ' ' || decoded || ' ' || damaged || ' ' || width FROM analysis"
        let before = try await store.pool.read { try String.fetchAll($0, sql: columns) }
        bench.time.move(by: .seconds(60))
        try await bench.change(job: job) { try $0.giveUpAnalysis(Finding(.unreadable, "I/O error"), of: book) }
        #expect(try await store.pool.read { try String.fetchAll($0, sql: columns) } == before)
        let due = try #require(
            try await store.dueThumbnails(of: bench.comics, after: 0, limit: 10).first { $0.book == book.id }
        )
        try await bench.change { try $0.keepThumbnail("x.webp", of: due, findings: []) }
        #expect(try await bench.problems().contains { $0.book == book.id && $0.problem == .imageCorrupt })
    }

    @Test func `a page that was passed over may be the one that is damaged or of no known format`() async throws {
        let book = try await books()[1]
        let problems: [ProblemClass] = [.imageCorrupt, .unsupportedFormat, .workerTimeout]
        try await keep(analysis(problems.map { Finding($0, "x") }), of: book)
        var partial = analysis()
        (partial.decoded, partial.skipped) = (2, 1)
        try await keep(partial, of: book)
        let left = try await bench.problems().filter { $0.book == book.id }.map(\.problem)
        #expect(Set(left) == [.imageCorrupt, .unsupportedFormat])
        try await keep(analysis(), of: book)
        #expect(try await bench.problems().allSatisfy { $0.book != book.id })
    }

    @Test func `findings that may not be all of them disprove nothing`() async throws {
        let book = try await books()[1]
        try await keep(analysis([Finding(.bomb, "page 30")]), of: book)
        let many = (1...PageAnalysis.findingLimit).map { Finding(.imageCorrupt, "page \($0)") }
        try await keep(analysis(damaged: 3, many), of: book)
        #expect(try await bench.problems().contains { $0.book == book.id && $0.problem == .bomb })
    }

    @Test func `a book that cannot be opened any more keeps what was known of its pages`() async throws {
        let book = try await books()[1]
        try await keep(analysis(damaged: 1, [Finding(.imageCorrupt, "page 2")]), of: book)
        let known = try await store.book(book.id)?.analysis
        bench.time.move(by: .seconds(60))
        var shut = PageAnalysis()
        shut.findings = [Finding(.unreadable, "I/O error")]
        try await keep(shut, of: book)
        let problems = try await bench.problems().filter { $0.book == book.id }.map(\.problem)
        #expect(Set(problems) == [.imageCorrupt, .unreadable])
        #expect(known != nil)
        #expect(try await store.book(book.id)?.analysis == known)
    }

    @Test func `a book is shown with what is known of its pages`() async throws {
        let all = try await books()
        var found = analysis(damaged: 1, [Finding(.imageCorrupt, "page 2")])
        (found.pages, found.skipped) = (7, 4)
        try await keep(found, of: all[1])
        let shown = try #require(try await store.book(all[1].id)?.analysis)
        #expect([shown.pages, shown.decoded, shown.skipped, shown.damaged] == [7, 2, 4, 1])
        #expect(shown.typical == PageAnalysis.Size(width: 600, height: 900))
        try await bench.change(job: job) { try $0.giveUpAnalysis(Finding(.workerTimeout, "too slow"), of: all[0]) }
        #expect(try await store.book(all[0].id)?.analysis == nil)
        let filter = LibraryStore.BookFilter()
        #expect(try await store.books(filter).filter { $0.analysis != nil }.map(\.id) == [all[1].id])
    }

    @Test func `decoding says nothing of a book's metadata`() async throws {
        try await bench.commit(bench.record("A/1.cbz", findings: [Finding(.metadataInvalid, "no year")]))
        let book = try await books()[1]
        try await keep(analysis(), of: book)
        #expect(try await bench.problems().contains { $0.book == book.id && $0.problem == .metadataInvalid })
    }

    @Test func `a thumbnail of one whole page does not make the others whole`() async throws {
        let book = try await books()[1]
        try await keep(analysis(damaged: 1, [Finding(.imageCorrupt, "page 2")]), of: book)
        let due = try #require(
            try await store.dueThumbnails(of: bench.comics, after: 0, limit: 10).first { $0.book == book.id }
        )
        try await bench.change { try $0.keepThumbnail("x.webp", of: due, findings: []) }
        #expect(try await bench.problems().contains { $0.book == book.id && $0.problem == .imageCorrupt })
    }

    @Test func `of another content nothing is known`() async throws {
        let book = try await books()[1]
        try await keep(analysis(damaged: 1, [Finding(.imageCorrupt, "page 2")]), of: book)
        try await bench.commit(bench.record("A/1.cbz", content: 2))
        #expect(try await bench.problems().allSatisfy { $0.book != book.id })
        #expect(try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM analysis") } == 0)
        #expect(try await names("A", isDeep: false).contains("1.cbz"))
    }

    @Test func `a book that is gone meanwhile counts for nothing`() async throws {
        let book = try await books()[1]
        try await store.pool.write { try $0.execute(sql: "DELETE FROM book WHERE id = ?", arguments: [book.id]) }
        #expect(try await keep(analysis(damaged: 1, [Finding(.imageCorrupt, "x")]), of: book) == ScanReport())
        let report = try await bench.change(job: job) { try $0.giveUpAnalysis(Finding(.bomb, "x"), of: book) }
        #expect(report == ScanReport())
    }
}
