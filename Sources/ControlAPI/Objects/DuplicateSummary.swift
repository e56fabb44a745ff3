// SPDX-License-Identifier: MIT

/// Books with the same content.
package struct DuplicateSummary: Codable, Equatable, Sendable {
    /// The lowest id among the books.
    package var id: Int64

    /// `hash` where the files are known to be the same to the last byte, else `fingerprint`: what is packed in them is
    /// the same, but for documents that describe them.
    package var match: String
    package var fingerprint: String
    package var books: [BookSummary]

    package init(id: Int64, match: String, fingerprint: String, books: [BookSummary]) {
        self.id = id
        self.match = match
        self.fingerprint = fingerprint
        self.books = books
    }
}
