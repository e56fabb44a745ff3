// SPDX-License-Identifier: MIT

/// A directory that is a series.
package struct SeriesSummary: Codable, Equatable, Sendable {
    package var id: Int64
    package var library: String
    package var name: String
    /// Relative to the library's root; empty where the root itself is the series.
    package var path: String
    /// `ready` or `missing`.
    package var state: String
    package var books: Int
    package var missing: Int
    @Nullable package var missingSince: String?
    @Nullable package var metadata: MetadataSummary?

    package init(
        id: Int64,
        library: String,
        name: String,
        path: String,
        state: String,
        books: Int,
        missing: Int,
        missingSince: String? = nil,
        metadata: MetadataSummary? = nil
    ) {
        self.id = id
        self.library = library
        self.name = name
        self.path = path
        self.state = state
        self.books = books
        self.missing = missing
        self.missingSince = missingSince
        self.metadata = metadata
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case library
        case name
        case path
        case state
        case books
        case missing
        case missingSince = "missing_since"
        case metadata
    }
}
