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
    @Nullable package var metadata: MetadataSummary?

    package init(
        id: Int64,
        library: String,
        name: String,
        path: String,
        state: String,
        books: Int,
        missing: Int,
        metadata: MetadataSummary? = nil
    ) {
        self.id = id
        self.library = library
        self.name = name
        self.path = path
        self.state = state
        self.books = books
        self.missing = missing
        self.metadata = metadata
    }
}
