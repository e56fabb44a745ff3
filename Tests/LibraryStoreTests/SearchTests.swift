// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A search finds what was meant, and tells how exactly")
struct SearchTests {
    private let bench: StoreBench

    init() async throws {
        bench = try await StoreBench()
    }

    private func add(_ path: FilePath, _ facts: [MetadataField: BookMetadata.Value] = [:]) async throws {
        var record = bench.record(path)
        record.facts?.metadata = BookMetadata()
        for (field, value) in facts { record.facts?.metadata.note(field, value, from: .comicinfo) }
        try await bench.commit(record)
    }

    private func hits(_ text: String, in library: LibraryName? = nil) async throws -> [String] {
        guard let query = SearchQuery(text) else { return [] }
        return try await bench.store.search(query, in: library).map { hit in
            switch hit.subject {
            case .book(let book): "\(hit.match.rawValue) \(book.path)"
            case .series(let series): "\(hit.match.rawValue) series \(series.name)"
            }
        }
    }

    private func books(_ text: String) async throws -> [String] {
        try await hits(text).filter { !$0.contains("series") }.map { String($0.split(separator: " ", maxSplits: 1)[1]) }
    }

    private func id(_ path: FilePath) async throws -> Int64 {
        try #require(try await bench.books().first { $0.path == path }).id
    }

    private func count(_ table: String) async throws -> Int {
        try await bench.store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }

    @Test(arguments: [
        ("asterix", "a/1.cbz"), ("ASTÉRIX", "a/1.cbz"), ("strasse", "a/2.cbz"), ("Straße", "a/2.cbz"),
        ("soren", "a/3.cbz"), ("lodz", "a/4.cbz"), ("goscinny", "a/1.cbz"), ("uderzo rené", "a/1.cbz"),
        ("gaul", "a/1.cbz"), ("breakdown", "a/Breakdown #007.cbz"), ("breakdown 7", "a/Breakdown #007.cbz"),
        ("9783000000012", "a/4.cbz"),
    ])
    func `titles, people, tags, names of files and ISBNs, whatever the case and the accents`(
        text: String,
        path: String
    ) async throws {
        try await add(
            "a/1.cbz",
            [
                .title: .text("Astérix"), .writers: .list(["René Goscinny", "Albert Uderzo"]), .tags: .list(["Gaul"]),
            ]
        )
        try await add("a/2.cbz", [.title: .text("Die Straße")])
        try await add("a/3.cbz", [.title: .text("Søren")])
        try await add("a/4.cbz", [.title: .text("Łódź"), .isbn: .text("978-3-00-000001-2")])
        try await add("a/Breakdown #007.cbz")
        #expect(try await hits(text) == ["exact \(path)"])
    }

    @Test(arguments: ["進撃", "巨人", "撃の", "進撃の巨人", "人", "進"])
    func `two characters of Japanese are enough, and so is one`(text: String) async throws {
        try await add("a/1.cbz", [.title: .text("進撃の巨人")])
        try await add("a/2.cbz", [.title: .text("鋼の錬金術師")])
        #expect(try await hits(text) == ["exact a/1.cbz"])
        #expect(try await hits("巨撃") == [])
    }

    @Test func `katakana, hiragana, Hangul and Thai are found by a part`() async throws {
        try await add("a/1.cbz", [.title: .text("ワンピース")])
        try await add("a/2.cbz", [.title: .text("나루토")])
        try await add("a/3.cbz", [.title: .text("โดราเอมอน")])
        #expect(try await books("んぴー") == ["a/1.cbz"])
        #expect(try await books("루토") == ["a/2.cbz"])
        #expect(try await books("เอมอน") == ["a/3.cbz"])
    }

    @Test func `what is it comes before what begins so, and that before what is near`() async throws {
        try await add("a/1.cbz", [.title: .text("Watchmen")])
        try await add("a/2.cbz", [.title: .text("The Watch")])
        #expect(try await hits("watch") == ["exact a/2.cbz", "prefix a/1.cbz"])
        #expect(try await Set(hits("wat")) == ["prefix a/2.cbz", "prefix a/1.cbz"])
        #expect(try await hits("wathcmen") == ["similar a/1.cbz"])
        #expect(try await hits("wa ch") == [])
    }

