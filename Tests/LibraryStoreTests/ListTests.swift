// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A list shows what was asked for, and nothing of its neighbours")
struct ListTests {
    private let bench: StoreBench
    private let other: LibraryName

    init() async throws {
        bench = try await StoreBench()
        other = try #require(LibraryName("books2"))
        let damaged = bench.record("books/bad.cbz", findings: [Finding(.archiveCorrupt, "cut")])
        var epub = bench.record("books2/3.epub")
        epub.format = .epub
        try await bench.commit(bench.record("books/1.cbz"), bench.record("books/deep/2.cbz"), damaged, epub)
        let elsewhere = bench.record("books/1.cbz")
        try await bench.store.commit(for: other, job: nil) { try $0.record(elsewhere) }
    }

    private func paths(_ change: (inout LibraryStore.BookFilter) -> Void) async throws -> [String] {
        var filter = LibraryStore.BookFilter()
        change(&filter)
        return try await bench.store.books(filter).map { "\($0.library)/\($0.path)" }
    }

    @Test(arguments: [
        ("books", ["books/1.cbz", "books/deep/2.cbz", "books/bad.cbz"]),
        ("books2", ["books2/3.epub"]), ("books/deep", ["books/deep/2.cbz"]),
        ("books/1.cbz", ["books/1.cbz"]), ("books/no.cbz", []), ("book", []), ("no/where", []),
        ("", ["books/1.cbz", "books/deep/2.cbz", "books/bad.cbz", "books2/3.epub"]),
    ])
    func `a path is a book, a directory with all below it, or nothing`(path: String, found: [String]) async throws {
        let books = try await paths {
            $0.library = bench.comics
            $0.path = FilePath(path)
        }
        #expect(books == found.map { "comics/\($0)" })
    }

    @Test func `library, series, format and state narrow it, together`() async throws {
        #expect(try await paths { $0.library = other } == ["books2/books/1.cbz"])
        #expect(try await paths { $0.format = .epub } == ["comics/books2/3.epub"])
        #expect(try await paths { $0.state = .error } == ["comics/books/bad.cbz"])
        let series = try #require(try await bench.books().first).seriesID
        let ready = try await paths {
            $0.series = series
            $0.state = .ready
        }
        #expect(ready == ["comics/books/1.cbz"])
        let ids = try await bench.books().map(\.id)
        try await bench.change { try $0.markMissing([ids[2]]) }
        #expect(try await paths { $0.state = .missing } == ["comics/books/bad.cbz"])
        #expect(try await paths { $0.state = .error } == [])
    }

    @Test func `pages follow each other without a gap or a repetition`() async throws {
        var filter = LibraryStore.BookFilter()
        filter.limit = 2
        var pages: [[Int64]] = []
        while let page = Optional(try await bench.store.books(filter)), let last = page.last {
            pages.append(page.map(\.id))
            filter.after = last.id
        }
        #expect(pages.map(\.count) == [2, 2, 1])
        #expect(try await bench.books().map(\.id) == pages.flatMap { $0 })
    }

    @Test(arguments: [
        ("all", "INTEGER PRIMARY KEY (rowid>?)"), ("library", "INDEX book_library (library_id=? AND rowid>?)"),
        ("series", "INDEX book_series (series_id=? AND rowid>?)"), ("state", "INTEGER PRIMARY KEY (rowid>?)"),
    ])
    func `a page begins behind the one before by an index, and nothing is sorted`(
        kind: String,
        way: String
    ) async throws {
        var filter = LibraryStore.BookFilter()
        if kind == "library" { filter.library = bench.comics }
        if kind == "series" { filter.series = 1 }
        if kind == "state" { filter.state = .ready }
        let plan = try await bench.store.pool.read { [filter] db in
            guard let page = try db.page(of: filter) else { return [String]() }
            return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(page.sql)", arguments: page.arguments).map {
                $0["detail"]
            }
        }
        #expect(plan.contains { $0.contains("SEARCH book USING \(way)") }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.contains("SCAN book") }, "\(plan)")
    }

    @Test func `one book and one series are found by their ids, others are not`() async throws {
        let book = try #require(try await bench.books().first)
        #expect(try await bench.store.book(book.id)?.path == "books/1.cbz")
        #expect(try await bench.store.book(99) == nil)
        #expect(try await bench.store.series(book.seriesID)?.books == 2)
        #expect(try await bench.store.series(99) == nil)
    }

    @Test func `series are listed by library and by what is missing, in pages`() async throws {
        let all = try await bench.store.series(of: nil, isMissing: nil, after: 0, limit: 10)
        #expect(all.map(\.name) == ["books", "deep", "books2", "books"])
        #expect(all.map(\.path) == ["books", "books/deep", "books2", "books"])
        #expect(try await bench.store.series(of: other, isMissing: false, after: 0, limit: 10).map(\.id) == [all[3].id])
        let rest = try await bench.store.series(of: nil, isMissing: nil, after: all[0].id, limit: 2)
        #expect(rest.map(\.id) == [all[1].id, all[2].id])
        let deep = try #require(try await bench.books().first { $0.path == "books/deep/2.cbz" }).id
        try await bench.change { try $0.markMissing([deep]) }
        let missing = try await bench.store.series(of: nil, isMissing: true, after: 0, limit: 10)
        #expect(missing.map(\.name) == ["deep"])
    }

    @Test func `problems are listed by library and by class, in pages`() async throws {
        try await bench.store.commit(for: other, job: nil) { try $0.open(.permission, at: "x", detail: "denied") }
        let list = bench.store.problems
        let all = try await list(nil, nil, 0, 10)
        #expect(all.map(\.problem) == [.archiveCorrupt, .permission])
        #expect(try await list(other, nil, 0, 10).map(\.id) == [all[1].id])
        #expect(try await list(nil, .archiveCorrupt, 0, 10).map(\.id) == [all[0].id])
        #expect(try await list(nil, nil, all[0].id, 10).map(\.id) == [all[1].id])
        #expect(try await list(nil, nil, 0, 1).map(\.id) == [all[0].id])
    }

    @Test func `a library's figures count what is present, and what is not by itself`() async throws {
        let ids = try await bench.books().map(\.id)
        try await bench.change { try $0.markMissing([ids[0]]) }
        let figures = try await bench.store.figures(of: bench.comics)
        #expect(figures.books == 3 && figures.missing == 1 && figures.series == 3)
        #expect(figures.size == 30 && figures.problems == 2)
        #expect(try await bench.store.figures(of: other).books == 1)
        let nobody = try #require(LibraryName("nobody"))
        await #expect(throws: StoreFault.unknownLibrary("nobody")) { try await bench.store.figures(of: nobody) }
    }

    @Test func `jobs are listed newest first, by state, kind and library`() async throws {
        let first = try await bench.request().job.id
        let second = try await bench.store.requestThumbnails(of: other, causedBy: nil)
        _ = try await bench.store.claim([.thumbnails])
        let list = { (filter: LibraryStore.JobFilter) in try await bench.store.jobs(filter).map(\.id) }
        #expect(try await list(.init()) == [second, first])
        #expect(try await list(.init(limit: 1)) == [second])
        #expect(try await list(.init(before: second)) == [first])
        #expect(try await list(.init(state: .running)) == [second])
        #expect(try await list(.init(kind: .libraryScan)) == [first])
        #expect(try await list(.init(library: other)) == [second])
        #expect(try await bench.store.overview(of: []).jobs == [.queued: 1, .running: 1])
    }
}
