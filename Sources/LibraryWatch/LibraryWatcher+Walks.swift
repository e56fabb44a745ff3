// SPDX-License-Identifier: MIT
package import LibraryModel
import Synchronization

/// Goes through the remembered directories: at the start, after lost events, when a disk is back, and to poll.
extension LibraryWatcher {
    /// How long a walk may keep a lane from others.
    private static let slice: Duration = .milliseconds(20)

    // MARK: Starting

    /// Takes in the tree of a library as the catalog holds it, parents before their children.
    ///
    /// To be called before ``start()``, and followed by ``resync(_:)``, which watches it.
    package func restore(_ library: LibraryName) -> @Sendable (StoredDirectory) -> Void {
        guard let number = knownPlace(of: library)?.number else { return { _ in } }
        let loader = TreeLoader(library: number)
        return { directory in self.state.withLock { loader.load(directory, into: &$0) } }
    }

    // MARK: Verifying

    /// Watches every remembered directory of a library, and marks those whose stamps are not as remembered.
    ///
    /// - Returns: whether all of the library could be reached.
    @discardableResult
    package func resync(_ library: LibraryName) async -> Bool {
        await walk(.directories, through: library) { false }
    }

    /// Lists every remembered directory of a library, and marks those in which a book is not as remembered.
    ///
    /// It finds what no directory's stamp shows: a book that was written in place. While it `isGentle` it leaves the
    /// disk to others half of the time.
    @discardableResult
    package func audit(_ library: LibraryName, isGentle: @Sendable () -> Bool) async -> Bool {
        await walk(.files, through: library, isGentle)
    }

    private func walk(
        _ sweep: Sweep,
        through library: LibraryName,
        _ isGentle: @Sendable () -> Bool
    ) async -> Bool {
        guard let place = knownPlace(of: library), let number = place.number else { return true }
        refreshLimit()
        let overflows = state.withLock { $0.overflows }
        var isComplete = true
        for volume in place.volumes {
            guard let walk = makeWalk(sweep, of: volume, in: place, isExplained: true) else { continue }
            do {
                while try await !volume.lane.run({ walk.value.step(for: Self.slice) }) {
                    try Task.checkCancellation()
                    announce()
                    if isGentle() { try await Task.sleep(for: Self.slice) }
                }
            } catch {
                isComplete = false
                continue
            }
            let result = walk.value.result
            isComplete = isComplete && result.isComplete
            sweeps.withLock { $0.note(result.directories, of: Sweeps.Key(library: number, mount: volume.mount)) }
        }
        if isComplete, sweep == .files { state.withLock { $0.noteCompared(number, after: overflows) } }
        planSweeps(of: place, at: .now)
        announce()
        return isComplete
    }

    // MARK: Polling

    /// Starts the sweeps that are due.
    package func sweep(at now: ContinuousClock.Instant) {
        for (key, sweep) in sweeps.withLock({ $0.takeDue(at: now) }) {
            refreshLimit()
            try? openQueue()
            guard let place = places.withLock({ $0.place(numbered: key.library) }),
                let volume = place.volumes.first(where: { $0.mount == key.mount }),
                let walk = makeWalk(sweep, of: volume, in: place, isExplained: false)
            else {
                sweeps.withLock { $0.finish(key, sweep, TreeWalk.Result(), at: now) }
                continue
            }
            volume.lane.enqueue { self.goOn(walk, sweep, key, on: volume.lane) }
        }
    }

    private func goOn(_ walk: WalkBox, _ sweep: Sweep, _ key: Sweeps.Key, on lane: Lane) {
        guard walk.value.step(for: Self.slice) else {
            announce()
            // At the end of the queue: whoever wants a listing comes first.
            return lane.enqueue { self.goOn(walk, sweep, key, on: lane) }
        }
        sweeps.withLock { $0.finish(key, sweep, walk.value.result, at: .now) }
        if !walk.value.result.isComplete { doubt([key.library]) }
        if let place = places.withLock({ $0.place(numbered: key.library) }) { planSweeps(of: place, at: .now) }
        announce()
        wake.give()
    }

