// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("A package document's metadata is read with its refinements")
struct PackageMetadataTests {
    private func read(_ elements: String, spine: String = "<spine/>") throws -> PackageMetadata {
        try PackageMetadata(
            sidecar: Array("<package><metadata>\(elements)</metadata>\(spine)</package>".utf8)
        )
    }

    private func refine(_ id: String, _ property: String, _ value: String) -> String {
        "<meta refines=\"#\(id)\" property=\"\(property)\">\(value)</meta>"
    }

    @Test func `creators are sorted by their roles, however these are written`() throws {
        let elements =
            """
            <dc:creator opf:role="aut">A</dc:creator><dc:creator>B</dc:creator>
            <dc:creator id="c">C</dc:creator><dc:creator id="d">D</dc:creator><dc:creator opf:role="nrt">E</dc:creator>
            <dc:contributor opf:role="Translator">F; G</dc:contributor><dc:contributor>H</dc:contributor>
            <dc:contributor opf:role="edt">I</dc:contributor><dc:creator opf:role="aut">Unknown</dc:creator>
            """ + refine("c", "role", "ill") + refine("c", "role", "marc:cov")
            + refine("d", "role", "http://id.loc.gov/vocabulary/relators/clr")
        let metadata = try read(elements).metadata
        #expect(metadata.list(.writers) == ["A", "B"])
        #expect(metadata.list(.pencillers) == ["C"])
        #expect(metadata.list(.coverArtists) == ["C"])
        #expect(metadata.list(.colorists) == ["D"])
        #expect(metadata.list(.translators) == ["F", "G"])
        #expect(metadata.list(.editors) == ["I"])
    }

    @Test func `a creator of a strange role is better than none`() throws {
        #expect(try read("<dc:creator opf:role='xyz'>A</dc:creator>").metadata.list(.writers) == ["A"])
    }

    @Test func `titles are told apart by type and order`() throws {
        let typed =
            "<dc:title id='a'>Sub</dc:title><dc:title id='b'>Main</dc:title><dc:title id='c'>Short</dc:title>"
            + refine("a", "title-type", "subtitle") + refine("b", "title-type", "main")
            + refine("c", "title-type", "short")
        #expect(try read(typed).metadata.text(.title) == "Main")
        let untyped =
            "<dc:title id='a'>Edition</dc:title><dc:title>Plain</dc:title>" + refine("a", "title-type", "edition")
        #expect(try read(untyped).metadata.text(.title) == "Plain")
        let ordered =
            "<dc:title id='a'>Second</dc:title><dc:title id='b'>First</dc:title>" + refine("a", "display-seq", "2")
            + refine("b", "display-seq", "1")
        #expect(try read(ordered).metadata.text(.title) == "First")
        #expect(try read("<dc:Title opf:file-as='Old, The'>The Old</dc:Title>").metadata.text(.sortTitle) == "Old, The")
    }

    @Test(arguments: [
        (
            "<meta property='belongs-to-collection' id='c'>Set</meta><meta property='belongs-to-collection' id='d'>Series</meta>",
            "Series"
        ),
        ("<meta property='belongs-to-collection' id='c'>Set</meta>", "Set"),
    ])
    func `a series goes before a set`(elements: String, series: String) throws {
        let refinements =
            refine("c", "collection-type", "set") + refine("c", "group-position", "1")
            + refine("d", "collection-type", "series") + refine("d", "group-position", "1,5")
        let metadata = try read(elements + refinements).metadata
        #expect(metadata.text(.series) == series)
        #expect(metadata.text(.number) == (series == "Set" ? "1" : "1.5"))
    }

    @Test func `calibre's series is read in both versions`() throws {
        for elements in [
            "<meta name='calibre:series' content='M'/><meta name='calibre:series_index' content='3.0'/>",
            "<meta content='3' name='Calibre:Series_Index'/><meta content='M' name='calibre:series'/>",
            "<meta property='calibre:series'>M</meta><meta property='calibre:series_index'>3</meta>",
        ] {
            let metadata = try read(elements).metadata
            #expect(metadata.text(.series) == "M")
            #expect(metadata.text(.number) == "3")
        }
    }

