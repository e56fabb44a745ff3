// SPDX-License-Identifier: MIT
import LibraryModel

/// The facts in the metadata of an EPUB's package document.
struct EpubMetadata {
    private(set) var metadata = BookMetadata()
    private(set) var findings: [Finding] = []

    private let elements: [XMLElement]

    /// EPUB 3's `meta` elements that speak of another element, by that element's id.
    private let refinements: [String: [XMLElement]]

    /// MARC's codes for what a person did, as far as there is a field for it.
    private static let roles: [String: MetadataField] = [
        "aut": .writers, "ill": .pencillers, "art": .pencillers, "clr": .colorists, "edt": .editors,
        "trl": .translators, "cov": .coverArtists, "ink": .inkers, "ltr": .letterers,
    ]

    init(_ package: EpubPackage) {
        elements = package.element("metadata")?.descendants ?? []
        refinements = Dictionary(
            grouping: elements.filter { $0.name == "meta" && $0["refines"] != nil },
            by: { String($0["refines"]?.drop { $0 == "#" } ?? "") }
        )
        noteTitle()
        notePeople()
        noteDate()
        noteSeries()
        noteIdentifiers()
        note(.language, .text(lines("language").first ?? ""))
        note(.publisher, .text(lines("publisher").first ?? ""))
        note(.genres, .list(lines("subject")))
        note(.summary, .text(named("description").first.map { MarkupText.plain($0.text) } ?? ""))
    }

    private mutating func note(_ field: MetadataField, _ value: BookMetadata.Value) {
        metadata.note(field, value, from: .epub)
    }

    private func named(_ name: String) -> [XMLElement] {
        elements.filter { $0.name == name }
    }

    private func lines(_ name: String) -> [String] {
        named(name).map(\.line).filter { !$0.isEmpty }
    }

    /// What EPUB 2 says in a `meta` with a name and a content.
    private func content(_ name: String) -> String? {
        elements.first { $0.name == "meta" && $0["name"] == name }?["content"]
    }

    /// What EPUB 3 says of an element in a `meta` that refines it.
    private func refinement(_ property: String, of element: XMLElement) -> String? {
        guard let id = element["id"] else { return nil }
        return refinements[id]?.first { $0["property"] == property }?.line.nonEmpty
    }

    private mutating func noteTitle() {
        let titles = named("title").filter { !$0.line.isEmpty }
        guard let title = titles.first(where: { refinement("title-type", of: $0) == "main" }) ?? titles.first else {
            return
        }
        note(.title, .text(title.line))
        let sorted = refinement("file-as", of: title) ?? title["file-as"] ?? content("calibre:title_sort")
        note(.sortTitle, .text(sorted ?? ""))
    }

    private mutating func notePeople() {
        var people: [MetadataField: [String]] = [:]
        for person in elements where person.name == "creator" || person.name == "contributor" {
            let role = (refinement("role", of: person) ?? person["role"])?.lowercased()
            // Contributors without a role are mostly the programs that made the file.
            guard let field = role.map({ Self.roles[$0] }) ?? (person.name == "creator" ? .writers : nil),
                let name = person.line.nonEmpty, people[field]?.contains(name) != true
            else { continue }
            people[field, default: []].append(name)
        }
        for (field, names) in people { note(field, .list(names)) }
    }

    private mutating func noteDate() {
        let dates = named("date").filter { !$0.line.isEmpty }
        let published = dates.first { $0["event"]?.lowercased().hasSuffix("publication") == true }
        guard let date = published ?? dates.first(where: { $0["event"] == nil }) else { return }
        let text = date.line
        let parts = text.prefix { $0 != "T" && $0 != " " }.split(separator: "-").prefix(3).map { Int($0) }
        guard let year = parts.first ?? nil, (0...9999).contains(year) else {
            findings.append(Finding(.metadataInvalid, "the package document's date is “\(text.prefix(40))”"))
            return
        }
        // Programs write the year 101 for “unknown”.
        guard year >= 1000 else { return }
        note(.year, .integer(year))
        guard parts.count > 1, let month = parts[1], (1...12).contains(month) else { return }
        note(.month, .integer(month))
        guard parts.count > 2, let day = parts[2], (1...31).contains(day) else { return }
        note(.day, .integer(day))
    }

    private mutating func noteSeries() {
        let collection = elements.first { element in
            element.name == "meta" && element["property"] == "belongs-to-collection"
                && (refinement("collection-type", of: element) ?? "series") == "series"
        }
        guard let series = collection?.line.nonEmpty ?? content("calibre:series") else { return }
        note(.series, .text(series))
        let position = collection.flatMap { refinement("group-position", of: $0) } ?? content("calibre:series_index")
        // calibre writes every number as a decimal.
        note(.number, .text(position.map { $0.hasSuffix(".0") ? String($0.dropLast(2)) : $0 } ?? ""))
    }

    private mutating func noteIdentifiers() {
        var others: [String] = []
        for element in named("identifier") {
            let scheme = (element["scheme"] ?? refinement("identifier-type", of: element))?.lowercased()
            let text = element.line
            let plain = text.lowercased().hasPrefix("urn:") ? String(text.dropFirst(4)) : text
            guard !plain.isEmpty else { continue }
            if scheme == nil || scheme == "isbn", let isbn = ISBN(plain) {
                note(.isbn, .text(isbn.text))
            } else if let scheme, !plain.lowercased().hasPrefix("\(scheme):") {
                others.append("\(scheme):\(plain)")
            } else {
                others.append(plain)
            }
        }
        note(.identifiers, .list(others))
    }
}
