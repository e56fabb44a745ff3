// SPDX-License-Identifier: MIT
import LibraryModel

/// What is different in a new configuration; pure.
struct ConfigurationChange: Equatable, Sendable {
    /// Keys of a library whose change makes everything in it to be looked at again: it is watched anew.
    private static let ofWatching: Set<String> = ["root", "watch", "ignore"]

    /// Keys of a library that a job which runs already may end without.
    private static let ofNoJob: Set<String> = ["schedule", "scan_mode"]

    /// Keys of a library that change nothing of what is known of its books.
    private static let ofNoBook: Set<String> = ["schedule", "scan_mode", "watch"]

    /// Of `[daemon]` and `[watch]`, such as `daemon.log_level`.
    let keys: [String]
    let added: [LibrarySettings]
    let removed: [LibraryName]

    /// The settings now of the libraries that have others, and which.
    let changed: [(library: LibrarySettings, keys: [String])]

    init(from old: Configuration, to new: Configuration) {
        keys = Configuration.differences(old, new)
        let before = Dictionary(uniqueKeysWithValues: old.libraries.map { ($0.name, $0) })
        let names = Set(new.libraries.map(\.name))
        added = new.libraries.filter { before[$0.name] == nil }
        removed = old.libraries.map(\.name).filter { !names.contains($0) }
        changed = new.libraries.compactMap { library in
            let keys = before[library.name]?.differences(library) ?? []
            return keys.isEmpty ? nil : (library, keys)
        }
    }

    var isEmpty: Bool { keys.isEmpty && added.isEmpty && removed.isEmpty && changed.isEmpty }

    /// Of these no job may run while the change is made.
    var held: Set<LibraryName> {
        let disturbed = changed.filter { !ConfigurationChange.ofNoJob.isSuperset(of: $0.keys) }
        return Set(removed + disturbed.map(\.library.name))
    }

    /// What is watched no more, or in another way.
    var unwatched: [LibraryName] { removed + rewatched.map(\.name) }

    /// What is watched from now on, or in another way.
    var watched: [LibrarySettings] { added + rewatched }

    /// What is known of their disks is of no use any more.
    var displaced: [LibraryName] { removed + changed.filter { $0.keys.contains("root") }.map(\.library.name) }

    /// Those that are to be scanned, because their books are to be read or sorted in another way.
    var unread: [LibrarySettings] {
        changed.filter { !Set($0.keys).isSubset(of: ConfigurationChange.ofNoBook) }.map(\.library)
    }

    private var rewatched: [LibrarySettings] {
        changed.filter { !ConfigurationChange.ofWatching.isDisjoint(with: $0.keys) }.map(\.library)
    }

    static func == (left: ConfigurationChange, right: ConfigurationChange) -> Bool {
        left.keys == right.keys && left.added == right.added && left.removed == right.removed
            && left.changed.map(\.library) == right.changed.map(\.library)
            && left.changed.map(\.keys) == right.changed.map(\.keys)
    }
}

extension Configuration {
    fileprivate static func differences(_ old: Configuration, _ new: Configuration) -> [String] {
        [
            ("daemon.workers", old.workers == new.workers),
            ("daemon.log_level", old.logLevel == new.logLevel),
            ("daemon.history", old.history == new.history),
            ("daemon.backup", old.backup == new.backup),
            ("daemon.purge_missing", old.purgeMissing == new.purgeMissing),
            ("watch.quiet", old.quiet == new.quiet),
            ("watch.patience", old.patience == new.patience),
            ("watch.poll_interval", old.pollInterval == new.pollInterval),
        ].filter { !$0.1 }.map(\.0)
    }
}

extension LibrarySettings {
    /// The keys of the file by which another library of this name differs.
    fileprivate func differences(_ other: LibrarySettings) -> [String] {
        let hashes = hashes.symmetricDifference(other.hashes)
        return [
            ("root", root == other.root),
            ("pattern", pattern == other.pattern),
            ("scan_mode", scanMode == other.scanMode),
            ("watch", watch == other.watch),
            ("schedule", schedule == other.schedule),
            ("ignore", ignore == other.ignore),
            ("metadata", readsMetadata == other.readsMetadata),
            ("hash", !hashes.contains(.file)),
            ("koreader_hash", !hashes.contains(.koreader)),
            ("thumbnails", thumbnails == other.thumbnails),
            ("conversion", conversion == other.conversion),
        ].filter { !$0.1 }.map(\.0)
    }
}
