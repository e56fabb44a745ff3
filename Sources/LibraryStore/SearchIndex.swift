// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel

/// Makes the words of books and series whose rows were changed.
extension Database {
    /// The most rows that one transaction gives words to beside its own; 30 ms.
    static let searchLimit = 1000

    /// Makes what is due, `limit` rows at most; `known` is the metadata of books that need not be read again.
    ///
    /// - Returns: how many rows that were.
    @discardableResult
    func indexWhatIsDue(limit: Int, known: [Int64: BookMetadata] = [:]) throws -> Int {
        let due = try Int64.fetchAll(
            cachedStatement(sql: "SELECT id FROM search_due ORDER BY id LIMIT ?"),
            arguments: [limit]
        )
        guard let first = due.first, let last = due.last else { return 0 }
        var words: Set<String> = []
        for id in due {
            let text = try id > 0 ? bookText(id, known[id]) : seriesText(-id)
            let columns = text.map { text in
                id > 0
                    ? [text.title, text.series, text.name, text.people, text.tags]
                    : [text.title, text.series, text.people, text.tags]
            }
            try index(columns, at: id)
            words.formUnion(text?.words ?? [])
        }
        try note(words)
        try cachedStatement(sql: "DELETE FROM search_due WHERE id BETWEEN ? AND ?").execute(arguments: [first, last])
        return due.count
    }

    private func bookText(_ id: Int64, _ known: BookMetadata?) throws -> BookText? {
        let row = try Row.fetchOne(
            cachedStatement(sql: "SELECT name, document FROM book LEFT JOIN metadata ON book_id = id WHERE id = ?"),
            arguments: [id]
        )
        guard let row else { return nil }
        let name = AsideName.original(of: FileName(bytes: [UInt8](row[0] as Data)), id: id)
        let document: String? = known == nil ? row[1] : nil
        let metadata = try known ?? document.map(MetadataDocument.metadata(in:))
        return BookText(name: name, metadata: metadata ?? BookMetadata())
    }

    private func seriesText(_ id: Int64) throws -> BookText? {
        let row = try Row.fetchOne(
            cachedStatement(
                sql: """
                    SELECT series.name, series_document FROM series JOIN directory ON directory.id = directory_id
                    WHERE series.id = ?
                    """
            ),
            arguments: [id]
        )
        guard let row else { return nil }
        let metadata = try (row[1] as String?).map(MetadataDocument.metadata(in:))
        return BookText(series: row[0], metadata: metadata ?? BookMetadata())
    }

    /// Writes a row's words where they are others than before; `nil` for what is gone.
    private func index(_ columns: [String]?, at id: Int64) throws {
        let (table, names) =
            id > 0
            ? ("book_search", "title, series, name, people, tags") : ("series_search", "title, series, people, tags")
        let rowid = abs(id)
        let old = try Row.fetchOne(
            cachedStatement(sql: "SELECT \(names) FROM \(table) WHERE rowid = ?"),
            arguments: [rowid]
        )
        if let old {
            if let columns, columns.indices.allSatisfy({ (old[$0] as String?) ?? "" == columns[$0] }) { return }
            try cachedStatement(sql: "DELETE FROM \(table) WHERE rowid = ?").execute(arguments: [rowid])
        }
        guard let columns else { return }
        let marks = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
        try cachedStatement(sql: "INSERT INTO \(table) (rowid, \(names)) VALUES (\(marks))")
            .execute(arguments: [rowid] + StatementArguments(columns))
    }

    /// Keeps the words that somebody may write wrongly.
    private func note(_ words: Set<String>) throws {
        let insert = try cachedStatement(sql: "INSERT OR IGNORE INTO search_word VALUES (?, ?)")
        for word in words.sorted() where SearchQuery.Word(word, .letters, isPrefix: false).tolerance > 0 {
            guard word.unicodeScalars.allSatisfy({ !("0"..."9").contains($0) }) else { continue }
            try insert.execute(arguments: [word, String(scalars: word.unicodeScalars.reversed())])
        }
    }
}

extension LibraryStore {
    /// Gives words to whatever has none yet, after a migration; a cancelled task stops it between two parts.
    ///
    /// - Returns: how many rows that were.
    @discardableResult
    package func fillSearch() async throws -> Int {
        var sum = 0
        while true {
            try Task.checkCancellation()
            let count = try await writeUntold { try $0.indexWhatIsDue(limit: Database.searchLimit) }
            if count == 0 { return sum }
            sum += count
        }
    }
}
