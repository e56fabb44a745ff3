// SPDX-License-Identifier: MIT
import LibraryModel
import MediaReading
import Support
import Testing

@Suite("A file beside a book tells of it")
struct SidecarReaderTests {
    private func opf(_ elements: String) -> SidecarFacts {
        SidecarReader(.opf).facts(in: Array(MetadataBuilder.calibre(elements).utf8))
    }

    private func series(_ members: String) -> SidecarFacts {
        SidecarReader(.seriesJSON).facts(in: Array(MetadataBuilder.seriesJSON(members).utf8))
    }

    @Test func `the facts of calibre's metadata`() throws {
        let sidecar = opf(
            """
            <dc:identifier opf:scheme="calibre" id="calibre_id">42</dc:identifier>
            <dc:identifier opf:scheme="uuid" id="uuid_id">2c2b1a51-5b0e-4d11-9f5e-0d8f0c1c0001</dc:identifier>
            <dc:title>Grass &amp; Stones</dc:title>
            <dc:creator opf:file-as="Brook, Ada" opf:role="aut">Ada Brook</dc:creator>
            <dc:creator opf:file-as="Dale, Ola" opf:role="aut">Ola Dale</dc:creator>
            <dc:contributor opf:file-as="calibre" opf:role="bkp">calibre (6.1.0) [https://calibre-ebook.com]</dc:contributor>
            <dc:date>2009-05-07T22:00:00+00:00</dc:date>
            <dc:description>&lt;div&gt;&lt;p&gt;A &lt;em&gt;book&lt;/em&gt;.&lt;/p&gt;&lt;p&gt;Of grass.&lt;/p&gt;&lt;/div&gt;</dc:description>
            <dc:publisher>North Press</dc:publisher>
            <dc:identifier opf:scheme="ISBN">9780306406157</dc:identifier>
            <dc:identifier opf:scheme="MOBI-ASIN">B00TEST</dc:identifier>
            <dc:language>eng</dc:language>
            <dc:subject>Poetry</dc:subject><dc:subject>Grass; Stones</dc:subject>
            <meta name="calibre:series" content="The Meadow"/><meta name="calibre:series_index" content="2.50"/>
            <meta name="calibre:rating" content="8"/><meta name="calibre:title_sort" content="Grass"/>
            """
        )
        let metadata = sidecar.book
        #expect(sidecar.findings.isEmpty)
        #expect(metadata.text(.title) == "Grass & Stones")
        #expect(metadata.text(.sortTitle) == "Grass")
        #expect(metadata.list(.writers) == ["Ada Brook", "Ola Dale"])
        #expect([metadata.integer(.year), metadata.integer(.month), metadata.integer(.day)] == [2009, 5, 7])
        #expect(metadata.text(.summary) == "A book.\nOf grass.")
        #expect(metadata.text(.isbn) == "9780306406157")
        #expect(
            metadata.list(.identifiers) == [
                "calibre:42", "uuid:2c2b1a51-5b0e-4d11-9f5e-0d8f0c1c0001", "mobi-asin:B00TEST",
            ]
        )
        #expect(metadata.text(.language) == "en")
        #expect(metadata.list(.genres) == ["Poetry", "Grass", "Stones"])
        #expect(metadata.text(.series) == "The Meadow")
        #expect(metadata.text(.number) == "2.50")
        #expect(metadata.numberForSorting == 2.5)
        #expect(metadata.decimal(.communityRating) == 4)
        #expect(metadata.facts.values.allSatisfy { $0.source == .opf })
        #expect(sidecar.series.isEmpty)
    }

    @Test func `the facts of Mylar's series are of the series, and some of each book`() throws {
        let sidecar = series(
            #"""
            "publisher": "North Press", "imprint": null, "name": "Watch Hill", "comicid": 18166, "year": "2012",
            "description_text": "On a hill.\nAt night.", "description_formatted": "<p>On a hill.</p>", "volume": 2,
            "booktype": "Print", "age_rating": "15+", "ComicImage": "https://a.example/x.jpg", "total_issues": 54,
            "publication_run": "March 2012 - Present", "status": "Continuing"
            """#
        )
        #expect(sidecar.findings.isEmpty)
        #expect(sidecar.series.text(.title) == "Watch Hill")
        #expect(sidecar.series.integer(.year) == 2012)
        #expect(sidecar.series.text(.publisher) == "North Press")
        #expect(sidecar.series.text(.imprint) == nil)
        #expect(sidecar.series.text(.summary) == "On a hill.\nAt night.")
        #expect(sidecar.series.text(.format) == "Print")
        #expect(sidecar.series.integer(.count) == 54)
        #expect(sidecar.series.integer(.volume) == 2)
        #expect(sidecar.series.text(.ageRating) == "15+")
        #expect(sidecar.series.list(.identifiers) == ["comicvine:18166"])
        #expect(sidecar.book.text(.series) == "Watch Hill")
        #expect(sidecar.book.text(.publisher) == "North Press")
        #expect(sidecar.book.text(.title) == nil)
        #expect(sidecar.book.integer(.year) == nil)
        #expect(sidecar.series.facts.values.allSatisfy { $0.source == .seriesJSON })
    }

    @Test(arguments: [
        #"{"metadata": [{"name": "Old", "cid": "7", "status": "Ended"}]}"#,
        #"{"name": "Old", "comicid": 7, "status": "completed"}"#,
        "\u{FEFF}[{\"metadata\": {\"Name\": \"Old\", \"comicid\": \"7\", \"status\": \"ENDED\"",
    ])
    func `older and odd files of series are understood`(text: String) {
        let sidecar = SidecarReader(.seriesJSON).facts(in: Array(text.utf8))
        #expect(sidecar.series.text(.title) == "Old")
        #expect(sidecar.series.list(.identifiers) == ["comicvine:7"])
    }

    @Test func `a bad field costs itself`() {
        let sidecar = series(#""name": "N", "year": "soon", "total_issues": -4, "volume": "None", "age_rating": null"#)
        #expect(sidecar.series.text(.title) == "N")
        #expect(
            sidecar.findings.map(\.detail) == [
                "series.json: year is “soon”, not a number in its range",
                "series.json: total_issues is “-4”, not a number in its range",
            ]
        )
        let package = opf("<dc:title>T</dc:title><dc:date>soon</dc:date><dc:language>??</dc:language>")
        #expect(package.book.text(.title) == "T")
        #expect(package.findings.count == 2)
    }

    @Test func `what cannot be read is one finding, and too long a file is not read`() throws {
        for kind in Sidecar.Kind.allCases {
            #expect(SidecarReader(kind).facts(in: []).findings.map(\.problem) == [.metadataInvalid])
            #expect(SidecarReader(kind).facts(in: Array("words".utf8)).findings.map(\.problem) == [.metadataInvalid])
            let long = try OpenFile([UInt8](repeating: 0x20, count: SidecarReader.limit + 1))
            let sidecar = SidecarReader(kind).facts(behind: long.descriptor)
            #expect(sidecar.findings.map(\.problem) == [.metadataInvalid])
            #expect(sidecar.findings.first?.detail.contains("4194305 bytes") == true)
        }
    }

    @Test func `a sidecar is read from an open file`() throws {
        let file = try OpenFile(Array(MetadataBuilder.calibre("<dc:title>Open</dc:title>").utf8))
        #expect(SidecarReader(.opf).facts(behind: file.descriptor).book.text(.title) == "Open")
    }

    @Test func `what a better source said is not overwritten`() throws {
        var metadata = try facts(of: BookBuilder.epub3(title: "Grass"), promised: .epub).metadata
        metadata.complete(with: opf("<dc:title>Other</dc:title><meta name='calibre:rating' content='6'/>").book)
        metadata.complete(with: series(#""name": "Third", "imprint": "Little North""#).book)
        #expect(metadata.facts[.title] == .init(value: .text("Grass"), source: .epub))
        #expect(metadata.facts[.communityRating] == .init(value: .decimal(3), source: .opf))
        #expect(metadata.facts[.series]?.source == .epub)
        #expect(metadata.facts[.imprint] == .init(value: .text("Little North"), source: .seriesJSON))
    }
}
