// SPDX-License-Identifier: MIT

/// The file that a converted book had before.
package struct OriginalSummary: Codable, Equatable, Sendable {
    package var id: Int64
    package var library: String

    /// The book that was converted; null where it was forgotten since.
    @Nullable package var bookID: Int64?

    /// What it was called, relative to the library's root, and where it comes back to.
    package var path: String

    /// Where it is now, relative to the library's root.
    package var place: String

    /// What becomes of it, as the configuration said: `retain`, `keep` or `remove`.
    package var originals: String

    /// `due`, `kept`, `retained`, `removing`, `returning` or `returned`.
    package var state: String
    package var sizeBytes: Int64
    package var convertedAt: String

    /// When it is removed by itself, or null.
    @Nullable package var removeAfter: String?

    package init(
        id: Int64,
        library: String,
        bookID: Int64?,
        path: String,
        place: String,
        originals: String,
        state: String,
        sizeBytes: Int64,
        convertedAt: String,
        removeAfter: String?
    ) {
        self.id = id
        self.library = library
        self.bookID = bookID
        self.path = path
        self.place = place
        self.originals = originals
        self.state = state
        self.sizeBytes = sizeBytes
        self.convertedAt = convertedAt
        self.removeAfter = removeAfter
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case library
        case bookID = "book_id"
        case path
        case place
        case originals
        case state
        case sizeBytes = "size_bytes"
        case convertedAt = "converted_at"
        case removeAfter = "remove_after"
    }
}
