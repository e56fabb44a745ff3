// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("A MetronInfo tells its facts")
struct MetronInfoTests {
    private static let whole = MetadataBuilder.metronInfo(
        """
        <IDS><ID source="Comic Vine">12345</ID><ID source="Metron" primary="true">77</ID></IDS>
        <Publisher id="2"><Name>North Press</Name><Imprint id="3">Little North</Imprint></Publisher>
        <Series id="9" lang="de">
          <Name>The Long Field</Name><SortName>Long Field</SortName><Volume>2</Volume><Format>Limited Series</Format>
          <StartYear>2011</StartYear><IssueCount>6</IssueCount>
          <AlternativeNames><AlternativeName lang="fr">Le long champ</AlternativeName></AlternativeNames>
        </Series>
        <Arcs><Arc id="1"><Name>Harvest</Name><Number>3</Number></Arc><Arc><Name>Frost</Name></Arc></Arcs>
        <Number>1½</Number>
        <Stories><Story id="1">Part One</Story><Story>Part Two</Story></Stories>
        <Summary>Fields &amp; fences.</Summary><Notes>Tagged by hand.</Notes>
        <CoverDate>2011-10-01</CoverDate><StoreDate>2011-08-31</StoreDate><PageCount>32</PageCount>
        <Genres><Genre id="1">Western</Genre><Genre>Humor</Genre></Genres><Tags><Tag>barn</Tag></Tags>
        <Characters><Character id="4">Ada</Character><Character>Ola</Character></Characters>
        <Teams><Team>The Reapers</Team></Teams><Locations><Location>Barn, north side</Location></Locations>
        <Reprints><Reprint><Name>Old Field #1</Name></Reprint></Reprints>
        <GTIN><ISBN>0-306-40615-2</ISBN><UPC>76194130593600111</UPC></GTIN><AgeRating>Teen Plus</AgeRating>
        <URLs><URL>https://b.example/1</URL><URL primary="true">https://a.example/1</URL></URLs>
        <Credits>
          <Credit><Creator id="1">Ada Brook</Creator><Roles><Role>Writer</Role><Role>Cover</Role></Roles></Credit>
          <Credit><Creator>Ola Dale</Creator><Roles><Role>Artist</Role></Roles></Credit>
          <Credit><Creator>Tor Lind</Creator><Roles><Role>Ink Assists</Role><Role>President</Role></Roles></Credit>
          <Credit><Creator>Una Moor</Creator><Roles><Role>Editor In Chief</Role></Roles></Credit>
        </Credits>
        """
    )

    @Test func `every fact has its field`() throws {
        let info = try MetronInfo(Array(Self.whole.utf8))
        let metadata = info.metadata
        #expect(info.findings.isEmpty)
        #expect(metadata.text(.series) == "The Long Field")
        #expect(metadata.text(.number) == "1.5")
        #expect(metadata.integer(.volume) == 2)
        #expect(metadata.integer(.count) == 6)
        #expect(metadata.text(.format) == "Limited Series")
        #expect(metadata.text(.language) == "de")
        #expect(metadata.text(.title) == "Part One; Part Two")
        #expect(metadata.text(.publisher) == "North Press")
        #expect(metadata.text(.imprint) == "Little North")
        #expect(metadata.text(.summary) == "Fields & fences.")
        #expect(metadata.text(.notes) == "Tagged by hand.")
        #expect([metadata.integer(.year), metadata.integer(.month), metadata.integer(.day)] == [2011, 10, 1])
        #expect(metadata.integer(.pageCount) == 32)
        #expect(metadata.list(.genres) == ["Western", "Humor"])
        #expect(metadata.list(.tags) == ["barn"])
        #expect(metadata.list(.characters) == ["Ada", "Ola"])
        #expect(metadata.list(.teams) == ["The Reapers"])
        #expect(metadata.list(.locations) == ["Barn, north side"])
        #expect(metadata.list(.storyArcs) == ["Harvest", "Frost"])
        #expect(metadata.text(.isbn) == "9780306406157")
        #expect(metadata.list(.identifiers) == ["metron:77", "comicvine:12345", "upc:76194130593600111"])
        #expect(metadata.text(.ageRating) == "Teen Plus")
        #expect(metadata.list(.links) == ["https://a.example/1", "https://b.example/1"])
        #expect(metadata.list(.writers) == ["Ada Brook"])
        #expect(metadata.list(.coverArtists) == ["Ada Brook"])
        #expect(metadata.list(.pencillers) == ["Ola Dale"])
        #expect(metadata.list(.inkers) == ["Ola Dale", "Tor Lind"])
        #expect(metadata.list(.editors) == ["Una Moor"])
        #expect(metadata.facts.values.allSatisfy { $0.source == .metroninfo })
    }