    @Test(arguments: [
        "frankenstien", "frenkenstein", "frankensten", "rankenstein", "frankensteim", "frankenstei", "frnkenstien",
        "frankkensteinn", "FRANKENSTIEN", "frank enstein",
    ])
    func `a typo or two are forgiven`(text: String) async throws {
        try await add("a/1.cbz", [.title: .text("Frankenstein")])
        try await add("a/2.cbz", [.title: .text("Dracula")])
        #expect(try await books(text) == ["a/1.cbz"])
    }

    @Test func `every single typo in every place is forgiven`() async throws {
        try await add("a/1.cbz", [.title: .text("Kingdom")])
        let word = Array("kingdom")
        for place in word.indices {
            var less = word
            less.remove(at: place)
            var more = word
            more.insert("x", at: place)
            var other = word
            other[place] = "x"
            var swapped = word
            if place > 0 { swapped.swapAt(place, place - 1) }
            for typo in [less, more, other, swapped] {
                #expect(try await books(String(typo)) == ["a/1.cbz"], "\(String(typo))")
            }
        }
    }

    @Test func `a word that is two, and two that are one`() async throws {
        try await add("a/1.cbz", [.title: .text("The Amazing Spider-Man")])
        try await add("a/2.cbz", [.title: .text("Superman")])
        #expect(try await books("spiderman") == ["a/1.cbz"])
        #expect(try await books("super man") == ["a/2.cbz"])
    }

    @Test func `a title that is the query comes first, then titles, then what is said of the book`() async throws {
        try await add("a/1.cbz", [.title: .text("Other"), .tags: .list(["Batman"])])
        try await add("a/2.cbz", [.title: .text("Batman and the Long Way Home")])
        try await add("a/3.cbz", [.title: .text("Batman")])
        #expect(try await books("batman") == ["a/3.cbz", "a/2.cbz", "a/1.cbz"])
    }

