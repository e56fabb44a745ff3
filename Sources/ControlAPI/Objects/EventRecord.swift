// SPDX-License-Identifier: MIT

/// Something that happened, in the order in which it was committed.
package struct EventRecord: Codable, Equatable, Sendable {
    /// What `since` takes; null for `job.progress`, which is not kept.
    @Nullable package var id: Int64?
    package var at: String
    /// Such as `book.added`.
    package var type: String
    @Nullable package var library: String?
    @Nullable package var job: Int64?
    package var data: JSONValue

    package init(
        id: Int64? = nil,
        at: String,
        type: String,
        library: String? = nil,
        job: Int64? = nil,
        data: JSONValue
    ) {
        self.id = id
        self.at = at
        self.type = type
        self.library = library
        self.job = job
        self.data = data
    }
}
