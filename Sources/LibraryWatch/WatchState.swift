// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage

/// What events and listings change together: the tree of directories, their watches, and what is dirty.
///
/// Pure: it makes no system call, and every change answers with the watches that the kernel is now to end. Level-
/// triggered: an event only ever says that a directory is to be listed again, so losing one costs time, never truth.
struct WatchState {
    private var libraries: [LibraryName]

    /// The numbers of libraries that are not watched any more; a number is never given again.
    private var retired: Set<Int> = []
    var tree: DirectoryTree
    var table = WatchTable()
    var anchors = AnchorTable()
    var evidence = Evidence()

    /// The `.stumpignore` of each directory that was listed and had one.
    private var ignoreFiles: [DirectoryTree.Node: IgnoreFile] = [:]
    private var dirt: [DirectoryTree.Node: Dirt] = [:]

    /// Directories whose dirt was handed over and that were not listed since, with the number of the hand-over; the
    /// consumer knows them by their paths.
    private var owed: [DirectoryTree.Node: Int] = [:]

    /// Files that come and go by our own hand, by the directory in which they do.
    private var ownChanges: [DirectoryTree.Node: Set<FileName>] = [:]

    /// Up to which overflow each library was compared with its disk.
    private var compared: [Int]

    /// How often dirt was handed over.
    private(set) var handOvers = 0
    private var doubts: Set<Int> = []
    var limbo = Limbo()
    var hasNews = false
    var hasOverflowed = false
    var overflows = 0
    var events = 0

    init(libraries: [LibraryName]) {
        self.libraries = libraries
        self.tree = DirectoryTree(libraries: libraries.count)
        self.compared = libraries.map { _ in 0 }
    }

    // MARK: Libraries

    /// Makes room for one library more, and gives its number.
    mutating func add(_ library: LibraryName) -> Int {
        libraries.append(library)
        compared.append(overflows)
        return tree.addLibrary()
    }

    /// Forgets everything of a library; who still walks through it finds that nothing there is alive.
    mutating func retire(_ library: Int) -> [Inotify.Watch] {
        retired.insert(library)
        var ended = setAnchors([], of: library)
        let root = tree.root(of: library)
        ended += drop(root)
        ended += table.release(root).list.filter { anchors.isFree($0) }
        evidence.forget(root)
        ignoreFiles[root] = nil
        ownChanges[root] = nil
        owed[root] = nil
        dirt[root] = nil
        doubts.remove(library)
        tree.retire(library)
        return ended
    }

    func isRetired(_ library: Int) -> Bool { retired.contains(library) }

    /// Those of some watches that nothing needs.
    func unused(_ watches: [Inotify.Watch]) -> [Inotify.Watch] {
        watches.filter { anchors.isFree($0) && table.nodes(of: $0).isEmpty }
    }

    // MARK: Taking

    /// Whether anything became dirty or doubtful since the last time this was asked.
    mutating func takeSignal() -> Bool {
        defer { hasNews = false }
        return hasNews
    }

    mutating func takeNews() -> WatchNews {
        defer {
            doubts = []
            hasOverflowed = false
        }
        return WatchNews(
            changes: takeChanges(),
            doubts: Set(doubts.map { libraries[$0] }),
            hasOverflowed: hasOverflowed
        )
    }

    private mutating func takeChanges() -> [LibraryChange] {
        var changes: [LibraryChange] = []
        handOvers += 1
        for (node, dirt) in dirt {
            let number = tree.library(of: node)
            // One in limbo has no path; it keeps its dirt until it hangs somewhere.
            guard tree.isWithin(node, tree.root(of: number)) else { continue }
            self.dirt[node] = nil
            owed[node] = handOvers
            let path = tree.path(of: node)
            changes += dirt.appeared.map {
                LibraryChange(library: libraries[number], directory: path.appending($0), kinds: .everything)
            }
            if dirt.kinds.isEmpty { continue }
            changes.append(
                LibraryChange(
                    library: libraries[number],
                    directory: path,
                    kinds: dirt.kinds,
                    removals: dirt.removals
                )
            )
        }
        return changes
    }

    /// When ``expireLimbo(at:)`` has something to do; `nil` while it has nothing.
    var deadline: ContinuousClock.Instant? { limbo.deadline }

    // MARK: Listings

