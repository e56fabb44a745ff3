// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("A ComicInfo is understood as people and programs write it")
struct ComicInfoTests {
    private func read(_ fields: [String: String]) throws -> ComicInfo {
        try ComicInfo(Array(BookBuilder.comicInfo(fields).utf8))
    }

    private func read(_ elements: String) throws -> ComicInfo {
        try ComicInfo(Array("<ComicInfo>\(elements)</ComicInfo>".utf8))
    }

    @Test func `every field there is a place for is read`() throws {
        let words = [
            "Title": "t", "Series": "s", "Number": "1", "Count": "9", "Volume": "2", "Summary": "u", "Notes": "n",
            "Year": "2001", "Month": "2", "Day": "3", "Writer": "w", "Penciller": "p", "Inker": "i", "Colorist": "c",
            "Letterer": "l", "CoverArtist": "a", "Editor": "e", "Translator": "r", "Publisher": "b", "Imprint": "m",
            "Genre": "g", "Tags": "x", "Characters": "h", "Teams": "y", "Locations": "o", "StoryArc": "k",
            "LanguageISO": "en", "AgeRating": "Teen", "Manga": "Yes", "Format": "TPB", "GTIN": "9780306406157",
            "Web": "https://a.example", "CommunityRating": "4", "PageCount": "7",
        ]
        let info = try read(words)
        #expect(info.findings.isEmpty)
        let missing = MetadataField.allCases.filter { info.metadata.facts[$0] == nil }
        #expect(missing == [.sortTitle, .identifiers])
    }

    @Test(arguments: [
        ("Colourist", MetadataField.colorists), ("Colorists", .colorists), ("Penciler", .pencillers),
        ("Writers", .writers), ("Writter", .writers), ("Author", .writers), ("Editors", .editors),
        ("Cover_Artist", .coverArtists), ("translater", .translators), ("Genres", .genres), ("Tag", .tags),
        ("Character", .characters), ("Team", .teams), ("Location", .locations), ("StoryArcs", .storyArcs),
        ("AlternateSeries", .storyArcs),
    ])
    func `misspelled names of lists are understood`(name: String, field: MetadataField) throws {
        #expect(try read([name: "Ann; Bo"]).metadata.list(field) == ["Ann", "Bo"])
    }

    @Test(arguments: [
        ("SUMMARY", MetadataField.summary, "words"), ("Summery", .summary, "words"), ("Issue", .number, "4"),
        ("languageISO", .language, "fr"), ("Language", .language, "fr"), ("ISBN", .isbn, "9780306406157"),
    ])
    func `misspelled names of texts are understood`(name: String, field: MetadataField, value: String) throws {
        #expect(try read([name: value]).metadata.text(field) == value)
    }

    @Test func `the right name wins over another, wherever it stands`() throws {
        let info = try read(
            "<Author>wrong</Author><Rating>1</Rating><Writer>right</Writer><CommunityRating>3</CommunityRating>"
        )
        #expect(info.metadata.list(.writers) == ["right"])
        #expect(info.metadata.decimal(.communityRating) == 3)
    }

    @Test(arguments: [
        ("1,5", "1.5"), ("½", "0.5"), ("#3", "3"), (" 007 ", "7"), ("12a", "12a"), ("-1", "-1"),
        ("Annual 2", "Annual 2"),
    ])
    func `numbers are written in many ways`(written: String, number: String) throws {
        #expect(try read(["Number": written]).metadata.text(.number) == number)
    }

    @Test func `a number that tells how many there are tells the count`() throws {
        let metadata = try read(["Number": "2 (of 6)"]).metadata
        #expect(metadata.text(.number) == "2")
        #expect(metadata.integer(.count) == 6)
    }

    @Test(arguments: [
        ("Yes", "yes"), ("no", "no"), ("YesAndRightToLeft", "right_to_left"),
        ("Yes And Right To Left", "right_to_left"),
        ("true", "yes"), ("Unknown", nil), ("maybe", nil),
    ])
    func `manga is one of three`(written: String, value: String?) throws {
        let info = try read(["Manga": written])
        #expect(info.metadata.text(.manga) == value)
        #expect(info.findings.count == (written == "maybe" ? 1 : 0))
    }

    @Test(arguments: [
        ("Mature 17+", "Mature 17+"), ("mature17+", "Mature 17+"), ("everyone 10+", "Everyone 10+"), ("PG", "PG"),
        ("Kids To Adults", "Kids to Adults"), ("T+", "T+"), ("teen+", "teen+"), ("Unknown", nil),
    ])
    func `age ratings have one spelling`(written: String, value: String?) throws {
        #expect(try read(["AgeRating": written]).metadata.text(.ageRating) == value)
    }

    @Test(arguments: [
        ("4,5", 4.5, 0), ("0", 0, 0), ("5", 5, 0), ("9/10", 4.5, 0), ("-1", nil, 0), ("5.1", nil, 1), ("good", nil, 1),
        ("nan", nil, 1),
    ])
    func `ratings go from 0 to 5`(written: String, value: Double?, findings: Int) throws {
        let info = try read(["CommunityRating": written])
        #expect(info.metadata.decimal(.communityRating) == value)
        #expect(info.findings.count == findings)
    }

