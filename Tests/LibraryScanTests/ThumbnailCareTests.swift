// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("The cache of thumbnails holds what the books have, and nothing else", .timeLimit(.minutes(2)))
struct ThumbnailCareTests {
    private func bench(books: Int = 3) async throws -> ScanBench {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        for number in 1...books {
            try bench.write("A/\(number).cbz", BookBuilder.comic(pages: 1, tint: UInt8(number)))
        }
        try await bench.scan()
        #expect(bench.cache("thumbnails").count == books)
        return bench
    }

    private func maintain(_ bench: ScanBench) async throws -> [String] {
        let id = try await bench.store.request(.maintenance(trigger: .schedule)).job.id
        try await bench.serve()
        #expect(try await bench.job(id).state == .completed)
        return try await bench.store.log(of: id, after: 0, limit: 100).map(\.message)
    }

    private func drawn(_ bench: ScanBench) async throws -> Int {
        try await bench.jobs(.thumbnailGeneration).reduce(0) { $0 + ($1.report?[.createdThumbnails] ?? 0) }
    }

    @Test func `a book that moves keeps its file, and none is made`() async throws {
        let bench = try await bench()
        let before = try #require(try await bench.book("A/1.cbz")?.thumbnail)
        let files = bench.cache("thumbnails")
        try bench.rename("A/1.cbz", to: "B/x.cbz")
        try await bench.scan()
        #expect(try await bench.book("B/x.cbz")?.thumbnail == before)
        try bench.rename("B", to: "C")
        try await bench.scan()
        #expect(try await bench.book("C/x.cbz")?.thumbnail == before)
        #expect(bench.cache("thumbnails") == files)
        #expect(try await drawn(bench) == 3)
    }

    @Test func `a book that is replaced gets another, and the old file goes`() async throws {
        let bench = try await bench()
        let before = try #require(try await bench.book("A/1.cbz")?.thumbnail)
        try bench.write("../new", BookBuilder.comic(pages: 1, tint: 99))
        try bench.rename("../new", to: "A/1.cbz")
        try await bench.scan()
        let after = try #require(try await bench.book("A/1.cbz")?.thumbnail)
        #expect(after != before)
        let names = bench.cache("thumbnails").compactMap { FilePath($0).lastComponent?.string }
        #expect(names.contains(after) && !names.contains(before) && names.count == 3)
    }

    @Test func `maintenance removes files that no book has, but none that is young or not of our making`()
        async throws
    {
        let bench = try await bench()
        let mine = bench.cache("thumbnails")
        let digest = ThumbnailSettings().digest
        let orphans = ["ab", "00"].map { "\($0)/\($0)\(String(repeating: "1", count: 30))-\(digest).webp" }
        let young = "ff/ff\(String(repeating: "2", count: 30))-\(digest).webp"
        let foreign = ["ab/cover.webp", "ab/ab-\(digest).webp", "zz/x.webp"]
        for name in orphans + foreign + [young] {
            let file = FilePath("cache/thumbnails/\(name)")
            try bench.disk.makeDirectory(file.removingLastComponent())
            try bench.disk.write(file, [1])
            if name != young { try bench.disk.setModified(file, bench.services.now() + .seconds(-3700)) }
        }
        let log = try await maintain(bench)
        #expect(log.contains("2 thumbnails that were no book's were removed"))
        #expect(bench.cache("thumbnails") == (mine + foreign + [young]).sorted())
        bench.pass(.seconds(3700))
        _ = try await maintain(bench)
        #expect(bench.cache("thumbnails") == (mine + foreign).sorted())
        #expect(try await maintain(bench).filter { $0.contains("thumbnails") }.isEmpty)
    }

    @Test func `maintenance notices that the cache was deleted, and has all of it made again`() async throws {
        let bench = try await bench()
        let before = bench.cache("thumbnails")
        try bench.disk.remove("cache/thumbnails")
        let log = try await maintain(bench)
        #expect(log.contains("the thumbnails of 3 books were gone, and are made again"))
        #expect(bench.cache("thumbnails") == before)
        #expect(try await bench.books().values.allSatisfy { $0.thumbnail != nil })
        #expect(try await drawn(bench) == 6)
    }

    @Test func `a missing book's file that is gone is made when the book is back`() async throws {
        let bench = try await bench()
        try bench.rename("A/1.cbz", to: "../away")
        try await bench.scan(acceptLosses: true)
        try bench.disk.remove("cache/thumbnails")
        _ = try await maintain(bench)
        #expect(bench.cache("thumbnails").count == 2)
        try bench.rename("../away", to: "A/1.cbz")
        try await bench.scan()
        #expect(try await bench.book("A/1.cbz")?.thumbnail != nil)
        #expect(bench.cache("thumbnails").count == 3)
    }

    @Test func `maintenance makes anew what was made with other settings than the library's`() async throws {
        let bench = try await bench()
        var other = bench.settings
        other.thumbnails?.quality = 10
        let digest = try #require(other.thumbnails?.digest)
        _ = try await bench.store.request(.maintenance(trigger: .schedule))
        try await bench.serve([other]) { bench in
            try await bench.reaches { try await $0.store.overview(of: []).jobs.isEmpty }
        }
        let names = bench.cache("thumbnails")
        #expect(names.count == 3 && names.allSatisfy { $0.hasSuffix("-\(digest).webp") })
    }

    @Test func `a book of which none can be made is remembered, and not tried again before it changes`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        try bench.writeBooks(1, in: "A")
        try await bench.scan()
        #expect(try await bench.problems().map(\.problem) == [.imageCorrupt])
        let jobs = try await bench.jobs(.thumbnailGeneration).count
        let requests = bench.workers.figures.requests
        try await bench.scan()
        _ = try await maintain(bench)
        #expect(try await bench.jobs(.thumbnailGeneration).count == jobs)
        #expect(bench.workers.figures.requests == requests)
        try bench.write("../new", BookBuilder.comic(pages: 1))
        try bench.rename("../new", to: "A/1.cbz")
        try await bench.scan()
        #expect(try await bench.book("A/1.cbz")?.thumbnail != nil)
        #expect(try await bench.problems().isEmpty)
    }
}
