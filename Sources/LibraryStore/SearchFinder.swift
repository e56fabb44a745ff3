// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel

/// Finds the ids of what a query means, in steps, each less exact than the one before, until there is enough.
struct SearchFinder {
    /// The most books that are ranked for one expression, and the most series that are looked at.
    static let mostRanked = 3000

    /// The most books that are looked at for words that their series does not have.
    static let mostInSeries = 50_000

    struct Found {
        var id: Int64
        var isSeries: Bool
        var match: SearchMatch
    }

    private struct Key: Hashable {
        var id: Int64
        var isSeries: Bool
    }

    private let db: Database
    private let query: SearchQuery
    private let library: LibraryName?
    private let wanted: Int
    private var hits: [Found] = []
    private var seen: Set<Key> = []

    init(_ db: Database, _ query: SearchQuery, _ library: LibraryName?, wanted: Int) {
        self.db = db
        self.query = query
        self.library = library
        self.wanted = wanted
    }

    mutating func find() throws -> [Found] {
        let exactly = SearchExpressions(exactly: query)
        try look(for: exactly, .exact)
        let prefixes = SearchExpressions(prefixesOf: query)
        if hits.count < wanted, prefixes.words != exactly.words { try look(for: prefixes, .prefix) }
        // Whoever wrote it rightly is not told of what is nearly so.
        if hits.isEmpty, let near = try SearchExpressions(near: query, in: db) { try look(for: near, .similar) }
        for joined in try hits.isEmpty ? SearchExpressions.joining(query, in: db) : [] {
            try look(for: joined, .similar)
        }
        return hits
    }

    private mutating func look(for expressions: SearchExpressions, _ match: SearchMatch) throws {
        let series = try rankedSeries(expressions.all)
        add(series, isSeries: true, match)
        if hits.count < wanted { add(try rankedBooks(expressions.all, match), isSeries: false, match) }
        if hits.count < wanted, expressions.words.count > 1 {
            add(try booksThroughSeries(expressions), isSeries: false, match)
        }
        if hits.count < wanted { add(try books(of: series), isSeries: false, match) }
    }

    private mutating func add(_ ids: [Int64], isSeries: Bool, _ match: SearchMatch) {
        for id in ids where seen.insert(Key(id: id, isSeries: isSeries)).inserted {
            hits.append(Found(id: id, isSeries: isSeries, match: match))
        }
    }

    private static let isShown = "(SELECT id FROM library WHERE retired_at IS NULL AND (?2 IS NULL OR name = ?2))"

