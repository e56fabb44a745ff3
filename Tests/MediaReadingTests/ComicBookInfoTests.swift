// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("A ComicBookInfo in the archive's comment tells its facts")
struct ComicBookInfoTests {
    private static let whole = MetadataBuilder.comicBookInfo(
        """
        "series": "Watch Hill", "title": "At midnight", "publisher": "North Press", "publicationMonth": 10,
        "publicationYear": 1986, "issue": 2.5, "numberOfIssues": "12", "volume": 1, "numberOfVolumes": 1, "rating": 5,
        "genre": "Crime, Drama", "language": "English", "country": "Norway", "comments": "Tales of <b>the</b> hill…",
        "credits": [
          {"person": "Moor, Una", "role": "Writer", "primary": false},
          {"person": "Ada Brook", "role": "Writer", "primary": true},
          {"person": "Ola Dale", "role": "Artist"}, {"person": "Tor Lind", "role": "Letterer, Colourist"},
          {"role": "Editor"}, {"person": "Nobody", "role": "Bodyguard"}
        ],
        "tags": ["clock", "rain"]
        """
    )

    private func facts(comment: String) throws -> BookFacts {
        let page = ZipWriter.Entry("1.png", Picture.png(width: 4, height: 4))
        return try MediaReadingTests.facts(of: ZipWriter.archive([page], comment: comment))
    }

    @Test func `every fact has its field`() throws {
        let facts = try facts(comment: Self.whole)
        let metadata = facts.metadata
        #expect(facts.findings.isEmpty)
        #expect(metadata.text(.series) == "Watch Hill")
        #expect(metadata.text(.title) == "At midnight")
        #expect(metadata.text(.publisher) == "North Press")
        #expect([metadata.integer(.year), metadata.integer(.month)] == [1986, 10])
        #expect(metadata.text(.number) == "2.5")
        #expect(metadata.integer(.count) == 12)
        #expect(metadata.integer(.volume) == 1)
        #expect(metadata.decimal(.communityRating) == 5)
        #expect(metadata.list(.genres) == ["Crime", "Drama"])
        #expect(metadata.text(.language) == "en")
        #expect(metadata.text(.summary) == "Tales of the hill…")
        #expect(metadata.list(.writers) == ["Ada Brook", "Una Moor"])
        #expect(metadata.list(.pencillers) == ["Ola Dale"])
        #expect(metadata.list(.letterers) == ["Tor Lind"])
        #expect(metadata.list(.colorists) == ["Tor Lind"])
        #expect(metadata.list(.editors).isEmpty)
        #expect(metadata.list(.tags) == ["clock", "rain"])
        #expect(metadata.facts.values.allSatisfy { $0.source == .comicbookinfo })
    }

    @Test func `a comment that is something else is no mistake`() throws {
        for comment in ["scanned by someone", "{\"a\": 1}", "{", "ComicBookInfo/1.0"] {
            let facts = try facts(comment: comment)
            #expect(facts.metadata.isEmpty)
            #expect(facts.findings.isEmpty)
        }
    }

    @Test func `a field of another type costs itself`() throws {
        let comment = MetadataBuilder.comicBookInfo(
            #""series": {"a": 1}, "title": "stays", "volume": [3], "credits": "Ann", "rating": 17, "issue": null, "tags": "x""#
        )
        let facts = try facts(comment: comment)
        #expect(facts.metadata.text(.title) == "stays")
        #expect(facts.metadata.text(.series) == nil)
        #expect(facts.metadata.integer(.volume) == 3)
        #expect(facts.metadata.list(.tags) == ["x"])
        #expect(facts.findings.count == 1)
        #expect(facts.findings[0].detail.contains("rating is “17”"))
    }

    @Test func `what was read before the end is kept, wherever that is`() throws {
        for length in stride(from: 90, to: Self.whole.utf8.count - 3, by: 37) {
            let facts = try facts(comment: String(decoding: Self.whole.utf8.prefix(length), as: UTF8.self))
            #expect(facts.state == .ready)
            #expect(facts.findings.map(\.problem) == [.metadataInvalid])
            #expect(length < 130 || facts.metadata.text(.series) == "Watch Hill")
        }
    }

    @Test(arguments: [
        (#"{"a": [1, 2,], "b": "x",}"#, true), ("{\"a\": [1, 2], \"b\": \"x\ny\"} trailing", true),
        (#"{"a": [1, NaN, 2], "b": "x"}"#, false), (#"{"a": [1, 2], "b": "x""#, false),
    ])
    func `JSON as people write it is read`(text: String, isWhole: Bool) throws {
        let document = try JSONDocument(Array(text.utf8), name: "it")
        #expect(document.root["a"]?.items.compactMap(\.written) == ["1", "2"])
        #expect(document.root["B"]?.written?.first == "x")
        #expect((document.flaw == nil) == isWhole)
    }

    @Test func `letters behind a backslash are what they mean`() throws {
        let document = try JSONDocument(Array(#"{"a": "\u00e9\ud83d\ude00\n\"\/\q\ud83d"}"#.utf8), name: "it")
        #expect(document.root["a"]?.written == "é😀\n\"/q\u{FFFD}")
    }

    @Test func `JSON that lies too deep or goes on for ever is given up`() throws {
        for text in [
            "{\"a\": \"x\", \"b\": " + String(repeating: "[", count: 10_000),
            "{\"a\": \"x\", \"b\": [" + String(repeating: "1,", count: 500_000) + "2]}",
        ] {
            let document = try JSONDocument(Array(text.utf8), name: "it")
            #expect(document.root["a"]?.written == "x")
            #expect(document.flaw?.contains("64 levels") == true)
        }
    }

    @Test func `what is no JSON at all is said to be none`() {
        for text in ["", "words", "12", "\u{FEFF}"] {
            #expect(throws: Finding.self) { try JSONDocument(Array(text.utf8), name: "it") }
        }
    }
}
