// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization
import SystemPackage

/// What a walk through one volume asks of the tree and tells it, each time for a moment under its lock.
final class WalkGuide {
    private let watcher: LibraryWatcher
    private let place: LibraryPlace

    /// Whether events are known to be missing, so that a difference is no evidence against the kernel.
    private let isExplained: Bool

    /// The directories that are polled because there are fewer watches than directories.
    private let unwatched: Set<DirectoryTree.Node>

    init(
        _ watcher: LibraryWatcher,
        _ place: LibraryPlace,
        isExplained: Bool,
        unwatched: Set<DirectoryTree.Node> = []
    ) {
        self.watcher = watcher
        self.place = place
        self.isExplained = isExplained
        self.unwatched = unwatched
    }

    /// The remembered directories in a directory; none where it is remembered no longer.
    func children(of node: DirectoryTree.Node) -> [TreeWalk.Child] {
        watcher.state.withLock { state in
            guard state.tree.isAlive(node) else { return [] }
            return state.tree.children(of: node).map { child in
                TreeWalk.Child(
                    node: child,
                    name: state.tree.name(of: child),
                    hasChildren: state.tree.hasChildren(child)
                )
            }
        }
    }

    /// Has the kernel watch a directory.
    func watch(_ node: DirectoryTree.Node, _ directory: TreeWalk.Place) -> WatchTable.Watching {
        watcher.state.withLock { state in
            guard state.tree.isAlive(node) else { return .none }
            let watching = watcher.watching(state, of: node, in: place, isWanted: !unwatched.contains(node)) {
                inotify in
                switch directory {
                case .opened(let descriptor): inotify.add(descriptor)
                case .entry(let name, let parent): inotify.add(name, in: parent)
                }
            }
            watcher.end(state.note(watching, of: node).ended)
            return watching
        }
    }

    /// Compares a directory with what is remembered, and marks it where it is different; says whether it is.
    func compare(_ node: DirectoryTree.Node, _ sight: TreeWalk.Sight, wasDenied: Bool) -> Bool {
        watcher.state.withLock { state in
            guard state.tree.isAlive(node) else { return false }
            let isOther =
                switch sight {
                case .stamp(let stamp): state.tree.differs(stamp, from: node)
                case .names(let listing):
                    state.tree.digest(of: node)?.names != listing.digest.names
                        || state.hasUnseen(listing, in: node)
                case .files(let listing):
                    state.tree.digest(of: node) != listing.digest || state.tree.differs(listing.stamp, from: node)
                        || state.hasUnseen(listing, in: node)
                case .denied: !wasDenied
                case .lost: true
                }
            if isOther { state.markFound(node, isExplained: isExplained) }
            return isOther
        }
    }

    func isDenied(_ node: DirectoryTree.Node) -> Bool {
        watcher.state.withLock { $0.table[node] == .denied }
    }
}
