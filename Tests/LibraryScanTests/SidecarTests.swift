// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("What stands beside a book is known of it, and forgotten with its file", .timeLimit(.minutes(5)))
struct SidecarTests {
    private func opf(_ title: String) -> [UInt8] {
        Array(MetadataBuilder.calibre("<dc:title>\(title)</dc:title><dc:creator>Ada Brook</dc:creator>").utf8)
    }

    private func json(_ name: String) -> [UInt8] {
        Array(MetadataBuilder.seriesJSON(#""name": "\#(name)", "publisher": "North Press", "year": 2012"#).utf8)
    }

    private func fact(_ field: MetadataField, of path: String, _ bench: ScanBench) async throws -> BookMetadata.Fact? {
        try await bench.books()[path]?.metadata.facts[field]
    }

    @Test func `a package document tells of its book, through every change of it`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(2, in: "a")
        try bench.write("a/1.opf", opf("Grass"))
        try await bench.scan()
        #expect(try await fact(.title, of: "a/1.cbz", bench) == BookMetadata.Fact(value: .text("Grass"), source: .opf))
        #expect(try await fact(.writers, of: "a/2.cbz", bench) == nil)
        let rows = try await bench.catalogRows()
        try await bench.scan()
        #expect(try await bench.catalogRows() == rows)
        #expect(bench.files.openings.count == 3)

        try bench.write("a/1.opf", opf("Grass & more"))
        let changed = try await bench.scan()
        #expect(changed.report?.changes.keys.contains(.updatedMedia) == true)
        #expect(try await bench.problems().map(\.problem) == [.metadataInvalid])
        try bench.write("a/1.opf", opf("Stones"))
        try await bench.scan()
        #expect(try await fact(.title, of: "a/1.cbz", bench)?.value == .text("Stones"))
        #expect(try await bench.problems().isEmpty)

        try bench.remove("a/1.opf")
        try await bench.scan()
        #expect(try await fact(.writers, of: "a/1.cbz", bench) == nil)
        #expect(try await bench.books()["a/1.cbz"]?.state == .ready)
    }

    @Test func `what the book says of itself counts more`() async throws {
        let bench = try await ScanBench()
        let comicInfo = BookBuilder.comicInfo(["Title": "Its own", "Series": "Own"])
        try bench.write(
            "a/1.cbz",
            ZipWriter.archive([ZipWriter.Entry("1.png", text: "1"), ZipWriter.Entry("ComicInfo.xml", text: comicInfo)])
        )
        try bench.write("a/metadata.opf", opf("Another's"))
        try bench.write("a/series.json", json("Watch Hill"))
        try await bench.scan()
        #expect(try await fact(.title, of: "a/1.cbz", bench)?.source == .comicinfo)
        #expect(try await fact(.series, of: "a/1.cbz", bench)?.value == .text("Own"))
        #expect(try await fact(.writers, of: "a/1.cbz", bench)?.source == .opf)
        #expect(try await fact(.publisher, of: "a/1.cbz", bench)?.source == .seriesJSON)
    }

    @Test func `a document about the series tells of it and its books, and is one problem where it is broken`()
        async throws
    {
        let bench = try await ScanBench()
        try bench.writeBooks(40, in: "a")
        try await bench.scan()
        try bench.write("a/series.json", json("Watch Hill"))
        try await bench.scan()
        #expect(try await bench.series()["a"]?.metadata.text(.title) == "Watch Hill")
        #expect(try await bench.series()["a"]?.name == "a")
        #expect(try await fact(.publisher, of: "a/40.cbz", bench)?.value == .text("North Press"))
        #expect(try await bench.events(.seriesUpdated).count == 1)

        try bench.write("a/series.json", Array("no JSON".utf8))
        try await bench.scan()
        let problems = try await bench.problems()
        #expect(problems.map(\.path.string) == ["a/series.json"])
        #expect(problems.map(\.problem) == [.metadataInvalid])
        #expect(try await bench.series()["a"]?.metadata.facts[.title]?.source == .filename)

        try bench.remove("a/series.json")
        try await bench.scan()
        #expect(try await bench.problems().isEmpty)
        #expect(try await fact(.publisher, of: "a/40.cbz", bench) == nil)
        let rows = try await bench.catalogRows()
        try await bench.scan()
        #expect(try await bench.catalogRows() == rows)
    }

    @Test func `a series is called what most of its books call it`() async throws {
        let bench = try await ScanBench()
        for (number, series) in [(1, "Saga"), (2, "Saga"), (3, "Saga: Extra")] {
            let comicInfo = BookBuilder.comicInfo(["Series": series])
            let entries = [
                ZipWriter.Entry("1.png", text: "\(number)"), ZipWriter.Entry("ComicInfo.xml", text: comicInfo),
            ]
            try bench.write("saga (2012)/\(number).cbz", ZipWriter.archive(entries))
        }
        try await bench.scan()
        let title = try await bench.series()["saga (2012)"]?.metadata.facts[.title]
        #expect(title == BookMetadata.Fact(value: .text("Saga"), source: .comicinfo))
    }

    @Test func `articles go behind the name by which a series or a book is sorted`() async throws {
        let bench = try await ScanBench()
        let comicInfo = BookBuilder.comicInfo(["Title": "A Dream"])
        let entries = [ZipWriter.Entry("1.png", text: "1"), ZipWriter.Entry("ComicInfo.xml", text: comicInfo)]
        try bench.write("The Sandman (1989)/1.cbz", ZipWriter.archive(entries))
        try await bench.scan()
        let series = try #require(try await bench.series()["The Sandman (1989)"])
        #expect(series.metadata.text(.title) == "The Sandman" && series.metadata.text(.sortTitle) == "Sandman, The")
        #expect(series.name == "The Sandman (1989)")
        #expect(series.metadata.facts[.year] == BookMetadata.Fact(value: .integer(1989), source: .filename))
        let sorted = try await fact(.sortTitle, of: "The Sandman (1989)/1.cbz", bench)
        #expect(sorted == BookMetadata.Fact(value: .text("Dream, A"), source: .comicinfo))
    }

    @Test func `a folder that is renamed gives its new name to books that have none of their own`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(1, in: "Watch Hil (2012)")
        try await bench.scan()
        #expect(try await fact(.series, of: "Watch Hil (2012)/1.cbz", bench)?.value == .text("Watch Hil"))
        try bench.rename("Watch Hil (2012)", to: "Watch Hill (2012)")
        try await bench.scan()
        #expect(try await fact(.series, of: "Watch Hill (2012)/1.cbz", bench)?.value == .text("Watch Hill"))
        #expect(bench.files.openings.count == 1)
    }
}