    @Test(arguments: [
        ("Year", "99999"), ("Year", "-5"), ("Month", "13"), ("Day", "32"), ("PageCount", "99999999999999999999"),
        ("Volume", "-7"), ("Count", "many"), ("LanguageISO", "12"),
    ])
    func `a value out of its range costs its field and is named`(name: String, value: String) throws {
        let info = try read([name: value, "Title": "stays"])
        #expect(info.metadata.facts.keys.map(\.self) == [.title])
        #expect(info.findings.map(\.problem) == [.metadataInvalid])
        #expect(info.findings.first?.detail.hasPrefix("ComicInfo.xml: \(name) is “\(value)”") == true)
    }

    @Test func `a mistake is shown without what a terminal would obey`() throws {
        let info = try ComicInfo(Array("<ComicInfo><Day>1\u{7F}4\u{9B}2J</Day></ComicInfo>".utf8))
        #expect(info.findings.map(\.problem) == [.metadataInvalid])
        #expect(info.findings[0].detail.hasPrefix("ComicInfo.xml: Day is “1\u{FFFD}4\u{FFFD}2J”"))
    }

    @Test func `what stands for nothing is nothing, and no mistake`() throws {
        let info = try read([
            "Year": "-1", "Month": "0", "Volume": "-1", "Count": "-1", "PageCount": "0", "Manga": "Unknown",
            "LanguageISO": "und", "GTIN": "0000000000000", "Number": "", "Web": " ",
        ])
        #expect(info.metadata.isEmpty)
        #expect(info.findings.isEmpty)
    }

    @Test func `several links are taken apart, and only those of the web`() throws {
        let web = "https://a.example/x,y;z, http://b.example;https://c.example\nwww.d.example javascript:alert(1)"
        #expect(
            try read(["Web": web]).metadata.list(.links) == [
                "https://a.example/x,y;z", "http://b.example", "https://c.example", "https://www.d.example",
            ]
        )
    }

    @Test func `markup in a summary and a title escaped twice become text`() throws {
        let info = try read(
            "<Title>Tom &amp;amp; Ann</Title><Summary><p>One <b>bold</b></p>two &lt;br/&gt;three</Summary><Series>S</Series>"
        )
        #expect(info.metadata.text(.title) == "Tom & Ann")
        #expect(info.metadata.text(.summary) == "One bold\ntwo\nthree")
        #expect(info.metadata.text(.series) == "S")
        #expect(info.findings.isEmpty)
    }

    @Test func `the main character is one where none is named`() throws {
        #expect(try read(["MainCharacterOrTeam": "Ann"]).metadata.list(.characters) == ["Ann"])
        let both = try read(["MainCharacterOrTeam": "The Team", "Teams": "The Team"])
        #expect(both.metadata.list(.characters).isEmpty)
    }

    @Test(arguments: [
        ("<Page Image='0' Type='InnerCover'/><Page Image='2' Type='FrontCover'/>", 2),
        ("<page image='1' type='Deleted frontcover'/>", nil), ("<Page Image='1' Type='Other FrontCover'/>", 1),
        ("<Page Image='x' Type='FrontCover'/><Page Image='-1' Type='FrontCover'/>", nil), ("", nil),
    ])
    func `the front cover is the page that says so`(pages: String, cover: Int?) throws {
        #expect(try read("<Pages>\(pages)</Pages>").coverPage == cover)
    }

    @Test func `the thumbnail is of the page that the ComicInfo calls the cover`() throws {
        let pages = [
            ZipWriter.Entry("1.png", Picture.png(width: 40, height: 60)),
            ZipWriter.Entry("2.png", Picture.png(width: 50, height: 30)),
        ]
        for (cover, size) in [(1, [50, 30]), (0, [40, 60]), (7, [40, 60])] {
            let info = "<ComicInfo><Pages><Page Image='\(cover)' Type='FrontCover'/></Pages></ComicInfo>"
            let comic = ZipWriter.archive(pages + [ZipWriter.Entry("ComicInfo.xml", text: info)])
            #expect(
                try thumbnail(of: comic).outcome == .thumbnail(width: size[0], height: size[1], findings: [])
            )
        }
    }

    @Test(arguments: [
        (["a/b/comicinfo.xml", "z/COMICINFO.XML"], 1), (["ComicInfo.xml", "a/ComicInfo.xml"], 0),
        (["b/ComicInfo.xml", "a/ComicInfo.xml"], 1), (["a\\ComicInfo.xml"], 0), (["./a.png", "./ComicInfo.xml"], 1),
        (["__MACOSX/ComicInfo.xml", "._ComicInfo.xml", "MyComicInfo.xml", "ComicInfo.xml.bak"], nil),
    ])
    func `the document that counts is the nearest to the root`(names: [String], place: Int?) {
        #expect(ComicDocuments.place(of: "comicinfo.xml", among: names.map { Array($0.utf8) }) == place)
    }
}
