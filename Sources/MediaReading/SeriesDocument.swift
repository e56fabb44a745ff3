// SPDX-License-Identifier: MIT
package import LibraryModel

/// The facts of a `series.json`, as Mylar writes it beside the books of a series.
package struct SeriesDocument {
    /// What it says of the series, whose name is the title.
    package let series: BookMetadata

    /// What it says of each book in the series.
    package let book: BookMetadata

    package let findings: [Finding]

    private static let name = "series.json"

    /// Throws a ``ProblemClass/metadataInvalid`` where nothing at all can be read.
    package init(_ bytes: [UInt8]) throws(Finding) {
        let document = try JSONDocument(bytes, name: Self.name)
        let object = Self.object(in: document.root)
        var facts = FactCollector(.seriesJSON, Self.name)
        facts.note(flaw: document.flaw)
        Self.note(object, Self.ofSeries, in: &facts)
        if let id = (object["comicid"] ?? object["cid"])?.written { facts.note(.identifiers, ["comicvine:\(id)"]) }
        series = facts.metadata
        findings = facts.findings
        var ofBook = FactCollector(.seriesJSON, Self.name)
        Self.note(object, Self.ofBook, in: &ofBook)
        book = ofBook.metadata
    }

    /// Texts with markup come last, for they are the same again.
    private static let ofSeries: [(name: String, field: MetadataField)] = [
        ("name", .title), ("name", .series), ("year", .year), ("volume", .volume), ("publisher", .publisher),
        ("imprint", .imprint), ("booktype", .format), ("description_text", .summary),
        ("description_formatted", .summary), ("description", .summary), ("total_issues", .count),
        ("age_rating", .ageRating), ("language", .language), ("tags", .tags), ("genres", .genres),
    ]

    private static let ofBook: [(name: String, field: MetadataField)] = [
        ("name", .series), ("volume", .volume), ("publisher", .publisher), ("imprint", .imprint),
        ("total_issues", .count), ("age_rating", .ageRating), ("language", .language),
    ]

    private static func note(_ object: JSONValue, _ fields: [(String, MetadataField)], in facts: inout FactCollector) {
        for (name, field) in fields where facts.metadata.facts[field] == nil {
            let written = object[name]?.items.compactMap(\.written).joined(separator: ", ")
            // Mylar writes words for what it does not know.
            guard let written, !["none", "null"].contains(written.folded) else { continue }
            facts.note(field, written, label: name)
        }
    }

    /// The object with the facts: under `metadata`, in older files in a list there, or the document itself.
    private static func object(in root: JSONValue) -> JSONValue {
        let metadata = root["metadata"] ?? root.items.first?["metadata"]
        return metadata?.items.first ?? root.items.first ?? root
    }
}
