// SPDX-License-Identifier: MIT
package import LibraryModel
package import Logging
import Synchronization
package import SystemPackage

/// Notices which directories of the libraries change, and lists one when asked.
///
/// Both are one thing: a directory is watched, then listed, so that every change is either in the listing or comes as an
/// event after it. A thread blocks in `poll` and only marks what is dirty; a consumer awaits ``changes`` and takes the
/// news. Where the kernel's word is not enough, directories are polled and compared with what is remembered of them.
package final class LibraryWatcher: Sendable {
    /// How long a disk may take to answer before its library is taken to be offline.
    package static let hangLimit: Duration = .seconds(30)

    /// Says that there is news to take; for one consumer.
    ///
    /// It ends with ``stop()``. Any amount of news between two looks is one element.
    package let changes: AsyncStream<Void>

    let logger: Logger
    let places: Mutex<PlaceTable>
    let inotify = Inotify()
    let cookies: Cookies
    let wake: WakeSignal
    let mounts = MountFile()
    let watchdog: Watchdog
    let reader = Lane("stump.watch.reader")

    /// Answered by the reader's thread whenever it has been woken and has read what there was.
    package let pulse = Pulse()

    /// Events are looked up and watches are added under the same lock: no event can come before its watch is known.
    let state: Mutex<WatchState>
    let sweeps: Mutex<Sweeps>
    let distrust = Mutex(Distrust())

    /// The kernel's limit as it was last read, and the mounts.
    let limit: Mutex<Int?> = Mutex(WatchLimit.current)
    let mountTable = Mutex(MountFile.read())
    let wakeUps = Atomic(0)
    private let signal: AsyncStream<Void>.Continuation

    /// Makes the one kernel queue for all libraries; nothing is watched yet.
    ///
    /// Without a queue, because the user has none left, everything is polled, and it is tried again with each sweep.
    ///
    /// - Parameters:
    ///   - libraries: Those whose `watch` is `off` are listed, but never watched.
    ///   - cookies: An existing, empty directory of ours that nobody else writes to.
    ///   - pollInterval: The least time between two looks at what is polled.
    ///   - hangLimit: How long a disk may take to answer.
    ///   - logger: Hears of what cannot be watched.
    /// - Throws: ``WatchFault`` when `cookies` cannot be used.
    package init(
        libraries: [LibrarySettings],
        cookies: FilePath,
        pollInterval: Duration = .seconds(300),
        hangLimit: Duration = LibraryWatcher.hangLimit,
        logger: Logger
    ) throws(WatchFault) {
        let watchdog = Watchdog(limit: hangLimit)
        self.watchdog = watchdog
        var places = PlaceTable()
        for library in libraries { places.add(library) { watchdog.lane($0) } }
        self.cookies = try Cookies(cookies)
        state = Mutex(WatchState(libraries: places.watched.map(\.name)))
        self.places = Mutex(places)
        sweeps = Mutex(Sweeps(interval: pollInterval))
        wake = try WakeSignal()
        self.logger = logger
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        try openQueue()
    }

    // MARK: News

    /// Starts to read events; what happened since the directories were listed is still in the kernel's queue.
    ///
    /// The watcher lives until ``stop()``, whoever lets go of it.
    package func start() {
        watchdog.attach(onUse: { [weak self] in self?.wake.give() }, onReturn: { [weak self] in self?.doubtAll() })
        reader.enqueue { self.readEvents() }
    }

    /// Has the reader's thread answer ``pulse``.
    package func askPulse() {
        pulse.ask()
        wake.give()
    }

    /// Ends reading and waits for it; who still waits at a barrier gets ``WatchFault/stopped``.
    package func stop() {
        wake.giveLast()
        reader.drain()
        cookies.stop()
        signal.finish()
    }

    /// Hands over everything that is dirty or doubtful, and forgets it.
    package func takeNews() -> WatchNews {
        state.withLock { $0.takeNews() }
    }

    /// Returns when everything that happened before the call is in ``takeNews()``.
    package func barrier() async throws(WatchFault) {
        try await cookies.wait()
    }

    /// The mount that a path leads to, as mounts were when they last changed.
    package func mount(of path: FilePath) -> MountTable.Mount? {
        mountTable.withLock { $0.mount(of: path) }
    }

    /// How many directories the kernel has no watch for.
    package var refused: Int {
        let numbers = watchedNumbers
        return state.withLock { state in numbers.reduce(0) { $0 + state.table.count(of: $1).refused } }
    }

    package func figures() -> WatchFigures {
        let wakeUps = wakeUps.load(ordering: .relaxed)
        let limit = WatchLimit.current
        let watched = watched
        let numbers = watched.compactMap(\.number)
        let (watchings, watches, overflows, events) = state.withLock { state in
            (numbers.map { state.table.count(of: $0) }, state.table.count, state.overflows, state.events)
        }
        let needs = sweeps.withLock { sweeps in numbers.map { sweeps.need(of: $0) } }
        var libraries: [LibraryName: WatchFigures.Library] = [:]
        for (index, place) in watched.enumerated() {
            libraries[place.name] = WatchFigures.Library(watchings[index], place.mode, needs[index])
        }
        return WatchFigures(
            libraries: libraries,
            watches: watches,
            limit: limit,
            overflows: overflows,
            events: events,
            wakeUps: wakeUps,
            hasQueue: cookies.isWatched
        )
    }

    // MARK: Inside

    /// Wakes the consumer where there is news.
    func announce() {
        if state.withLock({ $0.takeSignal() }) { signal.yield() }
    }

    /// Has it found out anew whether the disks are there.
    func doubt(_ libraries: some Sequence<Int>) {
        state.withLock { state in
            for library in libraries { state.doubt(library) }
        }
        announce()
    }

    private func doubtAll() {
        doubt(watchedNumbers)
    }

    /// Ends watches in the kernel; under the lock, or a lister might be given one of them in between.
    func end(_ watches: [Inotify.Watch]) {
        for watch in watches { inotify.remove(watch) }
    }

    /// Has the kernel watch a directory, as far as that is wanted and there is a watch left; under the lock.
    func watching(
        _ state: borrowing WatchState,
        of node: DirectoryTree.Node?,
        in place: LibraryPlace,
        isWanted: Bool = true,
        _ add: (Inotify) -> Result<Inotify.Watch, Errno>
    ) -> WatchTable.Watching {
        if place.mode == .poll { return .unwanted }
        // What nobody could wait for is not watched either.
        if !cookies.isWatched { return .refused }
        let isWatched = node.map { state.table.isWatched($0) } ?? false
        let share = limit.withLock { $0.map(WatchLimit.share(of:)) } ?? .max
        guard isWatched || isWanted && state.table.count < share else { return .refused }
        switch add(inotify) {
        case .success(let watch): return .by(watch)
        case .failure(.permissionDenied), .failure(.notPermitted): return .denied
        case .failure(.noSpace), .failure(.tooManyOpenFiles), .failure(.noMemory): return .refused
        case .failure: return .none
        }
    }

    /// Asks the kernel for a queue, and for the watch of the barriers on it, where they are not there yet.
    ///
    /// Without them everything is polled.
    func openQueue() throws(WatchFault) {
        if cookies.isWatched { return }
        do throws(WatchFault) {
            try inotify.open()
        } catch {
            logger.warning("Everything is polled: \(error.summary)", metadata: ["hint": "\(error.remedy ?? "")"])
            return
        }
        do throws(Errno) {
            try cookies.watch(on: inotify)
        } catch .noSpace {
            logger.warning("Everything is polled: the kernel has no watch left, not even for barriers")
        } catch {
            throw .cookiesUnusable(cookies.path, reason: error.description)
        }
    }
}
