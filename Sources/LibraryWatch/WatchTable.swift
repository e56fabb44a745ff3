// SPDX-License-Identifier: MIT

/// Which directory each of the kernel's watches is on, and which directories have none.
///
/// A watch names an inode. Two nodes have the same one where one directory is at two paths: by a bind mount, through
/// two libraries, or for the moment between a move and the news of it. The kernel ends a watch when it is asked to,
/// so it is asked only when the last node has let go.
struct WatchTable {
    /// What the kernel has done for a directory.
    enum Watching: Equatable {
        /// Not asked yet, or its watch has ended.
        case none
        case by(Inotify.Watch)

        /// The kernel had no watch to give: the limit is reached.
        case refused

        /// The directory may not be read.
        case denied

        /// Nobody wants it watched by the kernel: it is polled alone.
        case unwanted
    }

    /// How many directories of a library there are, by how they are watched.
    struct Count: Equatable {
        var watched = 0
        var refused = 0
        var denied = 0
    }

    private var watchings: ContiguousArray<Watching> = []
    private var counts: [Int32: Count] = [:]
    private var owners: [Inotify.Watch: DirectoryTree.Node] = [:]

    /// The nodes beyond the first that have a watch.
    private var aliases: [Inotify.Watch: [DirectoryTree.Node]] = [:]

    func count(of library: Int) -> Count { counts[Int32(library), default: Count()] }

    /// How many watches there are in the kernel.
    var count: Int { owners.count }

    subscript(node: DirectoryTree.Node) -> Watching {
        node.index < watchings.count ? watchings[node.index] : .none
    }

    func isWatched(_ node: DirectoryTree.Node) -> Bool {
        if case .by = self[node] { true } else { false }
    }

    func nodes(of watch: Inotify.Watch) -> [DirectoryTree.Node] {
        guard let owner = owners[watch] else { return [] }
        return [owner] + aliases[watch, default: []]
    }

    /// Gives a node its watch; says which other one is to end because of that.
    mutating func assign(_ watch: Inotify.Watch, to node: DirectoryTree.Node) -> Inotify.Watch? {
        if self[node] == .by(watch) { return nil }
        let ended = release(node)
        if owners[watch] == nil {
            owners[watch] = node
        } else {
            aliases[watch, default: []].append(node)
        }
        set(.by(watch), of: node)
        return ended
    }

    /// Notes why a node has no watch; says which one is to end because of that.
    mutating func note(_ watching: Watching, of node: DirectoryTree.Node) -> Inotify.Watch? {
        defer { set(watching, of: node) }
        return release(node)
    }

    /// Takes its watch from a node; says whether it is to end, which it is with its last node.
    mutating func release(_ node: DirectoryTree.Node) -> Inotify.Watch? {
        guard case .by(let watch) = self[node] else {
            if self[node] != .none { set(.none, of: node) }
            return nil
        }
        set(.none, of: node)
        if owners[watch] == node {
            owners[watch] = aliases[watch]?.popLast()
        } else {
            aliases[watch]?.removeAll { $0 == node }
        }
        if aliases[watch]?.isEmpty == true { aliases[watch] = nil }
        return owners[watch] == nil ? watch : nil
    }

    /// Forgets a watch that the kernel has ended.
    mutating func end(_ watch: Inotify.Watch) {
        for node in nodes(of: watch) { set(.none, of: node) }
        owners[watch] = nil
        aliases[watch] = nil
    }

    private mutating func set(_ watching: Watching, of node: DirectoryTree.Node) {
        while watchings.count <= node.index { watchings.append(.none) }
        counts[node.library, default: Count()].add(-1, watchings[node.index])
        counts[node.library, default: Count()].add(1, watching)
        watchings[node.index] = watching
    }
}

extension WatchTable.Count {
    fileprivate mutating func add(_ number: Int, _ watching: WatchTable.Watching) {
        switch watching {
        case .by: watched += number
        case .refused: refused += number
        case .denied: denied += number
        case .none, .unwanted: break
        }
    }
}