    @Test func `words of the series' folder find the series, and its books`() async throws {
        try await add("One Piece/01.cbz")
        try await add("One Piece/02.cbz")
        try await add("Two Pieces/02.cbz")
        #expect(
            try await hits("one piece").prefix(3) == [
                "exact series One Piece", "exact One Piece/01.cbz", "exact One Piece/02.cbz",
            ]
        )
        #expect(try await hits("piece one 2") == ["exact One Piece/02.cbz"])
    }

    @Test func `a renamed folder is found by its new name, and one row was written for it`() async throws {
        for number in 1...20 { try await add(FilePath("Old Name/\(number).cbz")) }
        let directory = try #require(try await bench.store.known("Old Name", of: bench.comics, version: 1).id)
        let counter = bench.countRows()
        try await bench.change { _ = try $0.move(directory: directory, to: "Fresh Title") }
        #expect(try await hits("old name") == [])
        #expect(try await hits("fresh title").count == 21)
        #expect(try await hits("fresh title 7") == ["exact Fresh Title/7.cbz"])
        #expect(try await count("search_due") == 0)
        let rows = counter.take()
        #expect(rows["insert series_search_content"] == 1 && rows["delete series_search_content"] == 1, "\(rows)")
        #expect(rows["insert book_search_content"] == nil && rows["update book"] == nil, "\(rows)")
    }

    @Test func `a renamed book is found by its new name only`() async throws {
        try await add("a/Alpha.cbz")
        let content = try #require(bench.record("a/Alpha.cbz").facts?.fingerprint)
        let places = try await bench.store.books(holding: [content], limit: 1)
        let place = try #require(places[content]?.first)
        let move = BookMove(place, to: "a", as: FileName("Beta.cbz"), seriesDirectory: "a", rootName: "root")
        try await bench.change { _ = try $0.move(books: [move]) }
        #expect(try await books("alpha") == [])
        #expect(try await books("beta") == ["a/Beta.cbz"])
    }

    @Test func `a book that is read anew is found by what it says now`() async throws {
        try await add("a/1.cbz", [.title: .text("Before")])
        try await add("a/1.cbz", [.title: .text("After")])
        #expect(try await hits("before") == [])
        #expect(try await hits("after") == ["exact a/1.cbz"])
    }

    @Test func `what is missing comes last, what is ignored not at all, and what is forgotten is gone`() async throws {
        try await add("a/1.cbz", [.title: .text("Lost")])
        try await add("a/2.cbz", [.title: .text("Lost and more and more")])
        let first = try await id("a/1.cbz")
        try await bench.change { try $0.markMissing([first]) }
        #expect(try await books("lost") == ["a/2.cbz", "a/1.cbz"])
        try await bench.change { _ = try $0.ignore([first]) }
        #expect(try await books("lost") == ["a/2.cbz"])
        try await bench.change { _ = try $0.forget(books: [first]) }
        #expect(try await books("lost") == ["a/2.cbz"])
        #expect(try await count("book_search") == 1)
    }

    @Test func `only what a library has, where one is named; and nothing of one that is retired`() async throws {
        let other = try #require(LibraryName("books2"))
        try await add("a/1.cbz", [.title: .text("Shared")])
        let elsewhere = bench.record("b/1.cbz", title: "Shared")
        try await bench.store.commit(for: other, job: nil) { try $0.record(elsewhere) }
        #expect(try await hits("shared").count == 2)
        #expect(try await hits("shared", in: other) == ["exact b/1.cbz"])
        try await bench.store.configure([.named("comics")])
        #expect(try await hits("shared") == ["exact a/1.cbz"])
    }

    @Test(arguments: [
        "\"", "'", "a\"b", "NEAR(a b)", "title:saga", "* * *", "a AND", "OR", "NOT x", "{title", "(", "^saga", "-a",
        "a+b",
        "saga\u{0}saga", "🦸‍♂️", "'; DROP TABLE book; --", "\u{FFFD}", "%_", "\\", "\u{10FFFF}x\u{10FFFF}",
        String(repeating: "saga ", count: 800), String(repeating: "x", count: 4000),
        String(repeating: "\"", count: 4000), String(repeating: "界", count: 1300), String(repeating: "(", count: 4000),
    ])
    func `whatever is asked, an answer comes and nothing breaks`(text: String) async throws {
        try await add("a/1.cbz", [.title: .text("Saga of the NEAR and the OR")])
        _ = try await hits(text)
        #expect(try await books("saga") == ["a/1.cbz"])
    }

    @Test func `pages follow each other without a gap or a repetition`() async throws {
        for number in 1...25 { try await add(FilePath("a/Many \(number).cbz")) }
        let query = try #require(SearchQuery("many"))
        var paths: [FilePath] = []
        for after in stride(from: 0, to: 30, by: 10) {
            for hit in try await bench.store.search(query, after: after, limit: 10) {
                if case .book(let book) = hit.subject { paths.append(book.path) }
            }
        }
        #expect(paths.count == 25 && Set(paths).count == 25)
    }

    @Test func `a database from before is given its words part by part`() async throws {
        for number in 1...30 { try await add(FilePath("a/Old \(number).cbz")) }
        try await bench.store.pool.write { db in
            try db.execute(
                sql: """
                    DELETE FROM book_search; DELETE FROM series_search; DELETE FROM search_word;
                    INSERT INTO search_due SELECT id FROM book UNION ALL SELECT -id FROM series
                    """
            )
        }
        #expect(try await hits("old") == [])
        #expect(try await bench.store.fillSearch() == 31)
        #expect(try await books("old").count == 30)
        #expect(try await bench.store.fillSearch() == 0)
    }

    @Test func `the index agrees with itself after a busy life`() async throws {
        for number in 1...50 { try await add(FilePath("a/Book \(number).cbz"), [.title: .text("Title \(number)")]) }
        for number in 1...50 { try await add(FilePath("a/Book \(number).cbz"), [.title: .text("Other \(number)")]) }
        let ids = try await bench.books().map(\.id)
        try await bench.change { _ = try $0.forget(books: Array(ids.prefix(20))) }
        try await bench.store.pool.write { db in
            try db.execute(sql: "INSERT INTO book_search (book_search) VALUES ('integrity-check')")
            try db.execute(sql: "INSERT INTO series_search (series_search) VALUES ('integrity-check')")
        }
        #expect(try await count("book_search") == 30)
        #expect(try await books("other").count == 30)
        #expect(try await books("title") == [])
    }
}
