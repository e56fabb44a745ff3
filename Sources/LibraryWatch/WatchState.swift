// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage

/// What events and listings change together: the tree of directories and what is dirty in it.
///
/// Pure: it makes no system call, and every change answers with the watches that the kernel is now to end. Level-
/// triggered: an event only ever says that a directory is to be listed again, so losing one costs time, never truth.
struct WatchState {
    private let libraries: [LibraryName]
    private var tree: DirectoryTree
    private var dirt: [DirectoryTree.Node: Dirt] = [:]
    private var hasNews = false
    private(set) var overflows = 0
    private(set) var events = 0

    init(libraries: [LibraryName]) {
        self.libraries = libraries
        self.tree = DirectoryTree(libraries: libraries.count)
    }

    // MARK: Taking

    /// Whether anything became dirty since the last time this was asked.
    mutating func takeNews() -> Bool {
        defer { hasNews = false }
        return hasNews
    }

    mutating func takeChanges() -> [LibraryChange] {
        defer { dirt = [:] }
        return dirt.flatMap { node, dirt in
            let library = libraries[tree.library(of: node)]
            let path = tree.path(of: node)
            let appeared = dirt.appeared.map {
                LibraryChange(library: library, directory: path.appending($0), kinds: .everything)
            }
            guard !dirt.kinds.isEmpty else { return appeared }
            return appeared + [
                LibraryChange(library: library, directory: path, kinds: dirt.kinds, removed: dirt.removed)
            ]
        }
    }

    var watchCount: Int { tree.watchCount }

    var figures: [LibraryName: WatchFigures.Library] {
        let figures = libraries.indices.map { (libraries[$0], tree.figures(of: $0)) }
        return Dictionary(uniqueKeysWithValues: figures)
    }

    // MARK: Listings

    /// Notes the watch of a directory that is about to be listed, or with `nil` that it has none.
    mutating func watch(_ directory: FilePath, of library: Int, by watch: Inotify.Watch?) -> [Inotify.Watch] {
        let node = tree.insert(directory, of: library)
        guard let replaced = if let watch { tree.assign(watch, to: node) } else { tree.refuse(node) } else { return [] }
        // Another directory has taken this name unseen, so what was known below is about the old one.
        mark(node, .everything)
        return [replaced] + forget(tree.dropChildren(of: node))
    }

    /// Notes which directories a complete listing has found; all others are gone from there.
    mutating func keep(_ names: Set<FileName>, in directory: FilePath, of library: Int) -> [Inotify.Watch] {
        guard let node = tree.node(at: directory, of: library) else { return [] }
        return forget(tree.dropChildren(of: node) { names.contains($0) })
    }

    /// Notes that there is no such directory.
    mutating func drop(_ directory: FilePath, of library: Int) -> [Inotify.Watch] {
        guard let node = tree.node(at: directory, of: library) else { return [] }
        return forget(tree.drop(node))
    }

    // MARK: Events

    /// Marks what an event makes dirty.
    ///
    /// An unknown watch is one that was ended while its events were on the way; whoever ended it has seen to the rest.
    mutating func absorb(_ event: KernelEvent) -> [Inotify.Watch] {
        events += 1
        if event.isOverflow {
            overflows += 1
            for library in libraries.indices { mark(tree.root(of: library), .everything) }
            return []
        }
        guard let node = tree.node(of: event.watch) else { return [] }
        guard let name = event.name else { return absorb(event, of: node) }
        if event.isDirectory { return absorb(event, ofDirectory: name, in: node) }
        absorb(event, ofFile: name, in: node)
        return []
    }

    private mutating func absorb(_ event: KernelEvent, of node: DirectoryTree.Node) -> [Inotify.Watch] {
        if event.isAny(of: IN_IGNORED) {
            // The directory is gone, and so are all below it, or will be when their own events come.
            _ = tree.unwatch(node)
            mark(node, .everything)
            return forget(tree.dropChildren(of: node))
        }
        if event.isAny(of: IN_MOVE_SELF) { mark(node, .everything) }
        if event.isAny(of: IN_ATTRIB) { mark(node, .other) }
        return []
    }

    private mutating func absorb(
        _ event: KernelEvent,
        ofDirectory name: FileName,
        in node: DirectoryTree.Node
    ) -> [Inotify.Watch] {
        guard !NameRules.isIgnoredDirectory(name) else { return [] }
        let child = tree.child(name, of: node)
        if event.isAny(of: IN_DELETE | IN_MOVED_FROM) {
            note(node) { event.isAny(of: IN_DELETE) ? $0.noteDeleted(name) : $0.noteRemoved(name) }
            return child.map { forget(tree.drop($0)) } ?? []
        }
        if event.isAny(of: IN_CREATE | IN_MOVED_TO) {
            note(node) {
                $0.note(.directoryAppeared)
                $0.noteAppeared(name)
            }
        } else if !(child.map(tree.isWatched) ?? false) {
            // One that may be read only now. Of one that is watched its own event tells.
            note(node) { $0.noteAppeared(name) }
        }
        return []
    }

    private mutating func absorb(_ event: KernelEvent, ofFile name: FileName, in node: DirectoryTree.Node) {
        guard MediaFormat(name: name) != nil, !NameRules.isIgnoredFile(name) else { return }
        if event.isAny(of: IN_DELETE | IN_MOVED_FROM) {
            note(node) { $0.noteRemoved(name) }
        } else {
            mark(node, event.isAny(of: IN_CLOSE_WRITE | IN_MOVED_TO) ? .fileArrived : .other)
        }
    }

    private mutating func mark(_ node: DirectoryTree.Node, _ kinds: LibraryChange.Kinds) {
        note(node) { $0.note(kinds) }
    }

    private mutating func note(_ node: DirectoryTree.Node, _ change: (inout Dirt) -> Void) {
        change(&dirt[node, default: Dirt()])
        hasNews = true
    }

    private mutating func forget(_ dropped: [(node: DirectoryTree.Node, watch: Inotify.Watch?)]) -> [Inotify.Watch] {
        for (node, _) in dropped { dirt[node] = nil }
        return dropped.compactMap(\.watch)
    }
}
