// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("An EPUB tells what its package document says")
struct EpubFactsTests {
    @Test func `the facts of an EPUB 2`() throws {
        let facts = try facts(of: BookBuilder.epub2(title: "Leaves", series: "Meadow"), promised: .epub)
        let metadata = facts.metadata
        #expect(facts.format == .epub)
        #expect(facts.pages == 3)
        #expect(facts.findings.isEmpty)
        #expect(metadata.text(.title) == "Leaves")
        #expect(metadata.list(.writers) == ["Ada Brook"])
        #expect(metadata.list(.translators) == ["Tor Lind"])
        #expect([metadata.integer(.year), metadata.integer(.month), metadata.integer(.day)] == [1998, 4, 30])
        #expect(metadata.text(.language) == "en")
        #expect(metadata.text(.series) == "Meadow")
        #expect(metadata.text(.number) == "2")
        #expect(metadata.text(.isbn) == "9780306406157")
        #expect(metadata.list(.identifiers) == ["uuid:2c2b1a51-5b0e-4d11-9f5e-0d8f0c1c0001"])
        #expect(metadata.facts.values.allSatisfy { $0.source == .epub })
    }

    @Test func `the facts of an EPUB 3`() throws {
        let facts = try facts(of: BookBuilder.epub3(title: "Grass"), promised: .epub)
        let metadata = facts.metadata
        #expect(facts.findings.isEmpty)
        #expect(metadata.text(.title) == "Grass")
        #expect(metadata.text(.sortTitle) == "Grass, The")
        #expect(metadata.list(.writers) == ["Ada Brook"])
        #expect(metadata.list(.pencillers) == ["Ola Dale"])
        #expect([metadata.integer(.year), metadata.integer(.month), metadata.integer(.day)] == [2014, 8, nil])
        #expect(metadata.text(.publisher) == "Small & Sons")
        #expect(metadata.list(.genres) == ["Poetry", "Grass"])
        #expect(metadata.text(.summary) == "One bold line.\nTwo é.")
        #expect(metadata.text(.series) == "The Meadow")
        #expect(metadata.text(.number) == "3")
        #expect(metadata.text(.isbn) == "9780306406157")
    }

    @Test func `an EPUB is one under any name`() throws {
        #expect(try facts(of: BookBuilder.epub2(title: "T"), promised: .cbz).format == .epub)
    }

    @Test func `an EPUB without its package document is corrupt and stays an EPUB`() throws {
        let entries = [ZipWriter.Entry("mimetype", text: "application/epub+zip")]
        let facts = try facts(of: ZipWriter.archive(entries), promised: .epub)
        #expect(facts.format == .epub)
        #expect(facts.findings.map(\.problem) == [.archiveCorrupt])
    }

    @Test func `a package document is found without the container's file`() throws {
        let opf = "<package><metadata><title>Lone</title></metadata><spine><itemref/></spine></package>"
        let entries = [
            ZipWriter.Entry("mimetype", text: "application/epub+zip"), ZipWriter.Entry("a/b.opf", text: opf),
        ]
        let facts = try facts(of: ZipWriter.archive(entries))
        #expect(facts.metadata.text(.title) == "Lone")
        #expect(facts.pages == 1)
    }

    @Test func `undeclared prefixes and a missing end tag lose nothing but a warning`() throws {
        let epub = BookBuilder.epub(
            version: "2.0",
            metadata: "<dcx:title>Loose</dcx:title><dc:language>fr</dc:language><dc:date>soon</dc:date><broken>",
            coverProperties: ""
        )
        let facts = try facts(of: epub, promised: .epub)
        #expect(facts.metadata.text(.title) == "Loose")
        #expect(facts.metadata.text(.language) == "fr")
        #expect(facts.pages == 3)
        #expect(facts.state == .ready)
        #expect(facts.findings.map(\.problem) == [.metadataInvalid, .metadataInvalid])
    }

    @Test func `calibre's unknown date is no date`() throws {
        let epub = BookBuilder.epub(version: "2.0", metadata: "<dc:date>0101-01-01</dc:date>", coverProperties: "")
        #expect(try facts(of: epub, promised: .epub).metadata.integer(.year) == nil)
    }

    @Test(arguments: [
        ("a/b.xhtml", "OEBPS/", "OEBPS/a/b.xhtml"), ("../cover%20art.png", "OEBPS/text/", "OEBPS/cover art.png"),
        ("./x.png#frag", "", "x.png"), ("/top.png", "OEBPS/", "top.png"), ("../../../x", "a/", "x"),
        ("50%.png", "", "50%.png"),
    ])
    func `references lead to entries`(reference: String, folder: String, path: String) {
        #expect(RelativePath.resolve(reference, in: Array(folder.utf8)[...]) == Array(path.utf8))
    }

    @Test(arguments: [
        ("plain", "plain"), ("<p>a<br/>b</p>", "a\nb"), ("1 < 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&unknown; &#x41;&#66; &", "&unknown; AB &"), ("<div>x  <i>y</i></div>", "x y"), ("a <b", "a <b"),
    ])
    func `descriptions become plain text`(markup: String, text: String) {
        #expect(MarkupText.plain(markup) == text)
    }
}
