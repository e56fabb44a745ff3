// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// The directories of all libraries that were listed, and the watches on them.
///
/// A watch leads to a node and a node to its parent, never to a path: a directory that is renamed with everything below
/// it is one changed parent. Paths are put together when somebody asks. The nodes are a struct of arrays, because there
/// may be a hundred thousand.
struct DirectoryTree {
    struct Node: Hashable {
        fileprivate let number: Int32

        fileprivate var index: Int { Int(number) }
    }

    private enum Watching: Equatable {
        case none

        /// The kernel had no watch to give.
        case refused
        case by(Inotify.Watch)
    }

    private var parents: [Node?]
    private var names: [FileName]
    private var libraries: [Int32]
    private var watchings: [Watching]
    private var children: [[FileName: Node]]
    private var free: [Node] = []
    private var nodes: [Inotify.Watch: Node] = [:]

    /// Makes the roots of `count` libraries, which are never dropped.
    init(libraries count: Int) {
        parents = Array(repeating: nil, count: count)
        names = Array(repeating: FileName(""), count: count)
        libraries = (0..<count).map { Int32($0) }
        watchings = Array(repeating: .none, count: count)
        children = Array(repeating: [:], count: count)
    }

    // MARK: Finding

    func root(of library: Int) -> Node {
        Node(number: Int32(library))
    }

    func node(of watch: Inotify.Watch) -> Node? {
        nodes[watch]
    }

    func node(at path: FilePath, of library: Int) -> Node? {
        var node = root(of: library)
        for name in path.names {
            guard let child = child(name, of: node) else { return nil }
            node = child
        }
        return node
    }

    func child(_ name: FileName, of node: Node) -> Node? {
        children[node.index][name]
    }

    func library(of node: Node) -> Int {
        Int(libraries[node.index])
    }

    func isWatched(_ node: Node) -> Bool {
        if case .by = watchings[node.index] { true } else { false }
    }

    /// The path from the library's root, which itself is the empty path.
    func path(of node: Node) -> FilePath {
        var names: [FileName] = []
        var node = node
        while let parent = parents[node.index] {
            names.append(self.names[node.index])
            node = parent
        }
        return FilePath(bytes: Array(names.reversed().map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
    }

    /// How many directories of a library the kernel watches, and how many it refused to.
    func figures(of library: Int) -> WatchFigures.Library {
        var figures = WatchFigures.Library()
        for index in libraries.indices where libraries[index] == library {
            switch watchings[index] {
            case .none: break
            case .refused: figures.unwatched += 1
            case .by: figures.watched += 1
            }
        }
        return figures
    }

    /// How many watches there are on all libraries.
    var watchCount: Int { nodes.count }

    // MARK: Changing

    /// Finds or makes the node of a path, and those on the way to it.
    mutating func insert(_ path: FilePath, of library: Int) -> Node {
        path.names.reduce(root(of: library)) { parent, name in
            child(name, of: parent) ?? makeChild(name, of: parent)
        }
    }

    /// Gives a watch to a node, and says which other one the node had.
    ///
    /// If another node has had it, the same directory has been moved here, and the node of its old path is left without.
    mutating func assign(_ watch: Inotify.Watch, to node: Node) -> Inotify.Watch? {
        guard nodes[watch] != node else { return nil }
        let replaced = unwatch(node)
        if let owner = nodes.updateValue(node, forKey: watch) { watchings[owner.index] = .none }
        watchings[node.index] = .by(watch)
        return replaced
    }

    /// Notes that the kernel had no watch for a node, and says which one the node had.
    mutating func refuse(_ node: Node) -> Inotify.Watch? {
        defer { watchings[node.index] = .refused }
        return unwatch(node)
    }

    /// Takes its watch from a node.
    mutating func unwatch(_ node: Node) -> Inotify.Watch? {
        guard case .by(let watch) = watchings[node.index] else { return nil }
        watchings[node.index] = .none
        nodes[watch] = nil
        return watch
    }

    /// Drops the children that `isKept` does not want, with all below them; says which nodes went, with their watches.
    mutating func dropChildren(
        of node: Node,
        unless isKept: (FileName) -> Bool = { _ in false }
    ) -> [(node: Node, watch: Inotify.Watch?)] {
        let dropped = children[node.index].filter { !isKept($0.key) }
        return dropped.values.flatMap { drop($0) }
    }

    /// Drops a node with all below it; of a library's root only what is below.
    mutating func drop(_ node: Node) -> [(node: Node, watch: Inotify.Watch?)] {
        guard let parent = parents[node.index] else { return dropChildren(of: node) }
        children[parent.index][names[node.index]] = nil
        var dropped: [(node: Node, watch: Inotify.Watch?)] = []
        var pending = [node]
        while let next = pending.popLast() {
            pending += children[next.index].values
            dropped.append((next, unwatch(next)))
            clear(next)
        }
        return dropped
    }

    private mutating func makeChild(_ name: FileName, of parent: Node) -> Node {
        let node = free.popLast() ?? makeSlot()
        parents[node.index] = parent
        names[node.index] = name
        libraries[node.index] = libraries[parent.index]
        children[parent.index][name] = node
        return node
    }

    private mutating func makeSlot() -> Node {
        parents.append(nil)
        names.append(FileName(""))
        libraries.append(-1)
        watchings.append(.none)
        children.append([:])
        return Node(number: Int32(parents.count - 1))
    }

    private mutating func clear(_ node: Node) {
        parents[node.index] = nil
        names[node.index] = FileName("")
        libraries[node.index] = -1
        watchings[node.index] = .none
        children[node.index] = [:]
        free.append(node)
    }
}
