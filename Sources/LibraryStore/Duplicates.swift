// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel

/// Present books with the same content, wherever they are, in the order of their ids.
package struct DuplicateEntry: Sendable {
    package var fingerprint: Fingerprint
    package var books: [BookEntry]

    /// Whether the hashes of the whole files say so, too.
    package var areFilesEqual: Bool {
        guard let hash = books.first?.hash else { return false }
        return books.allSatisfy { $0.hash == hash }
    }
}

extension LibraryStore {
    /// The most books that one group shows.
    package static let duplicateLimit = 100

    /// Groups of books whose fingerprints are equal, ordered by the lowest id in each, of which `after` is the last that
    /// was seen.
    package func duplicates(after: Int64, limit: Int) async throws -> [DuplicateEntry] {
        try await pool.read { db in
            let groups = try Data.fetchAll(
                db,
                sql: """
                    SELECT fingerprint FROM book
                    WHERE missing_since IS NULL AND fingerprint IS NOT NULL AND \(Database.isConfigured)
                    GROUP BY fingerprint HAVING count(*) > 1 AND min(id) > ? ORDER BY min(id) LIMIT ?
                    """,
                arguments: [after, limit]
            )
            return try groups.compactMap { fingerprint in
                guard let known = Fingerprint(bytes: [UInt8](fingerprint)) else { return nil }
                let books = try db.books(
                    where: """
                        fingerprint = ? AND book.missing_since IS NULL AND library.retired_at IS NULL
                        ORDER BY book.id LIMIT ?
                        """,
                    [fingerprint, LibraryStore.duplicateLimit]
                )
                return DuplicateEntry(fingerprint: known, books: books)
            }
        }
    }
}
