// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// The directories of all libraries: where they hang, and what was last seen of them.
///
/// A node leads to its parent, never to a path: a directory that is renamed with everything below it is one changed
/// parent. Paths are put together when somebody asks. The nodes are a struct of arrays, because there may be a hundred
/// thousand, and one costs about two hundred bytes with its name.
struct DirectoryTree {
    struct Node: Hashable {
        /// Small, and given again to another directory once this one is dropped.
        fileprivate let number: Int32

        /// Tells it from the directories that have had its number before.
        fileprivate let generation: UInt32

        /// The number of its library.
        let library: Int32

        var index: Int { Int(number) }
    }

    /// What is remembered of a directory's content.
    struct Sight: Equatable {
        /// As the kernel stamped it before it was listed; `nil` where another listing has to tell.
        var stamp: DirectoryStamp?
        var digest: ListingDigest?
    }

    private struct Key: Hashable {
        let parent: Int32
        let name: FileName
    }

    /// A stamp without device and birth, which a comparison does not need.
    private struct Stamp {
        let inode: UInt64
        let modified: Timestamp
        let changed: Timestamp
    }

    private static let none: Int32 = -1

    private var parents: ContiguousArray<Int32> = []
    private var firstChildren: ContiguousArray<Int32> = []
    private var nextSiblings: ContiguousArray<Int32> = []
    private var previousSiblings: ContiguousArray<Int32> = []
    private var names: ContiguousArray<FileName> = []
    private var libraries: ContiguousArray<Int32> = []
    private var stamps: ContiguousArray<Stamp?> = []
    private var digests: ContiguousArray<ListingDigest?> = []

    /// Whether a directory was seen, and is not only on the way to one that was.
    private var seen: ContiguousArray<Bool> = []

    /// Whether a listing has shown something new of a directory that nobody has said is in the catalog.
    private var open: ContiguousArray<Bool> = []
    private var children: [Key: Int32] = [:]
    private var generations: ContiguousArray<UInt32> = []
    private var free: [Int32] = []

    /// The root of each library.
    private var roots: [Int32] = []

    /// Makes the roots of `count` libraries, which are never dropped.
    init(libraries count: Int) {
        for _ in 0..<count { _ = addLibrary() }
    }

    /// Makes the root of one library more, and gives the library's number.
    mutating func addLibrary() -> Int {
        roots.append(makeSlot(FileName(""), of: Int32(roots.count)))
        return roots.count - 1
    }

    /// Has nobody take the root of a library for alive who found it before; all below it was dropped.
    mutating func retire(_ library: Int) {
        let root = Int(roots[library])
        stamps[root] = nil
        digests[root] = nil
        seen[root] = false
        open[root] = false
        generations[root] &+= 1
    }

    // MARK: Finding

    /// How many directories there are, the roots among them.
    var count: Int { parents.count - free.count }

    func root(of library: Int) -> Node { node(roots[library]) }

    /// Whether a node that was found before has not been dropped since.
    func isAlive(_ node: Node) -> Bool {
        generations[node.index] == node.generation
    }

    private func node(_ number: Int32) -> Node {
        Node(number: number, generation: generations[Int(number)], library: libraries[Int(number)])
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
        children[Key(parent: node.number, name: name)].map { self.node($0) }
    }

    func children(of node: Node) -> [Node] {
        var found: [Node] = []
        var next = firstChildren[node.index]
        while next != DirectoryTree.none {
            found.append(self.node(next))
            next = nextSiblings[Int(next)]
        }
        return found
    }

    func hasChildren(_ node: Node) -> Bool { firstChildren[node.index] != DirectoryTree.none }

    func name(of node: Node) -> FileName { names[node.index] }

    /// `nil` for a library's root, and for a directory that was moved away and not seen again.
    func parent(of node: Node) -> Node? {
        let parent = parents[node.index]
        return parent == DirectoryTree.none ? nil : self.node(parent)
    }

    func library(of node: Node) -> Int { Int(node.library) }

