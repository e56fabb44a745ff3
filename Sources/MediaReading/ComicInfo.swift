// SPDX-License-Identifier: MIT
import LibraryModel

/// The facts of a `ComicInfo.xml`, as the Anansi Project describes its versions 1 to 2.1.
///
/// Each field stands for itself: one that cannot be read is a finding that names it, and the others are kept. There is
/// no field in a catalog for `AlternateNumber` and `AlternateCount`, `BlackAndWhite`, `SeriesGroup`, `StoryArcNumber`,
/// `ScanInformation` and `Review`.
struct ComicInfo {
    private var facts = FactCollector(.comicinfo, "ComicInfo.xml")

    /// Which page is the front cover, counted from 0 in the order of reading; `nil` where nothing says so.
    let coverPage: Int?

    var metadata: BookMetadata { facts.metadata }
    var findings: [Finding] { facts.findings }

    private static let fields: [String: MetadataField] = [
        "title": .title, "series": .series, "number": .number, "count": .count, "volume": .volume,
        "summary": .summary, "notes": .notes, "year": .year, "month": .month, "day": .day,
        "writer": .writers, "penciller": .pencillers, "inker": .inkers, "colorist": .colorists,
        "letterer": .letterers, "coverartist": .coverArtists, "editor": .editors, "translator": .translators,
        "publisher": .publisher, "imprint": .imprint, "genre": .genres, "tags": .tags,
        "characters": .characters, "teams": .teams, "locations": .locations, "storyarc": .storyArcs,
        "languageiso": .language, "agerating": .ageRating, "manga": .manga, "format": .format, "gtin": .isbn,
        "web": .links, "communityrating": .communityRating, "pagecount": .pageCount,
    ]

    /// What programs and people write instead; heeded only where the right name is not there.
    private static let misspellings: [String: MetadataField] = [
        "name": .title, "titlesort": .sortTitle, "sorttitle": .sortTitle, "seriesname": .series, "seriestitle": .series,
        "issue": .number, "issuenumber": .number, "chapter": .number, "issuecount": .count, "vol": .volume,
        "volumenumber": .volume, "description": .summary, "summery": .summary, "synopsis": .summary, "note": .notes,
        "writers": .writers, "writter": .writers, "author": .writers, "authors": .writers, "penciler": .pencillers,
        "pencillers": .pencillers, "pencilers": .pencillers, "pencilller": .pencillers, "pencils": .pencillers,
        "artist": .pencillers, "artists": .pencillers, "illustrator": .pencillers, "inkers": .inkers, "inks": .inkers,
        "colourist": .colorists, "colorists": .colorists, "colourists": .colorists, "colorer": .colorists,
        "colourer": .colorists, "colors": .colorists, "colours": .colorists, "letterers": .letterers,
        "letters": .letterers, "letter": .letterers, "coverartists": .coverArtists, "cover": .coverArtists,
        "coverart": .coverArtists, "editors": .editors, "translators": .translators, "translater": .translators,
        "publishers": .publisher, "publishing": .publisher, "imprints": .imprint, "genres": .genres, "tag": .tags,
        "keywords": .tags, "character": .characters, "team": .teams, "location": .locations, "storyarcs": .storyArcs,
        "arc": .storyArcs, "language": .language, "languagecode": .language, "lang": .language, "age": .ageRating,
        "agerate": .ageRating, "isbn": .isbn, "ean": .isbn, "url": .links, "urls": .links, "link": .links,
        "links": .links, "website": .links, "rating": .communityRating, "userrating": .communityRating,
        "pagescount": .pageCount, "alternateseries": .storyArcs,
    ]

    /// Fields of the schema that are no facts here, but are not text of the element above them either.
    private static let others: Set<String> = [
        "alternatenumber", "alternatecount", "blackandwhite", "seriesgroup", "storyarcnumber", "scaninformation",
        "review", "maincharacterorteam", "pages", "page",
    ]

    private static let names = others.union(fields.keys).union(misspellings.keys)

    init(_ bytes: [UInt8]) throws(Finding) {
        let document = try XMLDocument(bytes, name: "ComicInfo.xml")
        // After a missing end tag the fields that follow lie inside the broken one.
        let elements = document.root.descendants.map { (name: $0.name.folded, element: $0) }
        coverPage = Self.coverPage(elements.lazy.filter { $0.name == "page" }.map(\.element))
        facts.note(flaw: document.flaw)
        for table in [Self.fields, Self.misspellings] {
            for (name, element) in elements {
                if let field = table[name], facts.metadata.facts[field] == nil { note(field, element) }
            }
        }
        noteMainCharacter(elements.first { $0.name == "maincharacterorteam" }?.element)
    }

    private mutating func note(_ field: MetadataField, _ element: XMLElement) {
        facts.note(field, element.text(without: Self.names).trimmed, label: element.name)
    }

    /// Who a book is about is one of its characters, unless it is named as one or as a team.
    private mutating func noteMainCharacter(_ element: XMLElement?) {
        guard let name = element?.line.nonEmpty else { return }
        let named = metadata.list(.characters) + metadata.list(.teams)
        if named.isEmpty { facts.note(.characters, [name]) }
    }

    private static func coverPage(_ pages: some Sequence<XMLElement>) -> Int? {
        for page in pages {
            // A page may be of several types, separated by blanks.
            let types = page["Type"]?.split(whereSeparator: \.isWhitespace).map { String($0).folded } ?? []
            if types.contains("frontcover"), let image = page["Image"].flatMap({ Int($0) }), image >= 0 { return image }
        }
        return nil
    }
}
