// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("One bad book stops nothing")
struct BadInputTests {
    @Test func `each kind of damage has its class and names its file, and every other book is there`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings(), clock: EagerClock())
        let good = BookBuilder.comic(pages: 2)
        let pages = [
            ZipWriter.Entry("1.jpg", text: "no picture"),
            ZipWriter.Entry("2.png", Picture.png(width: 20, height: 30)),
        ]
        let broken = "<?xml version=\"1.0\"?><ComicInfo><Title>Kept</Title><Year>soon</Year><Series>S</Wrong>"
        let books: [(name: String, bytes: [UInt8], problem: ProblemClass?, state: BookState)] = [
            ("good.cbz", good, nil, .ready),
            ("zero.cbz", [], .archiveEmpty, .error),
            ("text.cbz", Array("only words".utf8), .unsupportedFormat, .unsupported),
            ("cut.cbz", BookBuilder.truncatedComic(), .archiveTruncated, .error),
            ("secret.cbz", BookBuilder.encryptedComic(), .archiveEncrypted, .error),
            ("bare.cbz", BookBuilder.archiveWithoutPages(), .archiveEmpty, .error),
            ("xml.cbz", BookBuilder.comic(pages: 1, comicInfo: broken, tint: 9), .metadataInvalid, .ready),
            ("page.cbz", ZipWriter.archive(pages), .imageCorrupt, .ready),
            ("two\nlines.cbz", BookBuilder.comic(pages: 3), nil, .ready),
        ]
        for book in books { try bench.write("B/\(book.name)", book.bytes) }
        let job = try await bench.scan()
        #expect(job.state == .completed)
        let found = try await bench.books()
        let problems = try await bench.problems()
        for book in books {
            let path = "B/\(book.name)"
            #expect(found[path]?.state == book.state, "\(book.name)")
            let own = problems.filter { $0.path.string == path }
            #expect(own.map(\.problem) == [book.problem].compactMap { $0 }, "\(book.name)")
            #expect(own.allSatisfy { $0.detail.contains(book.name) })
        }
        #expect(found["B/xml.cbz"]?.metadata.text(.title) == "Kept")
        #expect(found["B/xml.cbz"]?.metadata.integer(.year) == nil)
        #expect(found["B/page.cbz"]?.thumbnail != nil)
        #expect(found["B/good.cbz"]?.thumbnail != nil)
        #expect(bench.cache("tmp").isEmpty)
    }

    @Test func `a copy that was cut short becomes a book when it is completed`() async throws {
        let bench = try await ScanBench(clock: EagerClock())
        let whole = BookBuilder.comic(pages: 4)
        try bench.write("1.cbz", Array(whole.prefix(whole.count / 2)))
        try await bench.scan()
        #expect(try await bench.book("1.cbz")?.state == .error)
        try bench.write("1.cbz", whole)
        try await bench.scan()
        #expect(try await bench.book("1.cbz")?.state == .ready)
        #expect(try await bench.problems().isEmpty)
    }

    @Test func `a file that changes while it is read is never in the index as half of two`() async throws {
        let bench = try await ScanBench()
        try bench.write("1.cbz", BookBuilder.comic(pages: 1))
        let other = BookBuilder.comic(pages: 5)
        // After the daemon has opened the book and before a worker has read it: the stamp is the old one's.
        bench.files.afterOpening { _ in
            bench.files.afterOpening(nil)
            try bench.write("1.cbz", other)
        }
        try await bench.scan()
        let pages = try await bench.book("1.cbz")?.pages
        #expect(pages == nil || pages == 5)
        bench.clock.advance(by: .seconds(3))
        try await bench.scan()
        #expect(try await bench.book("1.cbz")?.pages == 5)
    }

    @Test func `books of one content share a thumbnail, and a replaced one goes with its last book`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        try bench.write("a.cbz", BookBuilder.comic(pages: 1))
        try bench.write("b.cbz", BookBuilder.comic(pages: 1))
        try await bench.scan()
        #expect(bench.cache("thumbnails").count == 1)
        try bench.write("a.cbz", BookBuilder.comic(pages: 1, tint: 200))
        try await bench.scan()
        #expect(bench.cache("thumbnails").count == 2)
        try bench.write("b.cbz", BookBuilder.comic(pages: 1, tint: 200))
        try await bench.scan()
        #expect(bench.cache("thumbnails").count == 1)
        #expect(
            try await bench.jobs(.thumbnailGeneration).reduce(0) { $0 + ($1.report?[.createdThumbnails] ?? 0) } == 4
        )
    }
}