    @Test func `identifiers are told apart, and an ISBN is found and checked`() throws {
        let elements =
            """
            <dc:identifier>urn:uuid:2c2b1a51</dc:identifier><dc:identifier opf:scheme="ISBN">9780306406158</dc:identifier>
            <dc:identifier id="i">0-306-40615-2</dc:identifier><dc:identifier opf:scheme="DOI">10.1/x</dc:identifier>
            <dc:identifier>urn:isbn:080442957X</dc:identifier><dc:identifier opf:scheme="AMAZON">B0</dc:identifier>
            """ + refine("i", "identifier-type", "02")
        let metadata = try read(elements).metadata
        #expect(metadata.text(.isbn) == "9780306406157")
        #expect(
            metadata.list(.identifiers) == [
                "uuid:2c2b1a51", "isbn:9780306406158", "doi:10.1/x", "amazon:B0", "isbn:9780804429573",
            ]
        )
        let source = try read("<dc:source>urn:isbn:9780306406157</dc:source><dc:source>https://a.example/s</dc:source>")
        #expect(source.metadata.text(.isbn) == "9780306406157")
        #expect(source.metadata.list(.links) == ["https://a.example/s"])
    }

    @Test(arguments: [
        ("<dc:date opf:event='creation'>2020</dc:date><dc:date opf:event='publication'>1998-04</dc:date>", 1998),
        ("<dc:date opf:event='original-publication'>1850</dc:date><dc:date>1998</dc:date>", 1998),
        ("<dc:date opf:event='original-publication'>1850</dc:date>", 1850),
        ("<dc:date opf:event='modification'>2020-01-01</dc:date>", nil),
        ("<meta property='dcterms:modified'>2020-01-01T00:00:00Z</meta>", nil),
        ("<meta property='dcterms:issued'>2001</meta>", 2001), ("<dc:date>0101-01-01T00:00:00+00:00</dc:date>", nil),
    ])
    func `the day of publication is the date`(elements: String, year: Int?) throws {
        let package = try read(elements)
        #expect(package.metadata.integer(.year) == year)
        #expect(package.findings.isEmpty)
    }

    @Test func `pages that turn the other way are told, unless the script does so anyway`() throws {
        let spine = "<spine page-progression-direction='rtl'/>"
        #expect(try read("<dc:language>jpn</dc:language>", spine: spine).metadata.text(.manga) == "right_to_left")
        #expect(try read("<dc:language>he-IL</dc:language>", spine: spine).metadata.text(.manga) == nil)
        #expect(try read("", spine: "<spine page-progression-direction='ltr'/>").metadata.text(.manga) == nil)
        let comic = "<meta name='primary-writing-mode' content='horizontal-rl'/>"
        #expect(try read(comic).metadata.text(.manga) == "right_to_left")
    }

    @Test func `subjects lose codes and doubles, the first known language counts`() throws {
        let metadata = try read(
            """
            <dc:subject>FIC009000</dc:subject><dc:subject>Fiction / Fantasy</dc:subject><dc:subject>fiction / fantasy</dc:subject>
            <dc:language>UND</dc:language><dc:language>pt_br</dc:language>
            """
        ).metadata
        #expect(metadata.list(.genres) == ["Fiction / Fantasy"])
        #expect(metadata.text(.language) == "pt-BR")
    }

    @Test func `a ComicInfo in an EPUB is trusted before its package document`() throws {
        let package =
            "<package><metadata><title>Inner</title><publisher>P</publisher></metadata><spine><itemref/></spine></package>"
        let epub = ZipWriter.archive([
            ZipWriter.Entry("mimetype", text: "application/epub+zip"), ZipWriter.Entry("a.opf", text: package),
            ZipWriter.Entry("ComicInfo.xml", text: BookBuilder.comicInfo(["Title": "Outer"])),
        ])
        let metadata = try facts(of: epub, promised: .epub).metadata
        #expect(metadata.facts[.title] == .init(value: .text("Outer"), source: .comicinfo))
        #expect(metadata.facts[.publisher] == .init(value: .text("P"), source: .epub))
    }
}
