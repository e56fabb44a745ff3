// SPDX-License-Identifier: MIT

/// What a search found: a book or a series, the best first.
package struct SearchHit: Codable, Equatable, Sendable {
    /// `book` or `series`; the member of that name is there, and the other is null.
    package var kind: String
    /// `exact` where every word is there, `prefix` where one only begins so, `similar` where one is only near it.
    package var match: String
    @Nullable package var book: BookSummary?
    @Nullable package var series: SeriesSummary?

    package init(kind: String, match: String, book: BookSummary? = nil, series: SeriesSummary? = nil) {
        self.kind = kind
        self.match = match
        self.book = book
        self.series = series
    }
}