    /// Notes the watch of a directory that is about to be listed, or why it has none.
    mutating func watch(
        _ directory: FilePath,
        of library: Int,
        by watching: WatchTable.Watching
    ) -> [Inotify.Watch] {
        if isRetired(library) { return [] }
        let node = tree.insert(directory, of: library)
        // What may not be read is seen as well as it can be.
        if watching == .denied { tree.noteSeen(node) }
        let (ended, isReplaced) = note(watching, of: node)
        // Another directory has taken this name unseen, so what was known below is about the old one.
        if isReplaced { mark(node, .everything) }
        return ended
    }

    /// Notes what the kernel has done for a node; says whether it had watched another directory in its place before.
    mutating func note(
        _ watching: WatchTable.Watching,
        of node: DirectoryTree.Node
    ) -> (ended: [Inotify.Watch], isReplaced: Bool) {
        let before = table[node]
        if before == watching { return ([], false) }
        evidence.explain(node)
        guard case .by(let watch) = watching else { return (table.note(watching, of: node).list, false) }
        let ended = table.assign(watch, to: node)
        if case .by = before { return (ended.list, true) }
        return (ended.list, false)
    }

    /// What a listing means for what was known.
    struct Remembrance {
        var ended: [Inotify.Watch] = []

        /// The directories in it that nothing was known of, or that were listed by somebody who was held up since.
        var unseen: Set<FileName> = []

        /// Whether something had changed that no event has told of so far.
        var isSuspicious = false
    }

    /// Notes what a complete listing has found; the children that it does not show are gone from there.
    ///
    /// `start` is the number of the last hand-over when it began: what was handed over later is still owed.
    mutating func remember(
        _ listing: Listing,
        at directory: FilePath,
        of library: Int,
        since start: Int
    ) -> Remembrance {
        guard !isRetired(library), let node = tree.node(at: directory, of: library) else { return Remembrance() }
        let hasOtherNames = tree.digest(of: node).map { $0.names != listing.digest.names } ?? false
        var remembrance = Remembrance()
        // Until all was compared after an overflow, a difference proves only that.
        let isWitness = table.isWatched(node) && compared[library] == overflows
        remembrance.isSuspicious = evidence.noteListing(of: node, isOther: hasOtherNames && isWitness)
        tree.rememberListing(listing.digest, of: node)
        if ignoreFiles[node] != listing.ignoreFile {
            ignoreFiles[node] = listing.ignoreFile
            // By other rules, nothing below is as it was taken in.
            for below in tree.subtree(of: node) where below != node { tree.reopen(below) }
        }
        if let number = owed[node], number <= start { owed[node] = nil }
        for entry in listing.entries where entry.kind == .directory { remembrance.unseen.insert(entry.name) }
        for child in tree.children(of: node) {
            let name = tree.name(of: child)
            if !remembrance.unseen.contains(name) {
                remembrance.ended += drop(child)
            } else if tree.isSeen(child), !tree.isOpen(child) {
                remembrance.unseen.remove(name)
            }
        }
        return remembrance
    }

    /// Whether a listing shows a directory that nothing is known of.
    func hasUnseen(_ listing: Listing, in node: DirectoryTree.Node) -> Bool {
        listing.entries.contains { entry in
            entry.kind == .directory && !(tree.child(entry.name, of: node).map(tree.isSeen) ?? false)
        }
    }

    /// Notes that there is no such directory.
    mutating func drop(_ directory: FilePath, of library: Int) -> [Inotify.Watch] {
        tree.node(at: directory, of: library).map { drop($0) } ?? []
    }

    // MARK: Finding by walking

    /// Puts a directory into the tree as the catalog remembers it.
    mutating func restore(
        _ name: FileName,
        in parent: DirectoryTree.Node,
        _ sight: DirectoryTree.Sight
    )
        -> DirectoryTree.Node
    {
        let node = tree.insert(name, in: parent)
        tree.remember(sight, of: node)
        return node
    }

    mutating func restore(root library: Int, _ sight: DirectoryTree.Sight) -> DirectoryTree.Node {
        let root = tree.root(of: library)
        tree.remember(sight, of: root)
        return root
    }

    /// Notes that a library was compared with its disk after that many overflows.
    mutating func noteCompared(_ library: Int, after overflows: Int) {
        compared[library] = max(compared[library], overflows)
    }

