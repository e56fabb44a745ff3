// SPDX-License-Identifier: MIT

/// One directory of a library's tree as the catalog holds it, for the watcher to start from.
package struct StoredDirectory: Hashable, Sendable {
    package var id: Int64

    /// `nil` for the library's root.
    package var parent: Int64?

    /// Empty for the root.
    package var name: FileName

    /// The stamp up to which everything in the directory is in the catalog; `nil` where something is still to be done.
    package var stamp: DirectoryStamp?

    /// What was listed when the stamp was taken.
    package var digest: ListingDigest?

    package init(id: Int64, parent: Int64?, name: FileName, stamp: DirectoryStamp?, digest: ListingDigest?) {
        self.id = id
        self.parent = parent
        self.name = name
        self.stamp = stamp
        self.digest = digest
    }
}
