// SPDX-License-Identifier: MIT
import LibraryModel

/// The facts of a `MetronInfo.xml`, as the Metron Project describes its version 1.0, and its drafts.
struct MetronInfo {
    private var facts = FactCollector(.metroninfo, "MetronInfo.xml")
    private let elements: [XMLElement]

    var metadata: BookMetadata { facts.metadata }
    var findings: [Finding] { facts.findings }

    private static let lists: [(field: MetadataField, list: String, item: String)] = [
        (.genres, "Genres", "Genre"), (.tags, "Tags", "Tag"), (.characters, "Characters", "Character"),
        (.teams, "Teams", "Team"), (.locations, "Locations", "Location"),
    ]

    init(_ bytes: [UInt8]) throws(Finding) {
        let document = try XMLDocument(bytes, name: "MetronInfo.xml")
        elements = document.root.descendants
        facts.note(flaw: document.flaw)
        noteSeries()
        noteTitle()
        notePublisher()
        noteNumbers()
        for (field, list, item) in Self.lists {
            let container = element(list)
            // A reprint or an arc has names too, but no such elements.
            facts.note(field, (container?.children ?? []).lazy.filter { $0.name == item }.map(\.line))
        }
        facts.note(.storyArcs, children("Arcs", "Arc").map { $0.child("Name")?.line ?? $0.line })
        noteLinks()
        noteCredits()
        facts.note(.summary, element("Summary")?.text, label: "Summary")
        facts.note(.notes, element("Notes")?.text, label: "Notes")
        facts.note(.ageRating, element("AgeRating")?.line, label: "AgeRating")
    }

    /// The first element of this name.
    private func element(_ name: String) -> XMLElement? {
        elements.first { $0.name == name }
    }

    private func children(_ list: String, _ item: String) -> [XMLElement] {
        element(list)?.children(named: item) ?? []
    }

    private mutating func noteSeries() {
        guard let series = element("Series") else { return }
        facts.note(.series, series.child("Name")?.line, label: "Name")
        facts.note(.format, (series.child("Format") ?? series.child("Type"))?.line, label: "Format")
        facts.note(.language, series["lang"], label: "lang")
        facts.note(.volume, element("MangaVolume").flatMap { Self.volume($0.line) }, label: "MangaVolume")
        // In the drafts the volume stood beside the series.
        facts.note(.volume, (series.child("Volume") ?? element("Volume"))?.line, label: "Volume")
        facts.note(.volume, series.child("StartYear")?.line, label: "StartYear")
        facts.note(.count, (series.child("IssueCount") ?? series.child("VolumeCount"))?.line, label: "IssueCount")
    }

    /// What is one volume and no range of them.
    private static func volume(_ written: String) -> String? {
        WrittenNumber.integer(written).map { _ in written }
    }

    private mutating func noteTitle() {
        let stories = children("Stories", "Story").map(\.line).filter { !$0.isEmpty }
        facts.note(.title, element("CollectionTitle")?.line, label: "CollectionTitle")
        facts.note(.title, NameList.distinct(stories).joined(separator: "; "), label: "Story")
    }

    private mutating func notePublisher() {
        guard let publisher = element("Publisher") else { return }
        facts.note(.publisher, publisher.child("Name")?.line ?? publisher.line, label: "Publisher")
        facts.note(.imprint, publisher.child("Imprint")?.line, label: "Imprint")
    }

    private mutating func noteNumbers() {
        let number = elements.first { $0.name == "Number" && $0.parentName != "Arc" }
        facts.note(.number, number?.line, label: "Number")
        facts.note(.pageCount, element("PageCount")?.line, label: "PageCount")
        facts.note(date: element("CoverDate")?.line, label: "CoverDate")
        facts.note(date: element("StoreDate")?.line, label: "StoreDate")
        facts.note(.communityRating, element("AverageRating")?.line, label: "AverageRating")
        let trade = element("GTIN")
        facts.note(.isbn, trade?.child("ISBN")?.line, label: "ISBN")
        let codes = trade?.child("UPC")?.line.nonEmpty.map { ["upc:\($0)"] } ?? []
        let ids = (children("IDS", "ID") + (element("IDS") == nil ? [element("ID")].compactMap { $0 } : [])).filter {
            !$0.line.isEmpty
        }
        facts.note(
            .identifiers,
            primaryFirst(ids).map { "\(($0["source"] ?? "id").lowercased().filter { !$0.isWhitespace }):\($0.line)" }
                + codes
        )
    }

    private mutating func noteLinks() {
        let links = children("URLs", "URL") + (element("URLs") == nil ? [element("URL")].compactMap { $0 } : [])
        facts.note(.links, primaryFirst(links).map(\.line).joined(separator: " "), label: "URL")
    }

    private func primaryFirst(_ elements: [XMLElement]) -> [XMLElement] {
        let isPrimary = { (element: XMLElement) in element["primary"]?.lowercased() == "true" }
        return elements.filter(isPrimary) + elements.filter { !isPrimary($0) }
    }

    private mutating func noteCredits() {
        var names = CreditRole.Names()
        for credit in elements where credit.name == "Credit" {
            guard let name = credit.child("Creator")?.line.nonEmpty else { continue }
            for role in credit.child("Roles")?.children(named: "Role") ?? [] {
                names.add(name, to: CreditRole.fields(role.line))
            }
        }
        facts.note(names)
    }
}