    /// The path from the library's root, which itself is the empty path.
    func path(of node: Node) -> FilePath {
        var names: [FileName] = []
        var node = node
        while let parent = parent(of: node) {
            names.append(self.names[node.index])
            node = parent
        }
        return FilePath(bytes: Array(names.reversed().map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
    }

    /// A node with all below it, parents first.
    func subtree(of node: Node) -> [Node] {
        var found = [node]
        var next = 0
        while next < found.count {
            found += children(of: found[next])
            next += 1
        }
        return found
    }

    // MARK: Remembering

    func differs(_ stamp: DirectoryStamp, from node: Node) -> Bool {
        guard let known = stamps[node.index] else { return true }
        return known.inode != stamp.inode || known.modified != stamp.modified || known.changed != stamp.changed
    }

    /// Whether all that was seen of a directory is known to be in the catalog.
    func isConfirmed(_ node: Node) -> Bool { stamps[node.index] != nil }

    /// When a directory's content last changed, as far as that is known; for what is watched first.
    func modified(_ node: Node) -> Timestamp? { stamps[node.index]?.modified }

    func digest(of node: Node) -> ListingDigest? { digests[node.index] }

    /// Whether whoever listed a directory last may not have come to the end of what was to be done about it.
    func isOpen(_ node: Node) -> Bool { open[node.index] }

    /// Remembers a listing, of which the catalog may know nothing yet.
    mutating func rememberListing(_ digest: ListingDigest, of node: Node) {
        let isNews = digests[node.index] != digest
        let wasOpen = open[node.index]
        remember(Sight(stamp: nil, digest: digest), of: node)
        open[node.index] = wasOpen || isNews
    }

    /// Has a directory count as one that nobody has taken in yet.
    mutating func reopen(_ node: Node) {
        open[node.index] = true
    }

    /// Whether anything was ever remembered of a directory.
    func isSeen(_ node: Node) -> Bool { seen[node.index] }

    mutating func noteSeen(_ node: Node) {
        seen[node.index] = true
    }

    /// Remembers what the catalog knows.
    mutating func remember(_ sight: Sight, of node: Node) {
        seen[node.index] = true
        open[node.index] = false
        stamps[node.index] = sight.stamp.map { Stamp(inode: $0.inode, modified: $0.modified, changed: $0.changed) }
        digests[node.index] = sight.digest
    }

    // MARK: Changing

    /// Finds or makes the node of a path, and those on the way to it.
    mutating func insert(_ path: FilePath, of library: Int) -> Node {
        path.names.reduce(root(of: library)) { insert($1, in: $0) }
    }

    mutating func insert(_ name: FileName, in parent: Node) -> Node {
        if let child = child(name, of: parent) { return child }
        let number = makeSlot(name, of: parent.library)
        let node = self.node(number)
        hang(node, as: name, in: parent)
        return node
    }

    /// Takes a node off its parent, with all below it; it hangs nowhere until ``hang(_:as:in:)``.
    mutating func detach(_ node: Node) {
        guard let parent = parent(of: node) else { return }
        children[Key(parent: parent.number, name: names[node.index])] = nil
        let (previous, next) = (previousSiblings[node.index], nextSiblings[node.index])
        if previous == DirectoryTree.none {
            firstChildren[parent.index] = next
        } else {
            nextSiblings[Int(previous)] = next
        }
        if next != DirectoryTree.none { previousSiblings[Int(next)] = previous }
        parents[node.index] = DirectoryTree.none
        previousSiblings[node.index] = DirectoryTree.none
        nextSiblings[node.index] = DirectoryTree.none
    }

    /// Hangs a detached node below a parent of its library that is not below it and has no child of this name.
    mutating func hang(_ node: Node, as name: FileName, in parent: Node) {
        names[node.index] = name
        parents[node.index] = parent.number
        nextSiblings[node.index] = firstChildren[parent.index]
        if firstChildren[parent.index] != DirectoryTree.none {
            previousSiblings[Int(firstChildren[parent.index])] = node.number
        }
        firstChildren[parent.index] = node.number
        children[Key(parent: parent.number, name: name)] = node.number
    }

    /// Whether a node is `ancestor` or hangs below it.
    func isWithin(_ node: Node, _ ancestor: Node) -> Bool {
        var next: Node? = node
        while let node = next {
            if node == ancestor { return true }
            next = parent(of: node)
        }
        return false
    }

    /// Frees a node with all below it, and says which went; a library's root itself stays.
    mutating func drop(_ node: Node) -> [Node] {
        var dropped = subtree(of: node)
        if isRoot(node) {
            dropped.removeFirst()
            for child in children(of: node) { detach(child) }
        } else {
            detach(node)
        }
        for node in dropped { clear(node) }
        return dropped
    }

    /// Whether a node is the root of its library.
    func isRoot(_ node: Node) -> Bool { node.library >= 0 && roots[Int(node.library)] == node.number }

    private mutating func makeSlot(_ name: FileName, of library: Int32) -> Int32 {
        if let number = free.popLast() {
            names[Int(number)] = name
            libraries[Int(number)] = library
            return number
        }
        parents.append(DirectoryTree.none)
        firstChildren.append(DirectoryTree.none)
        nextSiblings.append(DirectoryTree.none)
        previousSiblings.append(DirectoryTree.none)
        names.append(name)
        libraries.append(library)
        stamps.append(nil)
        digests.append(nil)
        seen.append(false)
        open.append(false)
        generations.append(0)
        return Int32(parents.count - 1)
    }

    private mutating func clear(_ node: Node) {
        if let parent = parent(of: node) { children[Key(parent: parent.number, name: names[node.index])] = nil }
        parents[node.index] = DirectoryTree.none
        firstChildren[node.index] = DirectoryTree.none
        nextSiblings[node.index] = DirectoryTree.none
        previousSiblings[node.index] = DirectoryTree.none
        names[node.index] = FileName("")
        libraries[node.index] = DirectoryTree.none
        stamps[node.index] = nil
        digests[node.index] = nil
        seen[node.index] = false
        open[node.index] = false
        generations[node.index] &+= 1
        free.append(node.number)
    }
}
