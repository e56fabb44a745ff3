// SPDX-License-Identifier: MIT
package import LibraryModel
package import Logging
import Synchronization
package import SystemPackage

/// Notices which directories of the libraries change, and lists one when asked.
///
/// Both are one thing: a directory is watched, then listed, so that every change is either in the listing or comes as an
/// event after it. Directories are watched as they are listed; whoever wants a library watched lists it all once. A
/// thread blocks in `poll` and only marks what is dirty, a consumer awaits ``changes`` and takes them.
package final class LibraryWatcher: LibraryFiles {
    /// One library, and the lane that its disk is reached on.
    private struct Place {
        let root: FilePath

        /// Its number in the tree; `nil` when it is not watched.
        let number: Int?
        let lane: Lane
    }

    /// Says that there are changes to take; for one consumer.
    ///
    /// It ends with ``stop()``. Any number of changes between two looks is one element.
    package let changes: AsyncStream<Void>

    private let signal: AsyncStream<Void>.Continuation
    private let logger: Logger
    private let places: [LibraryName: Place]
    private let inotify: Inotify
    private let cookies: Cookies
    private let stopSignal: StopSignal
    private let reader = Lane("stump.watch.reader")

    /// Events are looked up and watches are added under the same lock: no event can come before its watch is known.
    private let state: Mutex<WatchState>
    private let wakeUps = Atomic(0)
    private let hasWarned = Atomic(false)

    /// Makes the one kernel queue for all libraries; nothing is watched yet.
    ///
    /// - Parameters:
    ///   - libraries: Those whose `watch` is `off` are listed, but never watched.
    ///   - cookies: An existing, empty directory of ours that nobody else writes to.
    ///   - logger: Hears of directories that cannot be watched.
    /// - Throws: ``WatchFault`` when the kernel gives no queue, or `cookies` cannot be watched.
    package init(libraries: [LibrarySettings], cookies: FilePath, logger: Logger) throws(WatchFault) {
        let watched = libraries.filter { $0.watch != .off }.map(\.name)
        let places = libraries.map { library in
            let lane = Lane("stump.library.\(library.name)")
            return (library.name, Place(root: library.root, number: watched.firstIndex(of: library.name), lane: lane))
        }
        let inotify = try Inotify()
        self.cookies = try Cookies(cookies, on: inotify)
        self.inotify = inotify
        self.places = Dictionary(uniqueKeysWithValues: places)
        self.state = Mutex(WatchState(libraries: watched))
        self.stopSignal = try StopSignal()
        self.logger = logger
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Events

    /// Starts to read events; what happened since the directories were listed is still in the kernel's queue.
    ///
    /// The watcher lives until ``stop()``, whoever lets go of it.
    package func start() {
        reader.enqueue { self.readEvents() }
    }

    /// Ends reading and waits for it; who still waits at a barrier gets ``WatchFault/stopped``.
    package func stop() {
        stopSignal.give()
        reader.drain()
        cookies.stop()
        signal.finish()
    }

    /// Hands over all directories that are dirty, and forgets them.
    package func takeChanges() -> [LibraryChange] {
        state.withLock { $0.takeChanges() }
    }

    /// Returns when everything that happened before the call is in ``takeChanges()``.
    package func barrier() async throws(WatchFault) {
        try await cookies.wait()
    }

    package func figures() -> WatchFigures {
        let wakeUps = wakeUps.load(ordering: .relaxed)
        let limit = Inotify.watchLimit
        return state.withLock { state in
            WatchFigures(
                libraries: state.figures,
                watches: state.watchCount,
                limit: limit,
                overflows: state.overflows,
                events: state.events,
                wakeUps: wakeUps
            )
        }
    }

    private func readEvents() {
        withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 8) { buffer in
            while inotify.wait(or: stopSignal.descriptor) {
                wakeUps.add(1, ordering: .relaxed)
                while let events = inotify.read(into: buffer) { absorb(events) }
            }
        }
    }

    private func absorb(_ events: [KernelEvent]) {
        let hasNews = state.withLock { state in
            for event in events where event.watch != cookies.watch { remove(state.absorb(event)) }
            return state.takeNews()
        }
        if hasNews { signal.yield() }
        if events.contains(where: \.isOverflow) { cookies.repeatAll() }
        cookies.receive(events.filter { $0.watch == cookies.watch }.compactMap(\.name))
    }

    // MARK: Listings

    package func list(_ directory: FilePath, of library: LibraryName) async throws(ListingFault) -> Listing {
        let place = try place(of: library)
        return try await place.lane.run {
            Result { () throws(ListingFault) in try self.listNow(directory, of: place) }
        }.get()
    }

    package func open(
        _ names: [FileName],
        in directory: FilePath,
        of library: LibraryName
    ) async -> [Result<OpenBook, ListingFault>] {
        do throws(ListingFault) {
            let place = try place(of: library)
            return try await place.lane.run {
                Result { () throws(ListingFault) in
                    let opened = try OpenDirectory(directory, below: place.root)
                    return names.map { name in Result { () throws(ListingFault) in try opened.open(name) } }
                }
            }.get()
        } catch {
            return names.map { _ in .failure(error) }
        }
    }

    private func place(of library: LibraryName) throws(ListingFault) -> Place {
        guard let place = places[library] else {
            throw .rootOffline(FilePath(library.text), reason: "there is no library of this name")
        }
        return place
    }

    private func listNow(_ directory: FilePath, of place: Place) throws(ListingFault) -> Listing {
        do {
            let opened = try OpenDirectory(directory, below: place.root)
            guard let library = place.number else { return try opened.list() }
            watch(opened.descriptor, as: directory, of: library)
            let listing = try opened.list()
            let names = listing.entries.filter { $0.kind == .directory }.map(\.name)
            state.withLock { remove($0.keep(Set(names), in: directory, of: library)) }
            return listing
        } catch {
            if let library = place.number, error.meansGone {
                state.withLock { remove($0.drop(directory, of: library)) }
            }
            throw error
        }
    }

    private func watch(_ descriptor: Int32, as directory: FilePath, of library: Int) {
        let (added, hasNews) = state.withLock { state in
            let added = inotify.add(descriptor)
            remove(state.watch(directory, of: library, by: try? added.get()))
            return (added, state.takeNews())
        }
        if hasNews { signal.yield() }
        guard case .failure(let error) = added, !hasWarned.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            "Some directories cannot be watched; run `sysctl -w fs.inotify.max_user_watches=1048576`",
            metadata: ["path": "\(directory)", "reason": "\(error)"]
        )
    }

    /// Ends watches in the kernel; under the lock, or a lister might be given one of them in between.
    private func remove(_ watches: [Inotify.Watch]) {
        for watch in watches { inotify.remove(watch) }
    }
}

extension ListingFault {
    fileprivate var meansGone: Bool {
        switch self {
        case .absent, .wrongKind: true
        case .rootOffline, .denied, .failed: false
        }
    }
}
