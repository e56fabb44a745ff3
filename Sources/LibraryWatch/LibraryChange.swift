// SPDX-License-Identifier: MIT
package import LibraryModel
package import SystemPackage

/// One directory that is to be listed again, with what the kernel hinted at.
///
/// Only the directory is truth. The kinds say how urgent it is, and the names which losses were seen to happen.
package struct LibraryChange: Sendable, Equatable {
    package struct Kinds: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A book was renamed into the directory, or closed by one who could write to it.
        package static let fileArrived = Kinds(rawValue: 1)

        /// A directory was made here or moved here; it has a change of its own, of the kind ``everything``.
        package static let directoryAppeared = Kinds(rawValue: 2)

        /// A book or a directory was deleted or moved away.
        package static let removed = Kinds(rawValue: 4)

        /// Anything else: a book that may be a hard link, other attributes, other rights.
        package static let other = Kinds(rawValue: 8)

        /// Nothing that was known of this directory and of any below it can be relied upon: all are to be listed.
        package static let everything = Kinds(rawValue: 16)
    }

    package let library: LibraryName

    /// Relative to the library's root, which itself is the empty path.
    package let directory: FilePath
    package let kinds: Kinds

    /// What the kernel was seen to remove; 256 names at most, and some may have come back.
    package let removed: Set<FileName>

    package init(library: LibraryName, directory: FilePath, kinds: Kinds, removed: Set<FileName> = []) {
        self.library = library
        self.directory = directory
        self.kinds = kinds
        self.removed = removed
    }
}
