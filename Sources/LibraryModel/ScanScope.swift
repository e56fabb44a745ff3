// SPDX-License-Identifier: MIT
package import SystemPackage

/// Which directories of a library a scan looks at.
///
/// A *deep* directory is scanned with everything below it, a *shallow* one alone (and whatever in it is new). Scopes
/// merge, so that a burst of requests is one job; they stay small, because too many deep directories side by side widen to
/// the one that holds them, and too many of any kind to the whole library. Shallow ones never widen to a deep one of less:
/// however many they are, to list each of them is cheaper than all that may lie below the directory that holds them.
package struct ScanScope: Equatable, Sendable {
    /// How one directory is to be looked at.
    package struct Depth: Equatable, Sendable {
        package var isDeep: Bool

        /// What the kernel said was removed in it, and below it where it is deep.
        package var removals: Removals

        package init(isDeep: Bool, removals: Removals = .none) {
            self.isDeep = isDeep
            self.removals = removals
        }
    }

    /// The most directories that are kept apart; with more the whole library is scanned.
    package static let directoryLimit = 5000

    /// The most deep directories that are kept apart directly below another one; with more that one is deep.
    package static let siblingLimit = 128

    /// The same for the library root, where one more means the whole library.
    package static let rootSiblingLimit = 512

    /// Directories relative to the library root, none below a deep one.
    package private(set) var directories: [FilePath: Depth] = [:]

    /// The children of every directory that an entry lies below, so that those below a new deep one are found at once.
    private var branches: [FilePath: Set<FilePath>] = [:]

    /// How many deep directories lie directly below another one, for those that hold any.
    private var deepChildren: [FilePath: Int] = [:]

    package init() {}

    /// The library as a whole.
    package static let library = ScanScope([FilePath(): Depth(isDeep: true)])

    package init(_ directories: [FilePath: Depth]) {
        for (directory, depth) in directories { insert(directory, depth) }
    }

    package var isWholeLibrary: Bool { directories[FilePath()]?.isDeep == true }

    /// The paths for people and scripts; empty for the whole library.
    package var paths: [FilePath] {
        isWholeLibrary ? [] : starts.map(\.directory)
    }

    /// The directories at which scanning starts, in byte order.
    package var starts: [(directory: FilePath, isDeep: Bool)] {
        directories
            .map { (bytes: $0.key.bytes, start: (directory: $0.key, isDeep: $0.value.isDeep)) }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
            .map(\.start)
    }

    /// The entry by which a directory is scanned: its own, or the deep one above it.
    package func entry(covering directory: FilePath) -> FilePath? {
        directories[directory] != nil ? directory : deepEntry(above: directory)
    }

    /// What the kernel said was removed in a directory, or in all that the deep entry above it covers.
    package func removals(in directory: FilePath) -> Removals {
        entry(covering: directory).flatMap { directories[$0]?.removals } ?? .none
    }

    package mutating func insert(_ directory: FilePath, _ depth: Depth) {
        if directories[directory] == nil, let cover = deepEntry(above: directory) {
            directories[cover]?.removals += depth.removals
            return
        }
        var merged = directories[directory] ?? Depth(isDeep: false)
        let becomesDeep = depth.isDeep && !merged.isDeep
        merged.removals += depth.removals
        if becomesDeep {
            merged.isDeep = true
            merged.removals += takeEntries(below: directory)
        }
        if directories.updateValue(merged, forKey: directory) == nil { link(directory) }
        if becomesDeep { widen(above: directory) }
        if directories.count > ScanScope.directoryLimit { insert(FilePath(), Depth(isDeep: true)) }
    }

    package mutating func formUnion(_ other: ScanScope) {
        for (directory, depth) in other.directories { insert(directory, depth) }
    }

    private func deepEntry(above directory: FilePath) -> FilePath? {
        var ancestor = directory
        while ancestor.removeLastComponent() {
            if directories[ancestor]?.isDeep == true { return ancestor }
        }
        return nil
    }

    /// Counts a directory that became deep, and makes the one that holds it deep if these are too many.
    private mutating func widen(above directory: FilePath) {
        var parent = directory
        guard parent.removeLastComponent() else { return }
        let count = deepChildren[parent, default: 0] + 1
        deepChildren[parent] = count
        let limit = parent.isEmpty ? ScanScope.rootSiblingLimit : ScanScope.siblingLimit
        if count > limit { insert(parent, Depth(isDeep: true)) }
    }

    /// Makes a directory known to all above it.
    private mutating func link(_ directory: FilePath) {
        var child = directory
        var parent = directory
        while parent.removeLastComponent() {
            guard branches[parent, default: []].insert(child).inserted else { return }
            child = parent
        }
    }

    /// Removes every entry below a directory, and returns what was removed in all of them together.
    private mutating func takeEntries(below directory: FilePath) -> Removals {
        var removals = Removals.none
        var pending = [directory]
        while let next = pending.popLast() {
            if next != directory, let depth = directories.removeValue(forKey: next) { removals += depth.removals }
            deepChildren.removeValue(forKey: next)
            pending.append(contentsOf: branches.removeValue(forKey: next) ?? [])
        }
        return removals
    }
}
