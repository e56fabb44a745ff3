// SPDX-License-Identifier: MIT
package import SystemPackage

/// Which directories of a library a scan looks at.
///
/// A *deep* directory is scanned with everything below it, a *shallow* one alone (and whatever in it is new). Scopes
/// merge, so that a burst of requests is one job; they stay small, because too many paths widen to the whole library.
package struct ScanScope: Equatable, Sendable {
    /// How one directory is to be looked at.
    package struct Depth: Equatable, Sendable {
        package var isDeep: Bool

        /// Whether the kernel told of deletions in it, so that its losses need no confirmation.
        package var isWitnessed: Bool

        package init(isDeep: Bool, isWitnessed: Bool = false) {
            self.isDeep = isDeep
            self.isWitnessed = isWitnessed
        }
    }

    /// The most directories that are kept apart; with more the whole library is scanned.
    package static let directoryLimit = 512

    /// Directories relative to the library root, none below a deep one.
    package private(set) var directories: [FilePath: Depth] = [:]

    package init() {}

    /// The library as a whole.
    package static let library = ScanScope([FilePath(): Depth(isDeep: true)])

    package init(_ directories: [FilePath: Depth]) {
        for (directory, depth) in directories { insert(directory, depth) }
    }

    package var isWholeLibrary: Bool { directories[FilePath()]?.isDeep == true }

    /// The paths for people and scripts; empty for the whole library.
    package var paths: [FilePath] {
        isWholeLibrary ? [] : directories.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// Whether the deletions in a directory were witnessed.
    package func isWitnessed(_ directory: FilePath) -> Bool { directories[directory]?.isWitnessed == true }

    package mutating func insert(_ directory: FilePath, _ depth: Depth) {
        let merged = Depth(
            isDeep: depth.isDeep || directories[directory]?.isDeep == true,
            isWitnessed: depth.isWitnessed || directories[directory]?.isWitnessed == true
        )
        // A witnessed directory keeps its own entry even below a deep one: the witness is a fact that would be lost.
        let isCovered = directories.contains { $0.value.isDeep && $0.key != directory && directory.isWithin($0.key) }
        if isCovered, !merged.isWitnessed { return }
        directories[directory] = merged
        if merged.isDeep {
            directories = directories.filter {
                $0.key == directory || $0.value.isWitnessed || !$0.key.isWithin(directory)
            }
        }
        if directories.count > ScanScope.directoryLimit {
            directories = [FilePath(): Depth(isDeep: true)]
        }
    }

    package mutating func formUnion(_ other: ScanScope) {
        for (directory, depth) in other.directories { insert(directory, depth) }
    }

    /// The directories at which scanning starts: those that no deep one covers, in byte order.
    package var starts: [(directory: FilePath, isDeep: Bool)] {
        directories
            .filter { entry in
                !directories.contains {
                    $0.value.isDeep && $0.key != entry.key && entry.key.isWithin($0.key)
                }
            }
            .map { (directory: $0.key, isDeep: $0.value.isDeep) }
            .sorted { $0.directory.bytes.lexicographicallyPrecedes($1.directory.bytes) }
    }
}
