// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("What a scan learned of a book is what the catalog shows")
struct RecordingTests {
    @Test func `metadata of every shape comes back with its sources`() async throws {
        let bench = try await StoreBench()
        var record = bench.record("S/1.cbz", title: "Ä \"quoted\"/\u{1}")
        record.facts?.metadata.note(.writers, .list(["Ada Brook", "Ola Dale"]), from: .comicinfo)
        record.facts?.metadata.note(.year, .integer(-44), from: .epub)
        record.facts?.metadata.note(.communityRating, .decimal(4.25), from: .comicinfo)
        record.facts?.metadata.note(.number, .text("1.5"), from: .comicinfo)
        record.facts?.metadata.note(.series, .text("S & T"), from: .opf)
        try await bench.commit(record)
        #expect(try await bench.books().first?.metadata == record.facts?.metadata)
    }

    @Test func `a file's stamp comes back as it was, and a newer reader finds the book outdated`() async throws {
        let bench = try await StoreBench()
        var record = bench.record("S/1.cbz")
        record.stamp.device = .max
        record.stamp.inode = .max - 1
        record.stamp.born = Timestamp(nanoseconds: -5)
        record.stamp.modified = Timestamp(nanoseconds: .max)
        try await bench.commit(record)
        let book = try #require(try await bench.store.known("S", of: bench.comics, version: 1).books.first)
        #expect(book.stamp == record.stamp)
        #expect(book.isCurrent && !book.isMissing)
        #expect(try await bench.store.known("S", of: bench.comics, version: 2).books.map(\.isCurrent) == [false])
    }

    @Test func `a book that is damaged is kept, counted and told of; it is whole again when it was replaced`()
        async throws
    {
        let bench = try await StoreBench()
        let types = try await bench.types {
            let report = try await bench.commit(bench.record("S/1.cbz", findings: [Finding(.archiveCorrupt, "cut")]))
            #expect(report[.failedMedia] == 1 && report[.createdMedia] == 1)
        }
        #expect(types == [.problemOpened, .bookAdded, .seriesAdded])
        #expect(try await bench.books().map(\.state) == [.error])
        #expect(try await bench.store.dueThumbnails(of: bench.comics) == 0)
        let report = try await bench.commit(bench.record("S/1.cbz", content: 2))
        #expect(report[.failedMedia] == 0 && report[.updatedMedia] == 1)
        #expect(try await bench.books().map(\.state) == [.ready])
        #expect(try await bench.store.dueThumbnails(of: bench.comics) == 1)
        #expect(try await bench.problems().isEmpty)
    }

    @Test func `what is no book at all is unsupported`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz", findings: [Finding(.unsupportedFormat, "a rar")]))
        #expect(try await bench.books().map(\.state) == [.unsupported])
    }

    @Test func `a book that cannot be read any more keeps what it had`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let before = try #require(try await bench.books().first)
        let report = try await bench.commit(bench.unreadable("S/1.cbz", Finding(.permission, "denied")))
        #expect(report[.failedMedia] == 1)
        let after = try #require(try await bench.books().first)
        #expect(after.state == .error)
        #expect(after.id == before.id && after.addedAt == before.addedAt)
        #expect(after.pages == 3 && after.fingerprint == before.fingerprint && after.metadata == before.metadata)
    }

    @Test func `a new book that cannot be read has a row and an empty metadata`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.unreadable("S/1.cbz", Finding(.unreadable, "I/O error")))
        let book = try #require(try await bench.books().first)
        #expect(book.state == .error && book.fingerprint == nil && book.metadata.isEmpty)
    }

    @Test func `the same book again changes neither its time nor its event`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let before = try await bench.books().map(\.updatedAt)
        #expect(try await bench.types { try await bench.commit(bench.record("S/1.cbz", size: 11)) } == [])
        #expect(try await bench.books().map(\.updatedAt) == before)
        #expect(try await bench.books().map(\.size) == [11])
    }

    @Test func `another pattern moves a book to another series, and the old one is missing`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("A/B/1.cbz"))
        var record = bench.record("A/B/1.cbz")
        record.seriesDirectory = "A"
        try await bench.commit(record)
        #expect(try await bench.books().map(\.series) == ["A"])
        let missing = try await bench.store.series(of: bench.comics, isMissing: true, after: 0, limit: 10)
        #expect(missing.map(\.path) == ["A/B"])
    }

    @Test func `an event's items name each book with its series and its path, 200 at most`() async throws {
        let bench = try await StoreBench()
        let records = (0..<401).map { bench.record(FilePath("S/\($0).cbz")) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
        }
        let batches = try await bench.events().filter { $0.type == .bookAdded }.map {
            try JSONDecoder().decode(Items.self, from: Data($0.data.utf8)).items
        }
        #expect(batches.map(\.count) == [200, 200, 1])
        let books = try await bench.books(limit: 500)
        #expect(batches.joined().map(\.id) == books.map(\.id))
        #expect(batches.joined().map(\.seriesID) == books.map(\.seriesID))
        #expect(batches.joined().map(\.path) == records.map { "S/\($0.name.text)" })
    }
}

/// The data of an event of books.
private struct Items: Decodable {
    struct Item: Decodable {
        var id: Int64
        var seriesID: Int64
        var path: String

        private enum CodingKeys: String, CodingKey {
            case id
            case seriesID = "series_id"
            case path
        }
    }

    var items: [Item]
}
