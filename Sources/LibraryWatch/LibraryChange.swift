// SPDX-License-Identifier: MIT
package import LibraryModel
package import SystemPackage

/// One directory that is to be listed again, with what the kernel hinted at.
///
/// Only the directory is truth. The kinds say how urgent it is, and the removals how many losses were seen to happen.
package struct LibraryChange: Sendable, Equatable {
    package struct Kinds: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A book was renamed into the directory, or closed by one who could write to it.
        package static let fileArrived = Kinds(rawValue: 1)

        /// A directory was made here or moved here; it has a change of its own.
        package static let directoryAppeared = Kinds(rawValue: 2)

        /// A book or a directory was deleted or moved away.
        package static let removed = Kinds(rawValue: 4)

        /// Anything else: other attributes, other rights.
        package static let other = Kinds(rawValue: 8)

        /// Nothing that was known of this directory and of any below it can be relied upon: all are to be listed.
        package static let everything = Kinds(rawValue: 16)

        /// A look at the disk found a difference that no event had told of.
        package static let found = Kinds(rawValue: 64)

        /// A book's name appeared that nobody has closed yet: a hard link, or a copy that has just begun.
        package static let fileCreated = Kinds(rawValue: 32)
    }

    package let library: LibraryName

    /// Relative to the library's root, which itself is the empty path.
    package let directory: FilePath
    package let kinds: Kinds

    /// How many books and directories the kernel was seen to remove here, and below directories that are gone.
    package let removals: Removals

    package init(library: LibraryName, directory: FilePath, kinds: Kinds, removals: Removals = .none) {
        self.library = library
        self.directory = directory
        self.kinds = kinds
        self.removals = removals
    }
}

/// Everything that watching has to tell since it was last asked.
package struct WatchNews: Sendable {
    package var changes: [LibraryChange] = []

    /// The libraries whose root or mounts are not what they were: whether their disk is there is to be found out anew.
    package var doubts: Set<LibraryName> = []

    /// Whether the kernel dropped events, so that all libraries are to be verified.
    package var hasOverflowed = false
}