    /// Notes that everything which a listing has shown is in the catalog.
    ///
    /// Until then the directory counts as one of which nothing is known: whoever listed it may not come to its end.
    mutating func confirm(_ sight: DirectoryTree.Sight, at directory: FilePath, of library: Int) {
        guard let node = tree.node(at: directory, of: library), tree.digest(of: node) == sight.digest else { return }
        tree.remember(sight, of: node)
    }

    /// Has the consumer look at the figures.
    mutating func nudge() {
        hasNews = true
    }

    /// Marks a directory that was found to be different without an event.
    ///
    /// `isExplained` where events are known to be lost, so that it is no evidence against the kernel.
    mutating func markFound(_ node: DirectoryTree.Node, isExplained: Bool) {
        if isExplained { evidence.explain(node) }
        mark(node, .found)
    }

    /// Marks the nearest directory above a path that nothing is known of.
    mutating func markFound(above path: FilePath, of library: Int) {
        var path = path
        while path.removeLastComponent() {
            guard let node = tree.node(at: path, of: library) else { continue }
            return markFound(node, isExplained: true)
        }
    }

    mutating func doubt(_ library: Int) {
        if isRetired(library) { return }
        doubts.insert(library)
        hasNews = true
    }

    mutating func setAnchors(_ anchors: [AnchorTable.Anchor], of library: Int) -> [Inotify.Watch] {
        self.anchors.replace(anchors, of: library).filter { table.nodes(of: $0).isEmpty }
    }

    /// The suspicions that no event has explained by now: changes that the kernel has not told of.
    mutating func takeEvidence() -> [DirectoryTree.Node] { evidence.take() }

    // MARK: Own changes

    /// From now on nobody is told what happens to files of these names.
    mutating func beginOwnChanges(to names: [FileName], in directory: FilePath, of library: Int) {
        guard let node = tree.node(at: directory, of: library) else { return }
        ownChanges[node, default: []].formUnion(names)
    }

    mutating func endOwnChanges(in directory: FilePath, of library: Int) {
        if let node = tree.node(at: directory, of: library) {
            ownChanges[node] = nil
        } else {
            // It has another path by now, or is gone: rather all too early than one never.
            ownChanges = ownChanges.filter { tree.library(of: $0.key) != library }
        }
    }

    /// Whether what happened to a file is known to be our own doing, which is then no sign of anything else.
    mutating func isOwn(_ name: FileName, in node: DirectoryTree.Node) -> Bool {
        guard ownChanges[node]?.contains(name) == true else { return false }
        evidence.explain(node)
        return true
    }

    // MARK: Marking

    /// Marks what an event told of.
    mutating func tell(_ node: DirectoryTree.Node, _ change: (inout Dirt) -> Void) {
        evidence.explain(node)
        change(&dirt[node, default: Dirt()])
        hasNews = true
    }

    mutating func mark(_ node: DirectoryTree.Node, _ kinds: LibraryChange.Kinds) {
        dirt[node, default: Dirt()].note(kinds)
        hasNews = true
    }

    /// Marks below a directory that has another path now what was handed over and not listed since, or listed and not
    /// taken in: who has it in hand looks for it under the old path.
    mutating func owe(below moved: DirectoryTree.Node) {
        for node in tree.subtree(of: moved) where owed[node] != nil || !tree.isConfirmed(node) { mark(node, .other) }
    }

    /// Drops a node with all below it; `heir` takes over what was seen to be removed there.
    mutating func drop(_ node: DirectoryTree.Node, heir: DirectoryTree.Node? = nil) -> [Inotify.Watch] {
        var ended: [Inotify.Watch] = []
        let kept = tree.isRoot(node)
        for gone in tree.subtree(of: node) where !(kept && gone == node) {
            ended += table.release(gone).list
            evidence.forget(gone)
            ignoreFiles[gone] = nil
            ownChanges[gone] = nil
            owed[gone] = nil
            if let lost = dirt.removeValue(forKey: gone), let heir { dirt[heir, default: Dirt()].inherit(lost) }
        }
        _ = tree.drop(node)
        return ended.filter { anchors.isFree($0) }
    }
}

extension Optional {
    fileprivate var list: [Wrapped] { map { [$0] } ?? [] }
}
