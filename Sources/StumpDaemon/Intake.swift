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
    }

    private let watcher: LibraryWatcher
    private let store: LibraryStore
    private let pending: PendingBooks
    private let clock: any Clock<Duration>
    private let alarm: Alarm
    private let logger: Logger
    private var overflows = 0
    private var gatherings: [LibraryName: Gathering]

    init(
        _ configuration: Configuration,
        watcher: LibraryWatcher,
        store: LibraryStore,
        pending: PendingBooks,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.watcher = watcher
        self.store = store
        self.pending = pending
        self.clock = clock
        self.logger = logger
        alarm = Alarm(clock: clock)
        let settling = Settling(quiet: configuration.quiet, patience: configuration.patience)
        gatherings = Dictionary(
            uniqueKeysWithValues: configuration.libraries.map { ($0.name, Gathering(settling: settling)) }
        )
    }

    /// Serves until the daemon stops.
    ///
    /// What has not settled by then is found by the scan at the next start.
    func run() async throws {
        let pendingChanges = pending.signal.raised()
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in self.watcher.changes { try await self.absorb() } }
                group.addTask { for await _ in pendingChanges { await self.rearm() } }
                group.addTask { try await self.alarm.run { try await self.release(at: .now) } }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    /// How many directories of a library have changed and not been handed on.
    func gathered(in library: LibraryName) -> Int { gatherings[library]?.scope.directories.count ?? 0 }

    /// Hands on everything that happened before the call, and waits until the queue has dealt with it.
    ///
    /// - Returns: whether that was done within `limit`, and what is pending then.
    func flush(within limit: Duration) async throws -> (isSettled: Bool, pending: [PendingBooks.Entry]) {
        let isSettled = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.settle()
                return true
            }
            group.addTask { [clock] in
                try await clock.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        return (isSettled, await pending.entries)
    }

    private func settle() async throws {
        let feed = store.events.listen()
        try await handOn()
        var open: Set<Int64> = []
        for kind in [JobKind.libraryScan, .seriesScan] {
            for state in [JobState.queued, .running] {
                open.formUnion(try await store.jobs(LibraryStore.JobFilter(state: state, kind: kind)).map(\.id))
            }
        }
        if open.isEmpty { return }
        for await case .event(let event) in feed {
            switch event.type {
            case .jobCompleted, .jobFailed, .jobCancelled: event.job.map { _ = open.remove($0) }
            default: continue
            }
            if open.isEmpty { return }
        }
    }

    /// Asks for jobs for everything that happened before the call, settled or not, and for all that is pending.
    func handOn() async throws {
        try await watcher.barrier()
        try await absorb()
        for entry in await pending.entries {
            gatherings[entry.library]?.scope.insert(entry.directory, ScanScope.Depth(isDeep: false))
        }
        for library in gatherings.keys { try await release(library) }
    }

    private func absorb() async throws {
        // All directories of one look belong together: a new one comes with the one that it appeared in.
        var kinds: [LibraryName: LibraryChange.Kinds] = [:]
        for change in watcher.takeChanges() where gatherings[change.library] != nil {
            let depth = ScanScope.Depth(
                isDeep: change.kinds.contains(.everything),
                isWitnessed: change.kinds.contains(.removed)
            )
            gatherings[change.library]?.scope.insert(change.directory, depth)
            kinds[change.library, default: []].formUnion(change.kinds)
        }
        if kinds.values.contains(where: { $0.contains(.everything) }) { try await tellOverflow() }
        for (library, kinds) in kinds where gatherings[library]?.settling.absorb(kinds.urgency, at: .now) == .release {
            try await release(library)
        }
        await rearm()
    }

    /// The kernel says only that it dropped events, not which: every library is scanned, and somebody may wonder why.
    private func tellOverflow() async throws {
        let figures = watcher.figures()
        guard figures.overflows > overflows else { return }
        overflows = figures.overflows
        logger.warning(
            "The kernel dropped events; all libraries are compared anew",
            metadata: ["event": "watch.overflow", "overflows": "\(overflows)"]
        )
        try await store.tell(.watchOverflow)
    }

    /// Hands on what has settled by `now`, and looks again at pending books whose time has come.
    private func release(at now: ContinuousClock.Instant) async throws {
        for (library, directory) in await pending.takeDue(at: now) {
            var scope = ScanScope()
            scope.insert(directory, ScanScope.Depth(isDeep: false))
            _ = try await store.request(LibraryStore.ScanRequest(library: library, scope: scope, trigger: .watch))
        }
        for library in gatherings.keys where gatherings[library]?.settling.due(at: now) == .release {
            try await release(library)
        }
        await rearm()
    }

    private func release(_ library: LibraryName) async throws {
        guard let scope = gatherings[library]?.scope, !scope.directories.isEmpty else { return }
        gatherings[library]?.scope = ScanScope()
        gatherings[library]?.settling.release()
        _ = try await store.request(LibraryStore.ScanRequest(library: library, scope: scope, trigger: .watch))
    }

    private func rearm() async {
        var deadlines = [await pending.nextDue].compactMap { $0 }
        for library in gatherings.keys {
            if case .wait(let deadline)? = gatherings[library]?.settling.due(at: .now) { deadlines.append(deadline) }
        }
        alarm.set(deadlines.min())
    }
}

extension LibraryChange.Kinds {
    fileprivate var urgency: Settling.Change {
        if contains(.fileArrived) { return .fileArrived }
        if contains(.directoryAppeared) || contains(.everything) { return .directoryAppeared }
        return .other
    }
}
