// SPDX-License-Identifier: MIT
import LibraryModel

/// The facts of a `ComicInfo.xml`, as the Anansi Project describes its versions 1 to 2.1.
///
/// Each field stands for itself: one that cannot be read is a finding that names it, and the others are kept.
struct ComicInfo {
    private(set) var metadata = BookMetadata()
    private(set) var findings: [Finding] = []

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

    /// The one that counts in an archive: the nearest to the root, and among equals the first by name.
    static func entry(among entries: [ZipEntry]) -> ZipEntry? {
        entries.filter(\.isComicInfo).min { left, right in
            let depths = (left.components.count, right.components.count)
            return depths.0 == depths.1 ? left.name.lexicographicallyPrecedes(right.name) : depths.0 < depths.1
        }
    }

    init(_ bytes: [UInt8]) throws(Finding) {
        let document = try XMLDocument(bytes, name: "ComicInfo.xml")
        if let flaw = document.flaw {
            findings.append(Finding(.metadataInvalid, "ComicInfo.xml is not well-formed: \(flaw)"))
        }
        // After a missing end tag the fields that follow lie inside the broken one.
        for element in document.root.descendants {
            guard let field = Self.fields[element.name.lowercased()] else { continue }
            note(field, element)
        }
    }

    private mutating func note(_ field: MetadataField, _ element: XMLElement) {
        switch field {
        case .manga: noteManga(element.ownLine)
        case .isbn: noteTradeNumber(element.ownLine)
        case .links: note(field, .list(element.ownText.split { $0.isWhitespace || $0 == "," }.map(String.init)))
        case .summary, .notes: note(field, .text(element.ownText))
        default:
            switch field.shape {
            case .text: note(field, .text(element.ownLine))
            case .list: note(field, .list(Self.list(element.ownLine)))
            case .integer: noteInteger(field, element)
            case .decimal: noteDecimal(field, element)
            }
        }
    }

    private mutating func note(_ field: MetadataField, _ value: BookMetadata.Value) {
        metadata.note(field, value, from: .comicinfo)
    }

    private static func list(_ text: String) -> [String] {
        text.split { $0 == "," || $0 == ";" }.map { String($0).trimmed }.filter { !$0.isEmpty }
    }

    private mutating func noteInteger(_ field: MetadataField, _ element: XMLElement) {
        // -1 is how the schema writes that there is no value, and 0 is no date.
        guard let text = element.ownLine.nonEmpty, text != "-1" else { return }
        let range: ClosedRange<Int> =
            switch field {
            case .month: 0...12
            case .day: 0...31
            case .year: 0...9999
            default: 0...Int(Int32.max)
            }
        guard let number = Int(text), range.contains(number) else { return refuse(element, text) }
        guard number > 0 || field == .count || field == .volume else { return }
        note(field, .integer(number))
    }

    private mutating func noteDecimal(_ field: MetadataField, _ element: XMLElement) {
        guard let text = element.ownLine.nonEmpty else { return }
        guard let number = Double(text), number.isFinite, number >= 0 else { return refuse(element, text) }
        note(field, .decimal(number))
    }

    private mutating func noteManga(_ text: String) {
        let words = ["yes": "yes", "no": "no", "yesandrighttoleft": "right_to_left"]
        if let word = words[text.lowercased()] { note(.manga, .text(word)) }
    }

    private mutating func noteTradeNumber(_ text: String) {
        guard !text.isEmpty else { return }
        if let isbn = ISBN(text) {
            note(.isbn, .text(isbn.text))
        } else {
            note(.identifiers, .list(["gtin:\(text)"]))
        }
    }

    private mutating func refuse(_ element: XMLElement, _ text: String) {
        let shown = text.count > 40 ? "\(text.prefix(40))…" : text
        findings.append(
            Finding(.metadataInvalid, "ComicInfo.xml: \(element.name) is “\(shown)”, not a number in its range")
        )
    }
}
