// SPDX-License-Identifier: MIT

/// Something wrong that a person may want to mend.
package struct ProblemSummary: Codable, Equatable, Sendable {
    package var id: Int64
    /// Such as `archive_truncated`.
    package var problemClass: String
    package var severity: String
    @Nullable package var library: String?
    /// Relative to the library's root.
    @Nullable package var path: String?
    @Nullable package var bookID: Int64?
    package var detail: String
    @Nullable package var hint: String?
    package var firstSeen: String
    package var lastSeen: String
    package var occurrences: Int
    @Nullable package var job: Int64?

    package init(
        id: Int64,
        problemClass: String,
        severity: String,
        library: String? = nil,
        path: String? = nil,
        bookID: Int64? = nil,
        detail: String,
        hint: String? = nil,
        firstSeen: String,
        lastSeen: String,
        occurrences: Int,
        job: Int64? = nil
    ) {
        self.id = id
        self.problemClass = problemClass
        self.severity = severity
        self.library = library
        self.path = path
        self.bookID = bookID
        self.detail = detail
        self.hint = hint
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.occurrences = occurrences
        self.job = job
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case problemClass = "class"
        case severity
        case library
        case path
        case bookID = "book_id"
        case detail
        case hint
        case firstSeen = "first_seen"
        case lastSeen = "last_seen"
        case occurrences
        case job
    }
}
