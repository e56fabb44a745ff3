// SPDX-License-Identifier: MIT
import LibraryModel

/// The facts in a metadata stream of XMP: Dublin Core, PRISM, and what calibre adds.
///
/// Properties are known by their names, with any prefix, but only where properties can be: extension schemas describe
/// others of the same names deeper in the document.
struct XMPMetadata {
    private var facts = FactCollector(.pdf, "the XMP metadata")
    private let subjects: [XMLElement]

    var metadata: BookMetadata { facts.metadata }
    var findings: [Finding] { facts.findings }

    /// Throws where it is no XML at all.
    init(_ bytes: [UInt8]) throws(Finding) {
        let document = try XMLDocument(bytes, name: "the XMP metadata")
        facts.note(flaw: document.flaw)
        subjects = ([document.root] + document.root.descendants)
            .filter { $0.name == "Description" && $0.parentName == "RDF" }
        facts.note(.title, values("title").first.flatMap(ProgramTitle.title), label: "title")
        notePeople()
        facts.note(
            .summary,
            element("description").map { Self.preferred($0.items)?.text ?? $0.text },
            label: "description"
        )
        facts.note(.publisher, values("publisher").first, label: "publisher")
        facts.note(.tags, values("subject").flatMap { $0.split(separator: ";").map { String($0).trimmed } })
        noteLanguage()
        noteDate()
        noteSeries()
        noteIdentifiers()
        facts.note(.tags, values("Keywords").first, label: "Keywords")
    }

    private func element(_ name: String) -> XMLElement? {
        subjects.lazy.compactMap { $0.child(name) }.first
    }

    /// What a property says, the default of several languages first; as an attribute it may stand, too.
    private func values(_ name: String) -> [String] {
        guard let element = element(name) else {
            return subjects.compactMap { $0[name]?.line.nonEmpty }
        }
        let items = element.items
        guard !items.isEmpty else { return [element.line].filter { !$0.isEmpty } }
        let first = Self.preferred(items).map { [$0.line] } ?? []
        let isOfLanguages = items.contains { $0["lang"] != nil }
        return (isOfLanguages ? first : items.map(\.line)).filter { !$0.isEmpty }
    }

    /// Of the same text in several languages the one that is the default.
    private static func preferred(_ items: [XMLElement]) -> XMLElement? {
        items.first { $0["lang"] == "x-default" && !$0.line.isEmpty } ?? items.first { !$0.line.isEmpty }
    }

    private mutating func notePeople() {
        let names = values("creator").compactMap(ProgramTitle.person)
        // Many programs put all names into one item.
        if names.count == 1 { facts.note(.writers, names[0], label: "creator") } else { facts.note(.writers, names) }
    }

    private mutating func noteLanguage() {
        let languages = values("language").filter { $0 != "x-default" && $0 != "x-unknown" }
        facts.note(
            .language,
            languages.first { LanguageTag.normalized($0) != nil } ?? languages.first,
            label: "language"
        )
    }

    /// The day of publication; a date that is also the day on which the file was made or changed is none.
    private mutating func noteDate() {
        let ofFile = ["CreateDate", "ModifyDate", "MetadataDate"].flatMap { values($0) }.map { $0.prefix(10) }
        let dates = values("date").filter { !ofFile.contains($0.prefix(10)) || $0.count < 10 }
        facts.note(date: values("publicationDate").first ?? values("coverDate").first ?? dates.first, label: "date")
    }

    /// calibre's series: `<calibre:series><rdf:value>Saga</rdf:value><calibreSI:series_index>2.00</…>`.
    private mutating func noteSeries() {
        guard let series = element("series") else { return }
        facts.note(.series, series.descendant("value")?.line ?? series.line, label: "series")
        facts.note(.number, series.descendant("series_index")?.line.withoutIdleZeros, label: "series_index")
    }

    private mutating func noteIdentifiers() {
        var others: [String] = []
        for item in element("Identifier")?.items ?? [] {
            guard let value = item.descendant("value")?.line.nonEmpty else { continue }
            let scheme = item.descendant("Scheme")?.line.lowercased() ?? ""
            if scheme == "isbn" {
                facts.note(.isbn, value, label: "Identifier")
            } else {
                others.append(scheme.isEmpty ? value : "\(scheme):\(value)")
            }
        }
        let numbers =
            ["isbn", "ISBN", "eIsbn"].flatMap { values($0) }
            + values("identifier").filter {
                $0.lowercased().contains("isbn")
            }
        let isbn = numbers.lazy.map { $0.lowercased().hasPrefix("urn:") ? String($0.dropFirst(4)) : $0 }
            .first { ISBN($0) != nil }
        facts.note(.isbn, isbn, label: "isbn")
        if let doi = values("doi").first { others.append("doi:\(doi)") }
        facts.note(.identifiers, others)
    }
}

extension String {
    /// `2` for `2.00`, as calibre writes all numbers here.
    fileprivate var withoutIdleZeros: String {
        guard contains("."), allSatisfy({ $0.isASCIIDigit || $0 == "." }) else { return self }
        var rest = self[...]
        while rest.last == "0" { rest.removeLast() }
        if rest.last == "." { rest.removeLast() }
        return rest.isEmpty ? "0" : String(rest)
    }
}

extension XMLElement {
    /// What lists have in them: `<rdf:Bag><rdf:li>…`.
    fileprivate var items: [XMLElement] {
        children.filter { ["Alt", "Bag", "Seq"].contains($0.name) }.flatMap { $0.children(named: "li") }
    }

    fileprivate func descendant(_ name: String) -> XMLElement? {
        descendants.first { $0.name == name }
    }
}
