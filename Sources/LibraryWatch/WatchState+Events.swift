// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel

/// What each event of the kernel does to the tree.
extension WatchState {
    /// Marks what an event makes dirty.
    ///
    /// An unknown watch is one that was ended while its events were on the way; whoever ended it has seen to the rest.
    mutating func absorb(_ event: KernelEvent, at now: ContinuousClock.Instant) -> [Inotify.Watch] {
        events += 1
        if event.isOverflow {
            overflows += 1
            evidence.dismiss()
            hasOverflowed = true
            hasNews = true
            return []
        }
        for library in anchors.libraries(touchedBy: event) { doubt(library) }
        let nodes = table.nodes(of: event.watch)
        if event.isAny(of: IN_IGNORED | IN_UNMOUNT) {
            anchors.end(event.watch)
            table.end(event.watch)
        }
        // What the event does to one path may end another that the same directory has.
        return nodes.flatMap { tree.isAlive($0) ? absorb(event, of: $0, at: now) : [] }
    }

    /// Gives up the directories that were moved away and did not arrive, or all of them for `nil`.
    mutating func expireLimbo(at now: ContinuousClock.Instant?) -> [Inotify.Watch] {
        limbo.takeExpired(at: now).flatMap { drop($0) }
    }

    private mutating func absorb(
        _ event: KernelEvent,
        of node: DirectoryTree.Node,
        at now: ContinuousClock.Instant
    ) -> [Inotify.Watch] {
        guard let name = event.name else {
            absorb(event, of: node)
            return []
        }
        if event.isDirectory { return absorb(event, ofDirectory: name, in: node, at: now) }
        absorb(event, ofFile: name, in: node)
        return []
    }

    private mutating func absorb(_ event: KernelEvent, of node: DirectoryTree.Node) {
        let isRoot = tree.isRoot(node)
        if event.isAny(of: IN_UNMOUNT) {
            // Nothing is known to be gone: the disk is. The nodes wait with what was seen of them.
            doubt(tree.library(of: node))
            return
        }
        if isRoot, event.isAny(of: IN_MOVE_SELF | IN_DELETE_SELF | IN_IGNORED) { doubt(tree.library(of: node)) }
        // Of all others the parent tells; but it may be one that the kernel has no watch for.
        if event.isAny(of: IN_MOVE_SELF | IN_IGNORED), let parent = tree.parent(of: node), !table.isWatched(parent) {
            tell(parent) { $0.note(.other) }
        }
        if event.isAny(of: IN_ATTRIB) { tell(node) { $0.note(.other) } }
    }

    private mutating func absorb(
        _ event: KernelEvent,
        ofDirectory name: FileName,
        in node: DirectoryTree.Node,
        at now: ContinuousClock.Instant
    ) -> [Inotify.Watch] {
        let child = tree.child(name, of: node)
        if event.isAny(of: IN_MOVED_TO) {
            return arrive(limbo.take(cookie: event.cookie), as: name, in: node)
        }
        guard !NameRules.isIgnoredDirectory(name) else { return [] }
        if event.isAny(of: IN_MOVED_FROM) {
            tell(node) { $0.noteRemoved(Removals(files: 0, directories: 1)) }
            guard let child else { return [] }
            tree.detach(child)
            limbo.put(child, cookie: event.cookie, at: now)
        } else if event.isAny(of: IN_DELETE) {
            tell(node) { $0.noteDeleted(name) }
            return child.map { drop($0, heir: node) } ?? []
        } else if event.isAny(of: IN_CREATE) {
            appear(name, in: node)
        } else if !(child.map(table.isWatched) ?? false) {
            // One that may be read only now. Of one that is watched its own event tells.
            tell(node) { $0.noteAppeared(name) }
        }
        return []
    }

    /// Hangs a directory that came out of limbo where it arrived, or has one listed that came from elsewhere.
    private mutating func arrive(
        _ moved: DirectoryTree.Node?,
        as name: FileName,
        in node: DirectoryTree.Node
    ) -> [Inotify.Watch] {
        if NameRules.isIgnoredDirectory(name) { return moved.map { drop($0) } ?? [] }
        guard let moved, tree.library(of: moved) == tree.library(of: node), !tree.isWithin(node, moved) else {
            appear(name, in: node)
            return moved.map { drop($0) } ?? []
        }
        var ended: [Inotify.Watch] = []
        if let present = tree.child(name, of: node) {
            if table.isWatched(present), table[present] == table[moved] {
                // It has been listed here already, and is known better than from before.
                appear(name, in: node)
                return drop(moved)
            }
            ended = drop(present)
        }
        tree.hang(moved, as: name, in: node)
        tell(node) { $0.note(.directoryAppeared) }
        tell(moved) { $0.note(.other) }
        owe(below: moved)
        return ended
    }

    private mutating func appear(_ name: FileName, in node: DirectoryTree.Node) {
        tell(node) {
            $0.note(.directoryAppeared)
            $0.noteAppeared(name)
        }
    }

    private mutating func absorb(_ event: KernelEvent, ofFile name: FileName, in node: DirectoryTree.Node) {
        if name == IgnoreFile.name {
            // By other rules, other files below it are books, at any depth.
            return tell(node) { $0.note(.everything) }
        }
        if Sidecar.Kind(name: name) != nil { return tell(node) { $0.note(.other) } }
        guard MediaFormat(name: name) != nil, !NameRules.isIgnoredFile(name), !isOwn(name, in: node) else { return }
        if event.isAny(of: IN_DELETE | IN_MOVED_FROM) {
            tell(node) { $0.noteRemoved(Removals(files: 1, directories: 0)) }
        } else if event.isAny(of: IN_CLOSE_WRITE | IN_MOVED_TO) {
            tell(node) { $0.note(.fileArrived) }
        } else {
            tell(node) { $0.note(event.isAny(of: IN_CREATE) ? .fileCreated : .other) }
        }
    }
}
