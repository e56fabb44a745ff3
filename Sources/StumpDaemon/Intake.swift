// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import ServiceLifecycle
import SystemPackage

/// The one place where watching meets the queue: dirty directories settle here, and become jobs.
actor Intake: Service {
    /// What happened to one library since its last job was asked for.
    private struct Gathering {
        var settling: Settling
        var scope = ScanScope()

        /// What the next job is asked for by: the start, until its findings are handed on.
        var trigger = JobTrigger.start

        /// Whether it is to be found out if the disk is there, before anything is believed that was seen on it.
        var isDoubted = false
    }

    let watcher: LibraryWatcher
    let store: LibraryStore
    let pending: PendingBooks
    let losses: LossLedger
    private let libraryGuard: LibraryGuard
    let clock: any SteadyClock
    private let alarm: Alarm
    private let logger: Logger
    private(set) var keepers: [LibraryName: LibraryKeeper]
    private let makeKeeper: @Sendable (LibraryName) -> LibraryKeeper

    /// Those that are to begin, or begin when ``run()`` does.
    private let arrivals: AsyncStream<LibraryKeeper>
    private let arriving: AsyncStream<LibraryKeeper>.Continuation
    private var settling: Settling
    private var refused = 0

    /// Whether the queue did not take the last request.
    private(set) var isRefused = false
    private var gatherings: [LibraryName: Gathering]

    /// News that is being taken in and requests on their way into the queue, and who waits for them to be there.
    private var underWay = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(
        _ configuration: Configuration,
        watcher: LibraryWatcher,
        store: LibraryStore,
        pending: PendingBooks,
        losses: LossLedger,
        libraryGuard: LibraryGuard,
        clock: any SteadyClock = ContinuousClock(),
        logger: Logger
    ) {
        self.watcher = watcher
        self.store = store
        self.pending = pending
        self.losses = losses
        self.libraryGuard = libraryGuard
        self.clock = clock
        self.logger = logger
        alarm = Alarm(clock: clock)
        let settling = Settling(quiet: configuration.quiet, patience: configuration.patience)
        self.settling = settling
        (arrivals, arriving) = AsyncStream.makeStream()
        let libraries = configuration.libraries
        gatherings = Dictionary(uniqueKeysWithValues: libraries.map { ($0.name, Gathering(settling: settling)) })
        let makeKeeper = { @Sendable (library: LibraryName) in
            LibraryKeeper(
                library,
                watcher: watcher,
                libraryGuard: libraryGuard,
                pending: pending,
                losses: losses,
                clock: clock,
                logger: logger
            )
        }
        self.makeKeeper = makeKeeper
        let watched = libraries.filter { $0.watch != .off }.map(\.name)
        let keepers = Dictionary(uniqueKeysWithValues: watched.map { ($0, makeKeeper($0)) })
        self.keepers = keepers
        for keeper in keepers.values { arriving.yield(keeper) }
    }

    /// Serves until the daemon stops.
    ///
    /// What has not settled by then is found at the next start: its directories' stamps differ from the catalog's.
    func run() async throws {
        let signals = [pending.signal.raised(), losses.signal.raised()]
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in self.watcher.changes { await self.absorb() } }
                for signal in signals { group.addTask { for await _ in signal { await self.rearm() } } }
                group.addTask { try await self.alarm.run { await self.release(at: self.clock.now) } }
                let conditions = self.libraryGuard.conditions
                let conditionChanges = conditions.signal.raised()
                group.addTask { for await _ in conditionChanges { await self.follow(conditions) } }
                group.addTask { await self.keep() }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private func follow(_ conditions: LibraryConditions) async {
        for (library, keeper) in keepers { await keeper.follow(conditions.condition(of: library)) }
        await rearm()
    }

    /// Has every keeper work from the time it comes.
    private nonisolated func keep() async {
        await withDiscardingTaskGroup { group in
            for await keeper in arrivals {
                group.addTask {
                    let library = keeper.library
                    try? await keeper.run {
                        await self.endDoubt(of: library)
                    } onFound: {
                        await self.handOn(library)
                    }
                }
            }
        }
    }

    // MARK: Libraries

    /// Leaves libraries alone from now on; returns when nobody looks through them any more.
    func retire(_ libraries: [LibraryName]) async {
        for library in libraries {
            gatherings[library] = nil
            await keepers.removeValue(forKey: library)?.retire()
        }
        await rearm()
    }

    /// Takes up libraries that are new, or were retired before, and other times for all of them.
    func take(_ libraries: [LibrarySettings], quiet: Duration, patience: Duration) async {
        settling = Settling(quiet: quiet, patience: patience)
        for (name, gathering) in gatherings {
            gatherings[name]?.settling = settling
            if !gathering.scope.directories.isEmpty { _ = gatherings[name]?.settling.absorb(.other, at: clock.now) }
        }
        for library in libraries {
            gatherings[library.name] = Gathering(settling: settling)
            guard library.watch != .off else { continue }
            let keeper = makeKeeper(library.name)
            keepers[library.name] = keeper
            arriving.yield(keeper)
        }
        await rearm()
    }

    // MARK: Figures

    /// How many directories of a library have changed and not been handed on.
    func gathered(in library: LibraryName) -> Int { gatherings[library]?.scope.directories.count ?? 0 }

    /// Whether anything has changed and not been handed on, of a library that is there.
    var hasGathered: Bool { gatherings.contains { !$0.value.scope.directories.isEmpty && isPresent($0.key) } }

    /// What of a library may have changed and is in no scan yet, for people; `nil` where nothing is.
    func unseenChanges(in library: LibraryName) async -> String? {
        if let occupation = await keepers[library]?.occupation { return occupation }
        let count = gathered(in: library)
        return count == 0 ? nil : "changes in \(count) of its directories have not settled"
    }

    // MARK: Gathering

    /// Takes the news, and hands on at once what was found of one library by walking through it.
    private func handOn(_ library: LibraryName) async {
        await absorb()
        await release(library)
        gatherings[library]?.trigger = .watch
        await rearm()
    }

    /// Takes the news, and hands on what is urgent of it.
    func absorb() async {
        begin()
        defer { end() }
        let news = watcher.takeNews()
        // All directories of one look belong together: a new one comes with the one that it appeared in.
        var kinds: [LibraryName: LibraryChange.Kinds] = [:]
        for change in news.changes where gatherings[change.library] != nil {
            let depth = ScanScope.Depth(isDeep: change.kinds.contains(.everything), removals: change.removals)
            gatherings[change.library]?.scope.insert(change.directory, depth)
            kinds[change.library, default: []].formUnion(change.kinds)
        }
        // Whatever waits comes after everything is gathered: a flush may look meanwhile.
        for library in news.doubts { gatherings[library]?.isDoubted = true }
        for library in news.doubts {
            await libraryGuard.noteMountChange(at: clock.now)
            await keepers[library]?.doubt()
        }
        if news.hasOverflowed { await noteOverflow() }
        for (library, kinds) in kinds {
            let step = gatherings[library]?.settling.absorb(kinds.urgency, at: clock.now)
            // What was found by looking is no sign that more is to come.
            if step == .release || kinds.contains(.found) { await release(library) }
        }
        await noteLimit()
        await rearm()
    }

    private func endDoubt(of library: LibraryName) {
        gatherings[library]?.isDoubted = false
    }

    /// The kernel says only that it dropped events, not which: every library is verified, and somebody may wonder why.
    private func noteOverflow() async {
        logger.warning(
            "The kernel dropped events; all libraries are verified",
            metadata: ["event": "watch.overflow", "overflows": "\(watcher.figures().overflows)"]
        )
        for keeper in keepers.values { await keeper.overflow() }
        await tell(.watchOverflow)
    }

    /// Tells, once each time, that there are fewer watches than directories.
    private func noteLimit() async {
        let now = watcher.refused
        let before = refused
        refused = now
        guard now > 0, before == 0 else { return }
        logger.warning(
            "Some directories cannot be watched and are polled; raise the limit of inotify watches",
            metadata: [
                "event": "watch.limited", "directories": "\(now)", "limit": "\(watcher.figures().limit ?? 0)",
                "hint": "\(ProblemClass.watchLimit.hint)",
            ]
        )
        await tell(.watchLimited)
    }

    /// Tells of something as far as the database can take it in; it was logged already.
    private func tell(_ type: EventType) async {
        do {
            try await store.tell(type)
        } catch {
            logger.error("An event could not be kept", metadata: ["type": "\(type.rawValue)", "reason": "\(error)"])
        }
    }

    // MARK: Handing on

    /// Hands on what has settled by `now`, and looks again at what is pending and whose time has come.
    private func release(at now: ContinuousClock.Instant) async {
        var due: [LibraryName: ScanScope] = [:]
        for (library, directory) in await pending.takeDue(at: now) + losses.takeDue(at: now) {
            due[library, default: ScanScope()].insert(directory, ScanScope.Depth(isDeep: false))
        }
        for (library, scope) in due where isPresent(library) {
            await ask(for: scope, of: library, .watch)
        }
        for library in gatherings.keys where gatherings[library]?.settling.due(at: now) == .release {
            await release(library)
        }
        await rearm()
    }

    /// Hands on all that was gathered, and some directories more; returns when it is in the queue.
    func releaseAll(with directories: [(library: LibraryName, directory: FilePath)]) async {
        for (library, directory) in directories {
            gatherings[library]?.scope.insert(directory, ScanScope.Depth(isDeep: false))
        }
        for library in gatherings.keys { await release(library) }
        await absorbed()
    }

    /// Asks for a job for what was gathered; of a library that is offline it stays gathered until it is back.
    private func release(_ library: LibraryName) async {
        guard let gathering = gatherings[library], !gathering.scope.directories.isEmpty, isPresent(library) else {
            return
        }
        gatherings[library]?.scope = ScanScope()
        gatherings[library]?.settling.release()
        await ask(for: gathering.scope, of: library, gathering.trigger)
    }

    /// Asks for a job; where the queue does not take it now, nothing of it is lost: it is tried again after the time of
    /// quiet.
    private func ask(for scope: ScanScope, of library: LibraryName, _ trigger: JobTrigger) async {
        if await request(LibraryStore.JobRequest(library: library, scope: scope, trigger: trigger)) { return }
        gatherings[library]?.scope.formUnion(scope)
        _ = gatherings[library]?.settling.absorb(.other, at: clock.now)
    }

    /// Says whether a request is in the queue; a database that cannot take it now is no end of watching.
    private func request(_ request: LibraryStore.JobRequest) async -> Bool {
        begin()
        defer { end() }
        do {
            _ = try await store.request(request)
            isRefused = false
            return true
        } catch {
            // Once: while a disk is full, this is tried every few seconds.
            if !Task.isCancelled, !isRefused {
                logger.error("Scans cannot be queued for now; they are tried again", metadata: ["reason": "\(error)"])
            }
            isRefused = true
            return false
        }
    }

    /// Returns when no news is being taken in and no request is on its way.
    func absorbed() async {
        while underWay > 0 { await withCheckedContinuation { waiters.append($0) } }
    }

    private func begin() {
        underWay += 1
    }

    private func end() {
        underWay -= 1
        guard underWay == 0 else { return }
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    private func isPresent(_ library: LibraryName) -> Bool {
        if gatherings[library]?.isDoubted == true { return false }
        return if case .offline = libraryGuard.conditions.condition(of: library) { false } else { true }
    }

    private func rearm() async {
        var deadlines = [await pending.nextDue, await losses.nextDue].compactMap { $0 }
        for library in gatherings.keys where isPresent(library) {
            if case .wait(let deadline)? = gatherings[library]?.settling.due(at: clock.now) {
                deadlines.append(deadline)
            }
        }
        alarm.set(deadlines.min())
    }
}

extension LibraryChange.Kinds {
    fileprivate var urgency: Settling.Change {
        if contains(.fileArrived) { return .fileArrived }
        if contains(.directoryAppeared) || contains(.everything) { return .directoryAppeared }
        return contains(.fileCreated) ? .fileCreated : .other
    }
}
