// SPDX-License-Identifier: MIT
import GRDB
package import LibraryModel

/// A book or a series that a search found.
package struct SearchEntry: Sendable {
    package enum Subject: Sendable {
        case book(BookEntry)
        case series(SeriesEntry)
    }

    package var subject: Subject
    package var match: SearchMatch
}

extension LibraryStore {
    /// The most that one search finds; what is ranked below is not given out on any page.
    package static let mostHits = 1000

    /// Finds books and series, the best first: those that have every word, then those with words that begin so, then
    /// those with words that are near; of each, series before books and what is missing last.
    ///
    /// A word of a book may also be one of its series' folder. What is ignored, and what belongs to a library that is
    /// not in the configuration, is not found. Of words that thousands of books have, the first ``SearchFinder/mostRanked``
    /// books are ranked, so that an answer takes its few milliseconds whatever is asked.
    package func search(
        _ query: SearchQuery,
        in library: LibraryName? = nil,
        after: Int = 0,
        limit: Int = 100
    ) async throws -> [SearchEntry] {
        try await pool.read { db in
            let wanted = min(after + limit, LibraryStore.mostHits)
            var finder = SearchFinder(db, query, library, wanted: wanted)
            let found = try finder.find().prefix(wanted).dropFirst(after)
            let books = try db.books(
                where: "book.id IN (SELECT value FROM json_each(?))",
                [JSONText.encode(found.filter { !$0.isSeries }.map(\.id))]
            )
            let bookOf = Dictionary(uniqueKeysWithValues: books.map { ($0.id, $0) })
            let series = try db.series(found.filter(\.isSeries).map(\.id))
            let seriesOf = Dictionary(uniqueKeysWithValues: series.map { ($0.id, $0) })
            return found.compactMap { hit in
                let subject: SearchEntry.Subject? =
                    hit.isSeries ? seriesOf[hit.id].map { .series($0) } : bookOf[hit.id].map { .book($0) }
                return subject.map { SearchEntry(subject: $0, match: hit.match) }
            }
        }
    }
}

extension Database {
    /// Series by their ids, in any order.
    fileprivate func series(_ ids: [Int64]) throws -> [SeriesEntry] {
        let sql = Database.seriesColumns + "WHERE series.id IN (SELECT value FROM json_each(?)) GROUP BY series.id"
        return try Row.fetchAll(self, sql: sql, arguments: [JSONText.encode(ids)]).compactMap { try series($0) }
    }
}
