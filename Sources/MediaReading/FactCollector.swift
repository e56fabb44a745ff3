// SPDX-License-Identifier: MIT
import LibraryModel

/// Takes what one document says of its book, field by field, and keeps each in the field's shape.
///
/// All sources write dates, numbers and lists in the same many ways; the rules for them are here, once. A field that
/// cannot be read is a finding that names it, and costs no other.
struct FactCollector {
    let source: MetadataSource

    /// What findings call the document.
    let document: String

    private(set) var metadata = BookMetadata()
    private(set) var findings: [Finding] = []

    /// The longest text that is looked at, in bytes; what is behind it is left out.
    private static let textLimit = 128 << 10

    /// The most findings of one document.
    private static let findingLimit = 20

    init(_ source: MetadataSource, _ document: String) {
        self.source = source
        self.document = document
    }

    /// Notes that the document is broken somewhere.
    mutating func note(flaw: String?) {
        if let flaw { add("\(document) is not well-formed: \(flaw)") }
    }

    /// Keeps what is written in a field, which the document calls `label`.
    mutating func note(_ field: MetadataField, _ written: String?, label: String) {
        guard let written, !written.isEmpty else { return }
        let text = written.beginning(bytes: Self.textLimit)
        switch field {
        case .summary, .notes: keep(field, .text(MarkupText.plain(text)))
        case .number: noteNumber(text)
        case .language: noteLanguage(text, label)
        case .ageRating: keep(field, .text(AgeRating.named(text.line) ?? ""))
        case .manga: noteManga(text, label)
        case .isbn: noteTradeNumber(text.line)
        case .links: keep(field, .list(WebLinks.links(in: MarkupText.decodingEntities(text))))
        case .year, .month, .day: noteDatePart(field, text.line, label)
        case .communityRating: noteRating(text.line, label)
        default:
            switch field.shape {
            case .text: keep(field, .text(MarkupText.decodingEntities(text.line)))
            case .list: noteList(field, MarkupText.decodingEntities(text.line))
            case .integer, .decimal: noteInteger(field, text.line, label)
            }
        }
    }

    /// Keeps a list whose items are apart already.
    mutating func note(_ field: MetadataField, _ items: some Sequence<String>) {
        let lines = items.lazy.map { MarkupText.decodingEntities($0.beginning(bytes: 4096).line) }
        keep(field, .list(NameList.distinct(lines)))
    }

    mutating func note(_ names: CreditRole.Names) {
        for (field, people) in names.byField { note(field, people) }
    }

    /// Keeps a date, of which any part may be missing.
    mutating func note(date written: String?, label: String) {
        guard let written = written?.line.nonEmpty else { return }
        guard let date = WrittenDate(written) else {
            // What programs write for a date that is not known is no mistake.
            if !["0101", "0001", "0000"].contains(written.prefix(4)) { refuse(written, label, "no date") }
            return
        }
        guard metadata.integer(.year) == nil else { return }
        keep(.year, .integer(date.year))
        if let month = date.month { keep(.month, .integer(month)) }
        if let day = date.day { keep(.day, .integer(day)) }
    }

    private mutating func keep(_ field: MetadataField, _ value: BookMetadata.Value) {
        metadata.note(field, value, from: source)
    }

    private mutating func noteList(_ field: MetadataField, _ text: String) {
        switch field {
        case .writers, .pencillers, .inkers, .colorists, .letterers, .coverArtists, .editors, .translators:
            keep(field, .list(NameList.people(text)))
        default: keep(field, .list(NameList.items(text)))
        }
    }

    private mutating func noteNumber(_ text: String) {
        let issue = WrittenNumber.issue(MarkupText.decodingEntities(text.line))
        keep(.number, .text(issue.text))
        if let count = issue.count { keep(.count, .integer(count)) }
    }

    private mutating func noteInteger(_ field: MetadataField, _ text: String, _ label: String) {
        guard let number = WrittenNumber.integer(text) else { return refuse(text, label, "not a number in its range") }
        // -1 is how ComicInfo writes that there is no value.
        guard number != -1 else { return }
        guard (0...Int(Int32.max)).contains(number) else { return refuse(text, label, "not a number in its range") }
        // A volume may be the zeroth; nothing has 0 pages or is one of 0.
        if number > 0 || field == .volume { keep(field, .integer(number)) }
    }

    private mutating func noteDatePart(_ field: MetadataField, _ text: String, _ label: String) {
        let figure = WrittenNumber.integer(text)
        // 0 and -1 stand for a part that is not known.
        if let figure, (-1...0).contains(figure) { return }
        let number: Int?
        switch field {
        case .year:
            number = figure.map { (1...9999).contains($0) ? $0 : nil } ?? WrittenDate(text)?.year
        case .month:
            number = figure.map { (1...12).contains($0) ? $0 : nil } ?? WrittenDate.month(named: text)
        default:
            number = figure.flatMap { (1...31).contains($0) ? $0 : nil }
        }
        guard let number else { return refuse(text, label, "not a number in its range") }
        keep(field, .integer(number))
    }

    private mutating func noteRating(_ text: String, _ label: String) {
        guard WrittenNumber.decimal(text) != -1 else { return }
        guard let rating = WrittenNumber.rating(text) else { return refuse(text, label, "not a number in its range") }
        keep(.communityRating, .decimal(rating))
    }

    private mutating func noteLanguage(_ text: String, _ label: String) {
        guard !LanguageTag.isUnknown(text) else { return }
        guard let language = LanguageTag.normalized(text.line) else { return refuse(text, label, "no language") }
        keep(.language, .text(language))
    }

    private mutating func noteManga(_ text: String, _ label: String) {
        switch text.folded {
        case "yes", "true", "1": keep(.manga, .text("yes"))
        case "no", "false", "0": keep(.manga, .text("no"))
        case "yesandrighttoleft", "yesrighttoleft", "righttoleft", "rtl": keep(.manga, .text("right_to_left"))
        case "unknown", "": break
        default: refuse(text, label, "none of Yes, No and YesAndRightToLeft")
        }
    }

    private mutating func noteTradeNumber(_ text: String) {
        if let isbn = ISBN(text) {
            keep(.isbn, .text(isbn.text))
        } else if text.contains(where: { $0.isNumber && $0 != "0" }) {
            keep(.identifiers, .list(["gtin:\(text)"]))
        }
    }

    private mutating func refuse(_ text: String, _ label: String, _ reason: String) {
        // XML allows characters that a terminal obeys.
        let line = String(shown: Array(text.line.utf8))
        let shown = line.count > 40 ? "\(line.prefix(40))…" : line
        add("\(document): \(label) is “\(shown)”, \(reason)")
    }

    private mutating func add(_ detail: String) {
        guard findings.count < Self.findingLimit else { return }
        findings.append(Finding(.metadataInvalid, detail))
    }
}
