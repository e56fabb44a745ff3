// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A scan makes the catalog say what the library holds")
struct FirstScanTests {
    private func fill(_ bench: ScanBench) throws {
        let info = BookBuilder.comicInfo(["Title": "Dawn", "Series": "Meadow", "Number": "3"])
        try bench.write("loose.cbz", BookBuilder.comic(pages: 1))
        try bench.write("Meadow/3.cbz", BookBuilder.comic(pages: 4, comicInfo: info, tint: 1))
        try bench.write("Meadow/Extras/a.cbz", BookBuilder.comic(pages: 2, tint: 2))
        try bench.write("Poems/grass.epub", BookBuilder.epub3(title: "Grass"))
        try bench.write("Poems/.hidden.cbz", BookBuilder.comic(pages: 1))
        try bench.write("Poems/notes.txt", [1])
        try bench.write("@eaDir/thumb.cbz", BookBuilder.comic(pages: 1))
    }

    @Test func `the first scan indexes every book with its facts and counts what it met`() async throws {
        let bench = try await ScanBench()
        try fill(bench)
        let job = try await bench.scan()
        #expect(job.state == .completed)
        let books = try await bench.books()
        #expect(books.keys.sorted() == ["Meadow/3.cbz", "Meadow/Extras/a.cbz", "Poems/grass.epub", "loose.cbz"])
        #expect(books.values.allSatisfy { $0.state == .ready && $0.fingerprint != nil })
        #expect(books["Meadow/3.cbz"]?.pages == 4)
        #expect(books["Meadow/3.cbz"]?.metadata.text(.title) == "Dawn")
        #expect(books["Poems/grass.epub"]?.metadata.text(.title) == "Grass")
        let report = try #require(job.report)
        #expect(report[.totalFiles] == 4)
        #expect(report[.totalDirectories] == 4)
        #expect(report[.createdMedia] == 4)
        #expect(report[.createdSeries] == 4)
        #expect(report[.ignoredFiles] == 1)
        #expect(report[.ignoredDirectories] == 1)
        #expect(report[.skippedFiles] == 1)
        #expect(report[.readBytes] == Int(books.values.reduce(0) { $0 + $1.size }))
        #expect(try await bench.problems().isEmpty)
    }

    @Test(
        arguments: [
            (
                LibraryPattern.series,
                ["Meadow/Extras/a.cbz": "Extras", "Meadow/3.cbz": "Meadow", "loose.cbz": "comics"]
            ),
            (.collection, ["Meadow/Extras/a.cbz": "Meadow", "Meadow/3.cbz": "Meadow", "loose.cbz": "comics"]),
        ]
    )
    func `the pattern says which series a book belongs to`(
        pattern: LibraryPattern,
        series: [String: String]
    ) async throws {
        let bench = try await ScanBench(pattern: pattern)
        try fill(bench)
        try await bench.scan()
        let books = try await bench.books()
        for (path, name) in series { #expect(books[path]?.series == name) }
        #expect(try await bench.series().count == (pattern == .series ? 4 : 3))
    }

    @Test func `a scan of an unchanged library writes no row, opens no book and wakes no worker`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        try fill(bench)
        try await bench.scan()
        let rows = try await bench.catalogRows()
        let requests = bench.workers.figures.requests
        let openings = bench.files.openings.count
        let thumbnailJobs = try await bench.jobs(.thumbnailGeneration).count
        let again = try await bench.scan()
        let report = try #require(again.report)
        #expect(again.state == .completed)
        #expect(report[.totalFiles] == 4)
        #expect(report.changes == [.ignoredFiles: 1, .ignoredDirectories: 1, .skippedFiles: 1])
        #expect(try await bench.catalogRows() == rows)
        #expect(bench.workers.figures.requests == requests)
        #expect(bench.files.openings.count == openings)
        #expect(try await bench.jobs(.thumbnailGeneration).count == thumbnailJobs)
        #expect(again.followUp == nil)
    }

    @Test func `a book is filed under what it is, whatever its name says`() async throws {
        let bench = try await ScanBench()
        let page = Picture.png(width: 4, height: 6)
        try bench.write("a/tar.cbz", TarWriter.archive([TarWriter.Entry("1.png", page)]))
        try bench.write("a/zip.cbr", ZipWriter.archive([ZipWriter.Entry("1.png", page)]))
        try bench.write("a/words.cbr", Array("no archive".utf8))
        try await bench.scan()
        let books = try await bench.books()
        #expect(books.mapValues(\.format) == ["a/tar.cbz": .cbt, "a/zip.cbr": .cbz, "a/words.cbr": .cbr])
        #expect(books["a/tar.cbz"]?.state == .ready && books["a/zip.cbr"]?.pages == 1)
    }

    @Test func `a forced scan reads every book again`() async throws {
        let bench = try await ScanBench()
        try fill(bench)
        try await bench.scan()
        let requests = bench.workers.figures.requests
        let report = try #require(try await bench.scan(force: true).report)
        #expect(bench.workers.figures.requests == requests + 4)
        #expect(report[.updatedMedia] == 4)
        #expect(report[.createdMedia] == 0)
    }

    @Test func `a book of no library is found by a scan of its directory alone`() async throws {
        let bench = try await ScanBench()
        try fill(bench)
        try await bench.scan(.directories(["Poems"]))
        #expect(try await bench.books().keys.sorted() == ["Poems/grass.epub"])
        #expect(bench.files.listings == ["Poems"])
    }

    @Test func `a new directory that stands in the scope beside its parent is visited once`() async throws {
        let bench = try await ScanBench()
        try fill(bench)
        let job = try await bench.scan(.directories([FilePath(), "Meadow", "Poems"]))
        #expect(bench.files.listings.count == 4)
        #expect(job.report?[.totalFiles] == 4)
        #expect(job.report?[.createdMedia] == 4)
        #expect(bench.workers.figures.requests == 4)
        #expect(job.progress?.filesTotal == 4)
        #expect(job.progress?.filesDone == 4)
    }
}
