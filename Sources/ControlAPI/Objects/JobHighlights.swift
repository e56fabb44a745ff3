// SPDX-License-Identifier: MIT

/// The first paths that a job changed, of each kind of change at most ``limit``.
package struct JobHighlights: Codable, Equatable, Sendable {
    /// The most that is told of one kind.
    package static let limit = 10

    package var added: [String]
    package var updated: [String]
    /// Where they are now.
    package var moved: [String]
    package var missing: [String]
    package var restored: [String]
    package var failed: [String]

    package init(
        added: [String] = [],
        updated: [String] = [],
        moved: [String] = [],
        missing: [String] = [],
        restored: [String] = [],
        failed: [String] = []
    ) {
        self.added = added
        self.updated = updated
        self.moved = moved
        self.missing = missing
        self.restored = restored
        self.failed = failed
    }

    package var isEmpty: Bool {
        self == JobHighlights()
    }
}
