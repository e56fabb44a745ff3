// SPDX-License-Identifier: MIT

/// One page of a list.
package struct Page<Item: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    package var items: [Item]
    /// What `after` takes to get the next page; null at the end of the list.
    @Nullable package var next: Int64?

    package init(items: [Item], next: Int64? = nil) {
        self.items = items
        self.next = next
    }
}
