// SPDX-License-Identifier: MIT
import ControlAPI

extension FactSheet {
    /// The facts that a book tells of itself, in the order in which a person asks for them.
    mutating func add(_ metadata: MetadataSummary) {
        add("title", metadata.title)
        add("series", metadata.series)
        add("number", metadata.number)
        add("count", metadata.count)
        add("volume", metadata.volume)
        add("date", MetadataDate.text(metadata))
        addPeople(metadata)
        add("publisher", metadata.publisher)
        add("imprint", metadata.imprint)
        add("language", metadata.language)
        add("genres", metadata.genres)
        add("tags", metadata.tags)
        add("characters", metadata.characters)
        add("teams", metadata.teams)
        add("locations", metadata.locations)
        add("story arcs", metadata.storyArcs)
        add("age rating", metadata.ageRating)
        add("manga", metadata.manga)
        add("edition", metadata.format)
        add("rating", metadata.communityRating.map { "\($0)" })
        add("isbn", metadata.isbn)
        add("identifiers", metadata.identifiers)
        add("links", metadata.links)
        add("summary", metadata.summary)
        add("notes", metadata.notes)
        add("sources", Set(metadata.sources.values).sorted())
    }

    private mutating func addPeople(_ metadata: MetadataSummary) {
        add("writers", metadata.writers)
        add("pencillers", metadata.pencillers)
        add("inkers", metadata.inkers)
        add("colorists", metadata.colorists)
        add("letterers", metadata.letterers)
        add("cover artists", metadata.coverArtists)
        add("editors", metadata.editors)
        add("translators", metadata.translators)
    }
}

/// A date of which any part may be unknown.
enum MetadataDate {
    static func text(_ metadata: MetadataSummary) -> String? {
        guard let year = metadata.year else { return nil }
        guard let month = metadata.month else { return "\(year)" }
        let parts = [month] + [metadata.day].compactMap { $0 }
        return ([String(year)] + parts.map(Quantity.twoDigits)).joined(separator: "-")
    }
}
