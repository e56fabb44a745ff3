// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage

/// Goes through the remembered directories of one volume, and compares each with the disk.
///
/// One engine for three needs: to watch a tree again that was watched before, to find what lost events would have told,
/// and to poll. It does a part at a time, so that whoever wants a listing from the same disk waits for a part at most.
/// Every call here may block as long as a disk.
final class TreeWalk {
    struct Result {
        /// How many directories there were, and how many were not as remembered.
        var directories = 0
        var found = 0

        /// How long the disk was busy with it.
        var took: Duration = .zero

        /// Whether the volume could be reached at all.
        var isComplete = false
    }

    struct Child {
        let node: DirectoryTree.Node
        let name: FileName
        let hasChildren: Bool
    }

    enum Place {
        case opened(Int32)
        case entry(FileName, in: Int32)
    }

    /// What there is of a directory now.
    enum Sight {
        case stamp(DirectoryStamp)
        case names(Listing)
        case files(Listing)

        /// It cannot be read, which was known or was not.
        case denied

        /// It is not what it was, or not to be reached: its listing, or its parent's, has to tell.
        case lost
    }

    private struct Frame {
        let node: DirectoryTree.Node
        let descriptor: Int32
        let rules: IgnoreRules
        var children: [Child]
    }

    private let sweep: Sweep
    private let volume: LibraryPlace.Volume
    private let guide: WalkGuide
    private let root: FilePath
    private let ignore: IgnoreFile?
    private let start: DirectoryTree.Node
    private var frames: [Frame] = []
    private var hasBegun = false
    private(set) var result = Result()

    init(
        _ sweep: Sweep,
        of volume: LibraryPlace.Volume,
        below root: FilePath,
        from start: DirectoryTree.Node,
        ignoring ignore: IgnoreFile?,
        guide: WalkGuide
    ) {
        self.sweep = sweep
        self.volume = volume
        self.root = root
        self.ignore = ignore
        self.start = start
        self.guide = guide
    }

    deinit {
        for frame in frames { close(frame.descriptor) }
    }

    /// Goes on for about `time`; says whether the walk has come to its end.
    func step(for time: Duration) -> Bool {
        let begin = ContinuousClock.now
        defer { result.took += ContinuousClock.now - begin }
        if !hasBegun {
            hasBegun = true
            guard enterStart() else { return true }
            result.isComplete = true
        }
        while !frames.isEmpty {
            guard let child = frames[frames.count - 1].children.popLast() else {
                close(frames.removeLast().descriptor)
                continue
            }
            visit(child, in: frames[frames.count - 1])
            if ContinuousClock.now - begin >= time { break }
        }
        return frames.isEmpty
    }

    private func enterStart() -> Bool {
        var rules = IgnoreRules(ignore)
        do throws(ListingFault) {
            enter(start, try OpenDirectory.descend(volume.path.names, below: root, &rules), rules)
            return true
        } catch {
            // Where all is ignored, there is nothing to look at.
            if case .ignored = error { return true }
            return false
        }
    }

    private func visit(_ child: Child, in frame: Frame) {
        if sweep == .directories, !child.hasChildren {
            visitLeaf(child, in: frame)
            return
        }
        let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW
        let descriptor = child.name.withCString { openat(frame.descriptor, $0, flags) }
        guard descriptor >= 0 else {
            guard errno == EACCES || errno == EPERM else { return note(frame.node, .lost) }
            return noteDenied(child, in: frame)
        }
        let rules = frame.rules.entering(child.name)
        guard rules.mayInclude else {
            // Its parent's listing tells, and ends its watch.
            close(descriptor)
            return
        }
        enter(child.node, descriptor, rules)
    }

    /// A directory without any below it need not be opened to be watched and compared.
    private func visitLeaf(_ child: Child, in frame: Frame) {
        let wasDenied = guide.isDenied(child.node)
        let watching = guide.watch(child.node, .entry(child.name, in: frame.descriptor))
        if watching == .denied { return note(child.node, .denied, wasDenied: wasDenied) }
        guard let status = try? FileStatus(of: child.name, in: frame.descriptor, followsLink: false),
            status.type == DT_DIR
        else { return note(frame.node, .lost) }
        if isElsewhere(status) { return }
        result.directories += 1
        note(child.node, .stamp(status.directoryStamp))
    }

    /// Its rows stay, and it is told once that it cannot be read.
    private func noteDenied(_ child: Child, in frame: Frame) {
        let wasDenied = guide.isDenied(child.node)
        _ = guide.watch(child.node, .entry(child.name, in: frame.descriptor))
        note(child.node, .denied, wasDenied: wasDenied)
    }

    /// Watches and compares an open directory, and goes into it.
    private func enter(_ node: DirectoryTree.Node, _ descriptor: Int32, _ rules: IgnoreRules) {
        guard let status = try? FileStatus(of: descriptor) else {
            close(descriptor)
            return note(node, .lost)
        }
        // What is mounted below has a walk of its own.
        guard node == start || !isElsewhere(status) else {
            close(descriptor)
            return
        }
        result.directories += 1
        _ = guide.watch(node, .opened(descriptor))
        note(node, sight(of: descriptor, rules))
        var rules = rules
        // Only a walk that lists has use for them.
        if sweep != .directories { _ = try? rules.addFile(in: descriptor) }
        frames.append(Frame(node: node, descriptor: descriptor, rules: rules, children: guide.children(of: node)))
    }

    private func sight(of descriptor: Int32, _ rules: IgnoreRules) -> Sight {
        if sweep == .directories {
            // After the watch: a change in between has an event.
            return (try? FileStatus(of: descriptor)).map { .stamp($0.directoryStamp) } ?? .lost
        }
        // Of its own, because reading moves the position of a descriptor.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC)
        guard copy >= 0, let opened = try? OpenDirectory(adopting: copy) else { return .lost }
        let detail: OpenDirectory.Detail = sweep == .names ? .names : .stamps
        guard let listing = try? opened.list(detail, on: volume.trust, rules) else { return .lost }
        return sweep == .names ? .names(listing) : .files(listing)
    }

    private func note(_ node: DirectoryTree.Node, _ sight: Sight, wasDenied: Bool = false) {
        if guide.compare(node, sight, wasDenied: wasDenied) { result.found += 1 }
    }

    private func isElsewhere(_ status: FileStatus) -> Bool {
        status.mount.map { $0 != volume.mount && volume.mount >= 0 } ?? false
    }
}
