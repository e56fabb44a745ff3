// SPDX-License-Identifier: MIT

/// One fact that a book tells of itself; the raw value is its name in the API.
package enum MetadataField: String, CaseIterable, Sendable, Codable, CodingKeyRepresentable {
    case title
    case sortTitle = "sort_title"
    case series
    case number
    case count
    case volume
    case summary
    case notes
    case year
    case month
    case day
    case writers
    case pencillers
    case inkers
    case colorists
    case letterers
    case coverArtists = "cover_artists"
    case editors
    case translators
    case publisher
    case imprint
    case genres
    case tags
    case characters
    case teams
    case locations
    case storyArcs = "story_arcs"
    case language
    case ageRating = "age_rating"
    case manga
    case format
    case isbn
    case identifiers
    case links
    case communityRating = "community_rating"
    case pageCount = "page_count"

    /// What a field's value is made of.
    package enum Shape: Sendable {
        case text
        case list
        case integer
        case decimal
    }

    package var shape: Shape {
        switch self {
        case .title, .sortTitle, .series, .number, .summary, .notes, .publisher, .imprint, .language, .ageRating,
            .manga, .format, .isbn:
            .text
        case .writers, .pencillers, .inkers, .colorists, .letterers, .coverArtists, .editors, .translators, .genres,
            .tags, .characters, .teams, .locations, .storyArcs, .identifiers, .links:
            .list
        case .count, .volume, .year, .month, .day, .pageCount: .integer
        case .communityRating: .decimal
        }
    }
}

/// Where a fact was found, in the order of trust.
package enum MetadataSource: String, CaseIterable, Comparable, Sendable, Codable {
    case comicinfo
    case metroninfo
    case comicbookinfo

    /// The package document within an EPUB.
    case epub

    /// A package document beside the book, as calibre writes them.
    case opf

    case pdf

    /// Mylar's `series.json` in the book's folder.
    case seriesJSON = "series_json"

    /// The name of the file, or of its folder.
    case filename

    /// The more trusted one comes first.
    package static func < (left: MetadataSource, right: MetadataSource) -> Bool { left.rank < right.rank }

    private var rank: Int { MetadataSource.allCases.firstIndex(of: self) ?? 0 }
}

/// The facts of one book, each with its source.
///
/// A field is set once: sources are read in the order of trust, and what a better one said is not overwritten.
package struct BookMetadata: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case text(String)
        case list([String])
        case integer(Int)
        case decimal(Double)
    }

    package struct Fact: Equatable, Sendable {
        package var value: Value
        package var source: MetadataSource

        package init(value: Value, source: MetadataSource) {
            self.value = value
            self.source = source
        }
    }

    package private(set) var facts: [MetadataField: Fact] = [:]

    package init() {}

    package var isEmpty: Bool { facts.isEmpty }

    /// Keeps a fact, unless the field already has one, the value is empty, or it is not of the field's shape.
    package mutating func note(_ field: MetadataField, _ value: Value, from source: MetadataSource) {
        guard facts[field] == nil, value.fits(field.shape), !value.isEmpty else { return }
        facts[field] = Fact(value: value, source: source)
    }

    /// Takes over every fact of `other` whose field has none yet, or one from a source that is trusted less.
    package mutating func complete(with other: BookMetadata) {
        facts.merge(other.facts) { own, other in other.source < own.source ? other : own }
    }

    /// Forgets what a source said, and what was made of it.
    package mutating func forget(_ source: MetadataSource) {
        facts = facts.filter { $0.value.source != source }
    }

    package func text(_ field: MetadataField) -> String? {
        guard case .text(let value)? = facts[field]?.value else { return nil }
        return value
    }

    package func list(_ field: MetadataField) -> [String] {
        guard case .list(let value)? = facts[field]?.value else { return [] }
        return value
    }

    package func integer(_ field: MetadataField) -> Int? {
        guard case .integer(let value)? = facts[field]?.value else { return nil }
        return value
    }

    package func decimal(_ field: MetadataField) -> Double? {
        guard case .decimal(let value)? = facts[field]?.value else { return nil }
        return value
    }

    /// ``MetadataField/number`` as a figure to sort by: the leading decimal number of `1.5`, `12a`, `-1`, `1-2`.
    package var numberForSorting: Double? {
        // Short, because the text comes from a book and every beginning of it is tried.
        var figure = (text(.number) ?? "").prefix(24).prefix { "0123456789.-".contains($0) }
        while !figure.isEmpty, Double(figure) == nil { figure.removeLast() }
        return Double(figure)
    }
}

extension BookMetadata.Value {
    package var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .list(let list): list.isEmpty
        case .integer: false
        // Neither JSON nor a person has a word for what is not finite.
        case .decimal(let decimal): !decimal.isFinite
        }
    }

    fileprivate func fits(_ shape: MetadataField.Shape) -> Bool {
        switch (self, shape) {
        case (.text, .text), (.list, .list), (.integer, .integer), (.decimal, .decimal): true
        default: false
        }
    }
}
