// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A book without a thumbnail is asked for one exactly as long as that can help")
struct StoredThumbnailTests {
    private func due(_ bench: StoreBench, after book: Int64 = 0, limit: Int = 10) async throws -> [DueThumbnail] {
        try await bench.store.dueThumbnails(of: bench.comics, after: book, limit: limit)
    }

    @Test func `given up it is not due until the content changes, and its old file is loose`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"))
        let first = try #require(try await due(bench).first)
        try await bench.change { try $0.keepThumbnail("a.webp", of: first, findings: []) }
        try await bench.commit(bench.record("1.cbz", content: 2))
        let second = try #require(try await due(bench).first)
        let report = try await bench.change {
            try $0.giveUpThumbnail(of: second, findings: [Finding(.imageCorrupt, "no page can be read")])
        }
        #expect(report[.failedMedia] == 1)
        #expect(try await bench.looseThumbnails() == ["a.webp"])
        #expect(try await due(bench).isEmpty)
        #expect(try await bench.store.overview(of: []).problems == [.imageCorrupt: 1])
        try await bench.commit(bench.record("1.cbz", content: 2))
        #expect(try await due(bench).isEmpty)
        try await bench.commit(bench.record("1.cbz", content: 3))
        #expect(try await due(bench).count == 1)
    }

    @Test func `giving up on content that has changed meanwhile changes nothing`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"))
        let stale = try #require(try await due(bench).first)
        try await bench.commit(bench.record("1.cbz", content: 2))
        let report = try await bench.change { catalog in
            try catalog.giveUpThumbnail(of: stale, findings: [Finding(.imageCorrupt, "x")])
        }
        #expect(report[.failedMedia] == 0)
        #expect(try await due(bench).map(\.fingerprint) == [Fingerprint(bytes: Array(repeating: 2, count: 16))])
        #expect(try await bench.problems().isEmpty)
    }

    @Test func `a file that two books share is loose only when both have let it go`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"), bench.record("2.cbz"))
        for thumbnail in try await due(bench) {
            try await bench.change { try $0.keepThumbnail("a.webp", of: thumbnail, findings: []) }
        }
        for (name, unused) in [("1.cbz", []), ("2.cbz", ["a.webp"])] as [(FilePath, [String])] {
            try await bench.commit(bench.record(name, content: 2))
            let next = try #require(try await due(bench).first)
            try await bench.change { try $0.keepThumbnail("b.webp", of: next, findings: []) }
            #expect(try await bench.looseThumbnails() == unused)
        }
    }

    @Test(
        arguments: [
            ([("A", false)], ["A/1.cbz"]), ([("A", true)], ["A/1.cbz", "A/B/2.cbz"]),
            ([("A/B", true), ("", false)], ["0.cbz", "A/B/2.cbz"]), ([("nowhere", true)], []),
            ([("", true)], ["0.cbz", "A/1.cbz", "A/B/2.cbz", "C/3.cbz"]),
        ] as [([(FilePath, Bool)], [String])]
    )
    func `thumbnails are asked for where a scan looks, and nowhere else`(
        places: [(directory: FilePath, isDeep: Bool)],
        paths: [String]
    ) async throws {
        let bench = try await StoreBench()
        for path in ["0.cbz", "A/1.cbz", "A/B/2.cbz", "C/3.cbz"] as [FilePath] {
            try await bench.commit(bench.record(path))
        }
        for thumbnail in try await due(bench) {
            try await bench.change { try $0.keepThumbnail("\(thumbnail.book).webp", of: thumbnail, findings: []) }
        }
        let scope = ScanScope(
            Dictionary(uniqueKeysWithValues: places.map { ($0.directory, ScanScope.Depth(isDeep: $0.isDeep)) })
        )
        try await bench.change { try $0.askForThumbnails(in: scope) }
        #expect(try await due(bench).map { $0.directory.appending($0.name).string } == paths)
    }

    @Test func `an expected file is loose until a book has it, and what is gone is forgotten`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"))
        try await bench.store.expectThumbnails(["a.webp", "b.webp", "c.webp"])
        try await bench.store.expectThumbnails(["a.webp"])
        #expect(try await bench.looseThumbnails() == ["a.webp", "b.webp", "c.webp"])
        let due = try #require(try await due(bench).first)
        try await bench.change { try $0.keepThumbnail("a.webp", of: due, findings: []) }
        try await bench.store.sweepThumbnails { $0.filter { $0 == "b.webp" } }
        #expect(try await bench.looseThumbnails() == ["c.webp"])
    }

    @Test func `the file of a book that goes with its library is loose, though there are many of them`() async throws {
        let bench = try await StoreBench()
        let count = 1100
        let records = (0..<count).map { bench.record(FilePath("S/\($0).cbz")) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
        }
        for thumbnail in try await due(bench, limit: count) {
            try await bench.change { try $0.keepThumbnail("\(thumbnail.book).webp", of: thumbnail, findings: []) }
        }
        #expect(try await bench.looseThumbnails().isEmpty)
        try await bench.store.pool.write { try $0.execute(sql: "DELETE FROM library") }
        #expect(Set(try await bench.looseThumbnails()).count == count)
    }

    @Test func `a missing and a damaged book are not due, and are again when they are whole`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"), bench.record("2.cbz"))
        let ids = try await bench.books().map(\.id)
        try await bench.change { try $0.markMissing([ids[0]]) }
        try await bench.commit(bench.record("2.cbz", findings: [Finding(.archiveCorrupt, "cut")]))
        #expect(try await due(bench).isEmpty)
        #expect(try await bench.store.dueThumbnails(of: bench.comics) == 0)
        try await bench.change { try $0.restore([ids[0]]) }
        try await bench.commit(bench.record("2.cbz"))
        #expect(try await due(bench).map(\.book) == ids)
    }

    @Test func `what is due comes in pages with all that opening the book needs`() async throws {
        let bench = try await StoreBench()
        let path = FilePath(bytes: [0x53, 0x2f, 0xff, 0x2e, 0x63])
        try await bench.commit(bench.record("1.cbz"), bench.record(path, content: 7, size: 99))
        let first = try #require(try await due(bench, limit: 1).first)
        let second = try #require(try await due(bench, after: first.book, limit: 1).first)
        #expect(first.name == FileName("1.cbz"))
        #expect(second.directory == "S" && second.name.bytes == [0xff, 0x2e, 0x63])
        #expect(second.stamp == bench.record(path, size: 99).stamp && second.format == .cbz)
    }

    @Test func `a file that is gone is made again, and a forced scan makes every one again`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("1.cbz"))
        let first = try #require(try await due(bench).first)
        try await bench.change { try $0.keepThumbnail("a.webp", of: first, findings: []) }
        try await bench.change { try $0.askForThumbnail(of: first.book) }
        #expect(try await due(bench) == [first])
        #expect(try await bench.books().map(\.thumbnail) == [nil])
        try await bench.change { try $0.keepThumbnail("a.webp", of: first, findings: []) }
        try await bench.commit(bench.record("1.cbz", isForced: true))
        #expect(try await due(bench) == [first])
    }
}