    private func rankedSeries(_ expression: String) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, bm25(series_search, 10, 8, 3, 2), missing_since IS NOT NULL
                FROM series_search CROSS JOIN series ON series.id = series_search.rowid
                WHERE series_search MATCH ?1 AND library_id IN \(SearchFinder.isShown)
                    AND (missing_since IS NULL OR EXISTS (
                        SELECT 1 FROM book WHERE series_id = series.id AND is_ignored = 0))
                LIMIT \(SearchFinder.mostRanked)
                """
        )
        return try ranked(statement, expression).map(\.id)
    }

    private func rankedBooks(_ expression: String, _ match: SearchMatch) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id, bm25(book_search, 10, 6, 5, 3, 2), missing_since IS NOT NULL
                FROM book_search CROSS JOIN book ON book.id = book_search.rowid
                WHERE book_search MATCH ?1 AND library_id IN \(SearchFinder.isShown) AND is_ignored = 0
                LIMIT \(SearchFinder.mostRanked)
                """
        )
        let rows = try ranked(statement, expression)
        let present = rows.prefix { !$0.isMissing }.prefix(200).map(\.id)
        return (match == .exact ? try titledSo(present) : []) + rows.map(\.id)
    }

    /// What is there before what is missing, the best first.
    private func ranked(
        _ statement: Statement,
        _ expression: String
    ) throws -> [(isMissing: Bool, rank: Double, id: Int64)] {
        var rows: [(isMissing: Bool, rank: Double, id: Int64)] = []
        let cursor = try Row.fetchCursor(statement, arguments: [expression, library?.text])
        while let row = try cursor.next() { rows.append((row[2], row[1], row[0])) }
        rows.sort { ($0.isMissing ? 1 : 0, $0.rank, $0.id) < ($1.isMissing ? 1 : 0, $1.rank, $1.id) }
        return Array(rows.prefix(LibraryStore.mostHits))
    }

    /// Those whose title is the query and nothing else.
    private func titledSo(_ ids: some Sequence<Int64>) throws -> [Int64] {
        let title = try db.cachedStatement(sql: "SELECT title FROM book_search WHERE rowid = ?")
        let words = query.words.map(\.text)
        return try ids.filter { id in
            let text = try String.fetchOne(title, arguments: [id]) ?? ""
            return words == text.split(separator: " ").map(String.init)
        }
    }

    /// Books of which some words are their series' and the others their own.
    private func booksThroughSeries(_ expressions: SearchExpressions) throws -> [Int64] {
        var masks: [Int64: Int] = [:]
        let statement = try db.cachedStatement(
            sql: "SELECT rowid FROM series_search WHERE series_search MATCH ? LIMIT \(SearchFinder.mostRanked)"
        )
        for (index, expression) in expressions.words.enumerated() {
            for id in try Int64.fetchAll(statement, arguments: [expression]) { masks[id, default: 0] |= 1 << index }
        }
        let all = 1 << expressions.words.count - 1
        let groups = Dictionary(grouping: masks.keys.filter { masks[$0] != all }) { masks[$0] ?? 0 }
        var found: [Int64] = []
        // Series that have most of the words first; and not more ways to read a query than are likely to be meant.
        let order = groups.keys.sorted { ($0.nonzeroBitCount, -$0) > ($1.nonzeroBitCount, -$1) }
        for mask in order.prefix(8) where hits.count + found.count < wanted {
            let rest = expressions.words.enumerated().filter { mask & 1 << $0.offset == 0 }.map(\.element)
            found += try books(of: (groups[mask] ?? []).sorted(), matching: rest.joined(separator: " AND "))
        }
        return found
    }

    /// Goes from the books to their series where few have the rest, and else from the series to their books.
    private func books(of series: [Int64], matching rest: String) throws -> [Int64] {
        let few = try Int64.fetchAll(
            db.cachedStatement(
                sql: "SELECT rowid FROM book_search WHERE book_search MATCH ? LIMIT \(SearchFinder.mostRanked + 1)"
            ),
            arguments: [rest]
        )
        if few.isEmpty { return [] }
        let isFew = few.count <= SearchFinder.mostRanked
        // The plus has SQLite look each book up among the rest, and not look for all of the rest in each series.
        let way =
            isFew
            ? """
            json_each(?1) CROSS JOIN book ON book.id = value WHERE series_id IN (SELECT value FROM json_each(?3))
            """
            : """
            json_each(?3) CROSS JOIN book ON book.series_id = value WHERE +book.id IN (
                SELECT rowid FROM book_search WHERE book_search MATCH ?1 LIMIT \(SearchFinder.mostInSeries))
            """
        let statement = try db.cachedStatement(
            sql: """
                SELECT book.id FROM \(way) AND is_ignored = 0 AND library_id IN \(SearchFinder.isShown)
                ORDER BY missing_since IS NOT NULL, book.id LIMIT \(LibraryStore.mostHits)
                """
        )
        let source = isFew ? try JSONText.encode(few) : rest
        return try Int64.fetchAll(statement, arguments: [source, library?.text, JSONText.encode(series)])
    }

    /// The books of the series that have all the words, a series after the other.
    private func books(of series: [Int64]) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id FROM book WHERE series_id = ? AND is_ignored = 0
                ORDER BY missing_since IS NOT NULL, id LIMIT \(LibraryStore.mostHits)
                """
        )
        var found: [Int64] = []
        for id in series.prefix(LibraryStore.mostHits) where found.count < wanted {
            found += try Int64.fetchAll(statement, arguments: [id])
        }
        return found
    }
}
