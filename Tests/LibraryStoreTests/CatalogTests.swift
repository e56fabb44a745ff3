// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("The catalog keeps a book for life")
struct CatalogTests {
    @Test func `a new book has its facts, its series and one event for the batch`() async throws {
        let bench = try await StoreBench()
        let report = try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz"), bench.record("loose.cbz"))
        #expect(report[.createdMedia] == 3 && report[.createdSeries] == 2)
        let books = try await bench.books()
        #expect(books.map(\.path) == ["S/1.cbz", "S/2.cbz", "loose.cbz"])
        #expect(books.map(\.series) == ["S", "S", "root"])
        #expect(books.first?.metadata.text(.title) == "A")
        #expect(try await bench.types() == [.bookAdded, .seriesAdded])
    }

    @Test func `the same facts again are no update, other metadata or content are`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"))
        #expect(try await bench.commit(bench.record("1.cbz", size: 11))[.updatedMedia] == 0)
        #expect(try await bench.commit(bench.record("1.cbz", title: "B"))[.updatedMedia] == 1)
        #expect(try await bench.commit(bench.record("1.cbz", title: "B", content: 2))[.updatedMedia] == 1)
        #expect(
            try await bench.commit(bench.record("1.cbz", title: "B", content: 2, isForced: true))[.updatedMedia] == 1
        )
        let books = try await bench.books()
        #expect(books.count == 1 && books.first?.metadata.text(.title) == "B")
    }

    @Test func `a missing book keeps everything, and has it when it returns`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz"))
        let before = try await bench.books()
        let ids = before.map(\.id)
        let lost = try await bench.store.commit(for: bench.comics, job: nil) { catalog in
            try catalog.markMissing(ids)
            return try catalog.summary().report
        }
        #expect(lost[.missingMedia] == 2 && lost[.updatedSeries] == 1)
        #expect(try await bench.books().map(\.state) == [.missing, .missing])
        #expect(try await bench.store.overview(of: []).problems == [.missing: 2])
        #expect(try await bench.types().suffix(4).contains(.seriesMissing))
        let back = try await bench.store.commit(for: bench.comics, job: nil) { catalog in
            try catalog.restore(Array(ids.prefix(1)))
            try catalog.record(bench.record("S/2.cbz"))
            return try catalog.summary().report
        }
        #expect(back[.restoredMedia] == 2 && back[.createdMedia] == 0)
        let after = try await bench.books()
        #expect(after.map(\.id) == ids)
        #expect(after.map(\.state) == [.ready, .ready])
        #expect(after.map(\.metadata) == before.map(\.metadata))
        #expect(try await bench.store.overview(of: []).problems.isEmpty)
        #expect(try await bench.types().contains(.seriesRestored))
    }

    @Test func `a directory goes with everything below it, and nothing beside it`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("A/1.cbz"), bench.record("A/B/2.cbz"), bench.record("AB/3.cbz"))
        let known = try await bench.store.known(FilePath(), of: bench.comics, version: 1)
        let gone = try #require(known.directories.first { $0.name == FileName("A") })
        #expect(try await bench.store.presentBooks(of: bench.comics, below: "A") == 2)
        try await bench.store.commit(for: bench.comics, job: nil) { try $0.markMissing(directory: gone.id) }
        #expect(try await bench.books().map(\.state) == [.missing, .missing, .ready])
        let after = try await bench.store.known("A", of: bench.comics, version: 1)
        #expect(after.isMissing && after.directories.map(\.isMissing) == [true])
    }

    @Test func `a problem is opened once, gives all its reasons, and is resolved when it is gone`() async throws {
        let bench = try await StoreBench()
        let findings = [Finding(.metadataInvalid, "Year is `x`"), Finding(.metadataInvalid, "Month is `y`")]
        try await bench.commit(bench.record("S/1.cbz", findings: findings))
        try await bench.commit(bench.record("S/1.cbz", size: 11, findings: findings))
        let problems = try await bench.store.problems(of: nil, class: nil, after: 0, limit: 10)
        #expect(problems.map(\.detail) == ["S/1.cbz: Year is `x`; Month is `y`"])
        #expect(try await bench.types().filter { $0 == .problemOpened }.count == 1)
        try await bench.commit(bench.record("S/1.cbz", size: 12))
        #expect(try await bench.store.overview(of: []).problems.isEmpty)
        #expect(try await bench.types().filter { $0 == .problemResolved }.count == 1)
    }

    @Test func `names that are not UTF-8 come back byte for byte`() async throws {
        let bench = try await StoreBench()
        let path = FilePath(bytes: [0xff, 0x0a, 0x2f, 0x62, 0xfe])
        try await bench.commit(bench.record(path))
        #expect(try await bench.books().map(\.path.bytes) == [path.bytes])
        let known = try await bench.store.known(FilePath(bytes: [0xff, 0x0a]), of: bench.comics, version: 1)
        #expect(known.books.map(\.name.bytes) == [[0x62, 0xfe]])
    }
}

@Suite("A thumbnail is due until it is made of what the book now is")
struct ThumbnailRowTests {
    private func due(_ bench: StoreBench) async throws -> [DueThumbnail] {
        try await bench.store.dueThumbnails(of: bench.comics, after: 0, limit: 10)
    }

    private func keep(
        _ file: String,
        _ due: DueThumbnail,
        in bench: StoreBench,
        _ findings: [Finding] = []
    ) async throws {
        try await bench.store.commit(for: bench.comics, job: nil) {
            try $0.keepThumbnail(file, of: due, findings: findings)
        }
    }

    @Test func `new content is due, other metadata is not, and the old file is loose`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"))
        let first = try #require(try await due(bench).first)
        try await keep("a.webp", first, in: bench)
        #expect(try await due(bench).isEmpty)
        try await bench.commit(bench.record("1.cbz", title: "B"))
        #expect(try await due(bench).isEmpty)
        try await bench.commit(bench.record("1.cbz", title: "B", content: 2))
        let second = try #require(try await due(bench).first)
        try await keep("b.webp", second, in: bench)
        #expect(try await bench.looseThumbnails() == ["a.webp"])
    }

    @Test func `a picture of content that has changed meanwhile is not kept`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"))
        let stale = try #require(try await due(bench).first)
        try await bench.commit(bench.record("1.cbz", content: 2))
        try await bench.store.expectThumbnails(["old.webp"])
        try await keep("old.webp", stale, in: bench)
        #expect(try await bench.looseThumbnails() == ["old.webp"])
        #expect(try await due(bench).count == 1)
        #expect(try await bench.books().first?.thumbnail == nil)
    }

    @Test func `other settings make them due again, and a damaged page stays a problem while the content is the same`()
        async throws
    {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"))
        let first = try #require(try await due(bench).first)
        let settings = ThumbnailSettings()
        let name = "abc-\(settings.digest).webp"
        try await keep(name, first, in: bench, [Finding(.imageCorrupt, "1.jpg is no picture")])
        let ask = { (digest: String) in
            try await bench.store.commit(for: bench.comics, job: nil) { try $0.askForThumbnails(digest: digest) }
        }
        #expect(try await ask(settings.digest) == 0)
        try await bench.commit(bench.record("1.cbz", size: 11))
        #expect(try await bench.store.overview(of: []).problems == [.imageCorrupt: 1])
        #expect(try await ask(ThumbnailSettings(quality: 10).digest) == 1)
        try await bench.commit(bench.record("1.cbz", content: 2))
        #expect(try await bench.store.overview(of: []).problems.isEmpty)
    }
}