    /// Decides anew which volumes of a library are polled.
    func planSweeps(of place: LibraryPlace, at now: ContinuousClock.Instant) {
        guard let number = place.number else { return }
        let (refused, isRetired) = state.withLock { ($0.table.count(of: number).refused, $0.isRetired(number)) }
        if isRetired { return }
        let volumes = place.volumes.filter { $0.mount >= 0 }
        let before = sweeps.withLock { $0.deadline }
        let after = sweeps.withLock { sweeps in
            sweeps.keep(Set(volumes.map(\.mount)), of: number)
            for volume in volumes {
                let key = Sweeps.Key(library: number, mount: volume.mount)
                sweeps.plan(key, for: need(of: volume, in: place, key, refused: refused), at: now)
            }
            return sweeps.deadline
        }
        if after != before { wake.give() }
    }

    private func need(
        of volume: LibraryPlace.Volume,
        in place: LibraryPlace,
        _ key: Sweeps.Key,
        refused: Int
    ) -> Sweeps.Need? {
        let trust = volume.trust
        if place.mode == .poll {
            return Sweeps.Need(trust: trust, isForced: true, reason: "`watch = \"poll\"` is configured")
        }
        if refused > 0 {
            let reason =
                cookies.isWatched
                ? "the kernel has no watch left for \(refused) directories" : "the kernel gives no queue for events"
            return Sweeps.Need(trust: trust, isForced: true, reason: reason)
        }
        if place.mode == .events { return nil }
        if trust.events == .own {
            let reason = "\(volume.fileSystem) tells only of changes that are made on this machine"
            return Sweeps.Need(trust: trust, isForced: false, reason: reason)
        }
        if distrust.withLock({ $0.contains(key) }) {
            let reason = "changes were found that \(volume.fileSystem) had not told of"
            return Sweeps.Need(trust: trust, isForced: true, reason: reason)
        }
        return nil
    }

    private func refreshLimit() {
        let current = WatchLimit.current
        limit.withLock { $0 = current }
    }

    // MARK: Walks

    private func makeWalk(
        _ sweep: Sweep,
        of volume: LibraryPlace.Volume,
        in place: LibraryPlace,
        isExplained: Bool
    ) -> WalkBox? {
        guard let number = place.number else { return nil }
        let (start, unwatched) = state.withLock { state in
            (state.tree.node(at: volume.path, of: number), spare(state, of: number))
        }
        if state.withLock({ $0.isRetired(number) }) { return nil }
        guard let start else {
            // Nothing is known of what is mounted there: the directory above it is listed, and shows it. Once, for it may
            // be ignored.
            if sweeps.withLock({ $0.isFirstSight(of: Sweeps.Key(library: number, mount: volume.mount)) }) {
                state.withLock { $0.markFound(above: volume.path, of: number) }
            }
            return nil
        }
        let guide = WalkGuide(self, place, isExplained: isExplained, unwatched: unwatched)
        return WalkBox(
            TreeWalk(sweep, of: volume, below: place.root, from: start, ignoring: place.ignore, guide: guide)
        )
    }

    /// The directories that are left to polling where there are fewer watches than directories: of those with none below
    /// them the ones that changed the longest ago.
    private func spare(_ state: borrowing WatchState, of library: Int) -> Set<DirectoryTree.Node> {
        guard let limit = limit.withLock({ $0 }) else { return [] }
        let share = WatchLimit.share(of: limit)
        guard state.tree.count > share else { return [] }
        let nodes = state.tree.subtree(of: state.tree.root(of: library))
        let others = state.table.count - state.table.count(of: library).watched
        let leaves = nodes.filter { !state.tree.hasChildren($0) }
        let room = max(0, share - others - (nodes.count - leaves.count))
        guard leaves.count > room else { return [] }
        let oldest = Timestamp(nanoseconds: .min)
        let dated = leaves.map { (node: $0, modified: state.tree.modified($0) ?? oldest) }
        return Set(dated.sorted { $0.modified > $1.modified }.dropFirst(room).map(\.node))
    }
}

// Handed from one part of a walk to the next on its lane, which is a serial queue: never used by two threads at once.
private struct WalkBox: @unchecked Sendable {
    let value: TreeWalk

    init(_ value: TreeWalk) {
        self.value = value
    }
}