    @Test func `the drafts and a collection's title are understood`() throws {
        let text = MetadataBuilder.metronInfo(
            """
            <ID source="Metron">5</ID><Publisher>North Press</Publisher>
            <Series><Name>Field</Name><Type>Trade Paperback</Type></Series><Volume>2019</Volume>
            <CollectionTitle>All of it</CollectionTitle><Stories><Story>One</Story></Stories>
            <Arcs><Arc><Name>Harvest</Name><Number>3</Number></Arc></Arcs><StoreDate>2019-05-07</StoreDate>
            <URL>https://a.example</URL>
            """
        )
        let metadata = try MetronInfo(Array(text.utf8)).metadata
        #expect(metadata.text(.publisher) == "North Press")
        #expect(metadata.text(.format) == "Trade Paperback")
        #expect(metadata.integer(.volume) == 2019)
        #expect(metadata.text(.title) == "All of it")
        #expect(metadata.text(.number) == nil)
        #expect(metadata.integer(.day) == 7)
        #expect(metadata.list(.identifiers) == ["metron:5"])
        #expect(metadata.list(.links) == ["https://a.example"])
    }

    @Test func `a bad field costs itself and a cut document its rest`() throws {
        let text = Self.whole.replacing("2011-10-01", with: "whenever").replacing("<PageCount>32", with: "<PageCount>x")
        let bad = try MetronInfo(Array(text.utf8))
        #expect(bad.findings.count == 2)
        #expect(bad.metadata.integer(.month) == 8)
        #expect(bad.metadata.integer(.pageCount) == nil)
        #expect(bad.metadata.text(.series) == "The Long Field")
        let whole = try MetronInfo(Array(Self.whole.utf8)).metadata
        for length in stride(from: 200, to: Self.whole.utf8.count - 20, by: 111) {
            guard let cut = try? MetronInfo(Array(Self.whole.utf8.prefix(length))) else { continue }
            #expect(cut.findings.first?.detail.contains("not well-formed") == true)
            #expect(cut.metadata.facts.count <= whole.facts.count)
        }
        let half = try MetronInfo(Array(Self.whole.utf8.prefix(Self.whole.utf8.count / 2)))
        #expect(half.metadata.text(.publisher) == "North Press")
    }

    @Test func `in one archive the ComicInfo is trusted before the MetronInfo, field by field`() throws {
        let comic = ZipWriter.archive(
            [
                ZipWriter.Entry("1.png", Picture.png(width: 4, height: 4)),
                ZipWriter.Entry("meta/metroninfo.XML", text: Self.whole),
                ZipWriter.Entry("ComicInfo.xml", text: BookBuilder.comicInfo(["Series": "Own", "Year": "1999"])),
            ],
            comment: MetadataBuilder.comicBookInfo(
                #""series": "Third", "country": "NO", "tags": ["late"], "rating": 4"#
            )
        )
        let facts = try facts(of: comic)
        #expect(facts.findings.isEmpty)
        #expect(facts.metadata.facts[.series] == .init(value: .text("Own"), source: .comicinfo))
        #expect(facts.metadata.facts[.year]?.source == .comicinfo)
        #expect(facts.metadata.facts[.publisher] == .init(value: .text("North Press"), source: .metroninfo))
        #expect(facts.metadata.facts[.tags]?.source == .metroninfo)
        #expect(facts.metadata.facts[.communityRating] == .init(value: .decimal(4), source: .comicbookinfo))
    }

    @Test func `a ComicInfo that cannot be read leaves the word to the others`() throws {
        let comic = ZipWriter.archive([
            ZipWriter.Entry("1.png", Picture.png(width: 4, height: 4)),
            ZipWriter.Entry("ComicInfo.xml", text: "no XML"), ZipWriter.Entry("MetronInfo.xml", text: Self.whole),
        ])
        let facts = try facts(of: comic)
        #expect(facts.findings.map(\.problem) == [.metadataInvalid])
        #expect(facts.metadata.text(.series) == "The Long Field")
        #expect(facts.state == .ready)
    }
}
