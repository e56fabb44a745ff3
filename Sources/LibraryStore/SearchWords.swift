// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel

/// How exactly a word of a query has to be met.
package enum SearchMatch: String, Sendable, Comparable, CaseIterable {
    /// The word itself.
    case exact

    /// A word that begins with it.
    case prefix

    /// A word that is near it, or the two that it is made of.
    case similar

    package static func < (left: SearchMatch, right: SearchMatch) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}

/// One query as FTS5 is asked it: an expression a word, in which every word of ours is quoted.
struct SearchExpressions {
    /// The most words that one with typos is taken for.
    static let mostNeighbours = 12

    /// The most words of the vocabulary that are compared with one.
    static let mostCompared = 20_000

    let words: [String]

    /// Every word has to be met.
    var all: String { words.joined(separator: " AND ") }

    init(exactly query: SearchQuery) {
        words = query.words.map { word in
            word.script == .unspaced && word.isPrefix ? "\"\(word.text)\"*" : "\"\(word.text)\""
        }
    }

    init(prefixesOf query: SearchQuery) {
        words = query.words.map { $0.isPrefix ? "\"\($0.text)\"*" : "\"\($0.text)\"" }
    }

    /// `nil` where no word is near another.
    init?(near query: SearchQuery, in db: Database) throws {
        var isOther = false
        words = try query.words.enumerated().map { index, word in
            let itself = word.isPrefix ? "\"\(word.text)\"*" : "\"\(word.text)\""
            guard word.tolerance > 0 else { return itself }
            var others = try db.neighbours(of: word).map { "\"\($0)\"" }
            if let (left, right) = try db.division(of: word.text) { others.append("(\"\(left)\" AND \"\(right)\")") }
            if others.isEmpty { return itself }
            isOther = true
            return "(\(([itself] + others).joined(separator: " OR ")))"
        }
        if !isOther { return nil }
    }

    /// Each way to read two words that follow each other as one that is known, as `super man`.
    static func joining(_ query: SearchQuery, in db: Database) throws -> [SearchExpressions] {
        let single = SearchExpressions(prefixesOf: query).words
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM search_word WHERE word = ?")
        return try zip(query.words, query.words.dropFirst()).enumerated().compactMap { index, pair in
            guard pair.0.script == .letters, pair.1.script == .letters else { return nil }
            let word = pair.0.text + pair.1.text
            guard try Int.fetchOne(statement, arguments: [word]) != nil else { return nil }
            return SearchExpressions(words: single[..<index] + ["\"\(word)\""] + single[(index + 2)...])
        }
    }

    private init(words: some Sequence<String>) {
        self.words = Array(words)
    }
}

extension Database {
    /// The words of the vocabulary that a word may have been meant to be, the nearest first.
    ///
    /// One typo leaves one half of a word as it was, or swaps the two letters between the halves. So only words that
    /// begin or end like it are compared, not the whole vocabulary; and of two typos, those with the same two letters at
    /// one of their ends.
    func neighbours(of word: SearchQuery.Word) throws -> [String] {
        let scalars = Array(word.text.unicodeScalars)
        let limit = word.tolerance
        let part = limit == 1 ? scalars.count / 2 : 2
        let end = limit == 1 ? scalars.count - part : 2
        let candidates =
            try beginning(with: scalars.prefix(part), scalars.count, limit)
            + ending(with: scalars.suffix(end), scalars.count, limit)
            + swapped(scalars, at: part)
        var distances: [String: Int] = [:]
        let letters = EditDistance.Letters(scalars)
        for candidate in candidates where candidate != word.text {
            guard letters.mayBeNear(EditDistance.Letters(candidate.unicodeScalars), limit: limit) else { continue }
            let distance = EditDistance.between(scalars, Array(candidate.unicodeScalars), limit: limit)
            if let distance { distances[candidate] = distance }
        }
        let nearest = distances.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        // Who has one with one typo does not mean one with two.
        return nearest.filter { $0.value == nearest[0].value }.prefix(SearchExpressions.mostNeighbours).map(\.key)
    }

    private func beginning(with part: some Collection<Unicode.Scalar>, _ length: Int, _ limit: Int) throws -> [String] {
        try words("SELECT word FROM search_word WHERE word >= ?1 AND word < ?2", part, length, limit, "word")
    }

    private func ending(with part: some Collection<Unicode.Scalar>, _ length: Int, _ limit: Int) throws -> [String] {
        let sql = "SELECT word FROM search_word WHERE reversed >= ?1 AND reversed < ?2"
        return try words(sql, part.reversed(), length, limit, "reversed")
    }

    private func words(
        _ sql: String,
        _ part: some Collection<Unicode.Scalar>,
        _ length: Int,
        _ limit: Int,
        _ column: String
    ) throws -> [String] {
        let bound = String(scalars: part)
        let statement = try cachedStatement(
            sql: sql + " AND length(\(column)) BETWEEN ?3 AND ?4 LIMIT \(SearchExpressions.mostCompared)"
        )
        // Behind every word that begins so.
        return try String.fetchAll(statement, arguments: [bound, bound + "\u{10FFFF}", length - limit, length + limit])
    }

    /// The word with the two letters swapped that stand between its parts.
    private func swapped(_ scalars: [Unicode.Scalar], at part: Int) throws -> [String] {
        guard part > 0, part < scalars.count else { return [] }
        var other = scalars
        other.swapAt(part - 1, part)
        let statement = try cachedStatement(sql: "SELECT word FROM search_word WHERE word = ?")
        return try String.fetchAll(statement, arguments: [String(scalars: other)])
    }

    /// The two words of one row that a word is made of, as `spiderman` is.
    fileprivate func division(of word: String) throws -> (left: String, right: String)? {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM series_search WHERE series_search MATCH ?1)
                OR EXISTS (SELECT 1 FROM book_search WHERE book_search MATCH ?1)
            """
        let statement = try cachedStatement(sql: sql)
        let scalars = Array(word.unicodeScalars)
        // A long first part first, for short words are in many rows.
        for end in (1..<scalars.count).reversed() {
            let left = String(scalars: scalars[..<end])
            let right = String(scalars: scalars[end...])
            let both = "{title series} : (\"\(left)\" AND \"\(right)\")"
            if try Bool.fetchOne(statement, arguments: [both]) == true { return (left, right) }
        }
        return nil
    }
}
