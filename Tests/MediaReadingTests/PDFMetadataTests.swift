// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@Suite("A PDF's metadata is believed, and what programs made up is not")
struct PDFMetadataTests {
    private func metadata(_ xmp: String? = nil, _ information: [(key: String, value: String)] = []) throws -> BookFacts
    {
        var writer = PDFWriter()
        writer.xmp = xmp.map(PDFWriter.xmp)
        writer.information = information
        return try facts(of: writer.bytes, promised: .pdf)
    }

    private let information: [(key: String, value: String)] = [
        ("Title", "(Saga)"), ("Author", "(Lee, Stan; Kirby, Jack)"), ("Subject", "(A <b>long</b> war)"),
        ("Keywords", "(space, war; space)"), ("CreationDate", "(D:20120314120000Z)"), ("Creator", "(InDesign)"),
        ("Producer", "(Library)"),
    ]

    @Test func `the information dictionary gives title, writers, summary and tags, and no date`() throws {
        let facts = try metadata(nil, information)
        #expect(facts.findings == [])
        #expect(facts.metadata.text(.title) == "Saga")
        #expect(facts.metadata.list(.writers) == ["Stan Lee", "Jack Kirby"])
        #expect(facts.metadata.text(.summary) == "A long war")
        #expect(facts.metadata.list(.tags) == ["space", "war"])
        #expect(facts.metadata.facts.count == 4)
        #expect(facts.metadata.facts.values.allSatisfy { $0.source == .pdf })
    }

    @Test func `the metadata stream goes before the information dictionary, field by field`() throws {
        let facts = try metadata(
            """
            <dc:title><rdf:Alt><rdf:li xml:lang="de">Sage</rdf:li><rdf:li xml:lang="x-default">The Saga</rdf:li></rdf:Alt></dc:title>
            <dc:creator><rdf:Seq><rdf:li>Ann Author</rdf:li><rdf:li>Ben Writer</rdf:li></rdf:Seq></dc:creator>
            <dc:publisher><rdf:Bag><rdf:li>Image &amp; Co</rdf:li></rdf:Bag></dc:publisher>
            <dc:language><rdf:Bag><rdf:li>eng</rdf:li></rdf:Bag></dc:language>
            <dc:date><rdf:Seq><rdf:li>2012-03-14T00:00:00+00:00</rdf:li></rdf:Seq></dc:date>
            <xmp:CreateDate>2019-01-01T10:00:00Z</xmp:CreateDate>
            <prism:isbn>978-3-16-148410-0</prism:isbn>
            """,
            information
        )
        #expect(facts.findings == [])
        #expect(facts.metadata.text(.title) == "The Saga")
        #expect(facts.metadata.list(.writers) == ["Ann Author", "Ben Writer"])
        #expect(facts.metadata.text(.publisher) == "Image & Co")
        #expect(facts.metadata.text(.language) == "en")
        #expect(facts.metadata.integer(.year) == 2012 && facts.metadata.integer(.month) == 3)
        #expect(facts.metadata.text(.isbn) == "9783161484100")
        #expect(facts.metadata.text(.summary) == "A long war")
        #expect(facts.metadata.list(.tags) == ["space", "war"])
    }

    @Test func `calibre's series, subjects and identifiers are read`() throws {
        let facts = try metadata(
            """
            <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Two</rdf:li></rdf:Alt></dc:title>
            <dc:description><rdf:Alt><rdf:li xml:lang="x-default">First.\nSecond.</rdf:li></rdf:Alt></dc:description>
            <dc:subject><rdf:Bag><rdf:li>Space</rdf:li><rdf:li>War, cold</rdf:li></rdf:Bag></dc:subject>
            <xmp:Identifier><rdf:Bag>
              <rdf:li rdf:parseType="Resource"><xmpidq:Scheme>isbn</xmpidq:Scheme><rdf:value>9783161484100</rdf:value></rdf:li>
              <rdf:li rdf:parseType="Resource"><xmpidq:Scheme>amazon</xmpidq:Scheme><rdf:value>B00X</rdf:value></rdf:li>
            </rdf:Bag></xmp:Identifier>
            <calibre:series rdf:parseType="Resource"><rdf:value>Saga</rdf:value>
              <calibreSI:series_index>2.50</calibreSI:series_index></calibre:series>
            """
        )
        #expect(facts.metadata.text(.series) == "Saga")
        #expect(facts.metadata.text(.number) == "2.5")
        #expect(facts.metadata.text(.summary) == "First.\nSecond.")
        #expect(facts.metadata.list(.tags) == ["Space", "War, cold"])
        #expect(facts.metadata.text(.isbn) == "9783161484100")
        #expect(facts.metadata.list(.identifiers) == ["amazon:B00X"])
    }

    @Test func `a date on which the file was made is none of publication`() throws {
        let facts = try metadata(
            """
            <dc:date><rdf:Seq><rdf:li>2019-01-01T10:00:00Z</rdf:li></rdf:Seq></dc:date>
            <xmp:CreateDate>2019-01-01T10:00:00Z</xmp:CreateDate>
            """
        )
        #expect(facts.metadata.integer(.year) == nil)
    }

    @Test(arguments: [
        "untitled", "Untitled-3", "Microsoft Word - thesis.doc", "saga-001.pdf", "Cover.indd",
        "C:\\\\\\\\Temp\\\\\\\\x", "Document1",
        "PowerPoint Presentation", "file:///home/x/y.html", "book.final.DOCX", "  ", "...",
    ])
    func `a title that a program made up is none`(title: String) throws {
        #expect(try metadata(nil, [("Title", "(\(title))")]).metadata.text(.title) == nil)
        let stream = "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">\(title)</rdf:li></rdf:Alt></dc:title>"
        #expect(try metadata(stream).metadata.text(.title) == nil)
    }

    @Test(arguments: ["Dr. No", "Untitled Love", "Mr. Pages", "The Document Thief", "S.H.I.E.L.D.", "1984", "Scanners"])
    func `a title that only looks odd stays`(title: String) throws {
        #expect(try metadata(nil, [("Title", "(\(title))")]).metadata.text(.title) == title)
    }

    @Test func `nobody is no writer`() throws {
        #expect(try metadata(nil, [("Author", "(Administrator)")]).metadata.isEmpty)
    }

    @Test func `a broken stream is a finding, and the information dictionary is read`() throws {
        var writer = PDFWriter()
        writer.xmp = "<x:xmpmeta><rdf:RDF><rdf:Description><dc:title>Half"
        writer.information = information
        let facts = try facts(of: writer.bytes, promised: .pdf)
        #expect(facts.findings.map(\.problem) == [.metadataInvalid])
        #expect(facts.state == .ready)
        #expect(facts.metadata.list(.writers) == ["Stan Lee", "Jack Kirby"])
    }

    @Test func `metadata that is not wanted is not read`() throws {
        var writer = PDFWriter()
        writer.information = information
        #expect(try facts(of: writer.bytes, promised: .pdf, readsMetadata: false).metadata.isEmpty)
    }
}
