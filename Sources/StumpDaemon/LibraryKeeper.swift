// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Synchronization

/// Keeps what is known of one library in step with its disk where no event tells: at the start, after lost events, and
/// when its disk comes and goes.
///
/// Three things may be owed, in this order: a look whether the disk is there, a walk that watches every directory and
/// compares its stamp, and a slow one that compares every book's. What is owed to a library that is offline stays owed
/// until it is back.
actor LibraryKeeper {
    /// How often a disk that is not there is looked for, beside all events that tell of its return.
    static let offlineLook: Duration = .seconds(30)

    private struct Debts: OptionSet {
        let rawValue: Int

        static let check = Debts(rawValue: 1)
        static let resync = Debts(rawValue: 2)
        static let audit = Debts(rawValue: 4)
    }

    private let library: LibraryName
    private let watcher: LibraryWatcher
    private let libraryGuard: LibraryGuard
    private let pending: PendingBooks
    private let clock: any SteadyClock
    private let alarm: Alarm
    private let signal = Signal()

    /// Whether somebody waits for what is owed, so that no time is left to others.
    private nonisolated let isHurried = Atomic(false)
    private var debts: Debts = [.check, .resync, .audit]
    private var pace = VerifyPace()
    private var isVerifying = false
    private var isWorking = false
    private var isOffline = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(
        _ library: LibraryName,
        watcher: LibraryWatcher,
        libraryGuard: LibraryGuard,
        pending: PendingBooks,
        clock: any SteadyClock
    ) {
        self.library = library
        self.watcher = watcher
        self.libraryGuard = libraryGuard
        self.pending = pending
        self.clock = clock
        alarm = Alarm(clock: clock)
    }

    /// Pays what is owed as it comes, until the task is cancelled.
    ///
    /// `onCheck` is called when it was found out whether the disk is there, `onFound` when there may be news to take.
    func run(
        onCheck: @escaping @Sendable () async -> Void,
        onFound: @escaping @Sendable () async throws -> Void
    ) async throws {
        let raised = signal.raised()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.work(onCheck, onFound)
                for await _ in raised { try await self.work(onCheck, onFound) }
            }
            group.addTask { [alarm] in try await alarm.run { await self.ring() } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Notes that the root or its mounts are not what they were.
    func doubt() {
        owe(.check)
    }

    /// Notes that the kernel has dropped events.
    func overflow() {
        pace.overflow(at: clock.now)
        rearm()
    }

    /// Returns when nothing is owed any more, or the library is offline; in a hurry, and without waiting for a pace.
    func settle() async {
        isHurried.store(true, ordering: .relaxed)
        if pace.due() != nil { verify() }
        if isWorking || isPayable {
            signal.raise()
            await withCheckedContinuation { waiters.append($0) }
        }
        isHurried.store(false, ordering: .relaxed)
    }

    // MARK: Owing

    private var isPayable: Bool { debts.contains(.check) || !debts.isEmpty && !isOffline }

    private func owe(_ debts: Debts) {
        self.debts.formUnion(debts)
        signal.raise()
    }

    private func verify() {
        pace.started()
        isVerifying = true
        owe([.resync, .audit])
    }

    private func ring() {
        if isOffline { owe(.check) }
        rearm()
    }

    private func rearm() {
        if let due = pace.due(), due <= clock.now, !isVerifying { verify() }
        let look = isOffline ? clock.now + LibraryKeeper.offlineLook : nil
        alarm.set([isVerifying ? nil : pace.due(), look].compactMap { $0 }.min())
    }

    // MARK: Paying

    private func work(
        _ onCheck: @Sendable () async -> Void,
        _ onFound: @Sendable () async throws -> Void
    ) async throws {
        isWorking = true
        while isPayable, !Task.isCancelled {
            if debts.contains(.check) {
                debts.remove(.check)
                try await check()
                if !debts.contains(.check) { await onCheck() }
            } else if debts.contains(.resync) {
                debts.remove(.resync)
                await watcher.resync(library)
                try await onFound()
            } else {
                debts.remove(.audit)
                await watcher.audit(library) { [weak self] in
                    !(self?.isHurried.load(ordering: .relaxed) ?? false)
                }
                try await onFound()
                endVerifying()
            }
        }
        isWorking = false
        for waiter in waiters { waiter.resume() }
        waiters = []
        rearm()
    }

    private func check() async throws {
        let condition = try await libraryGuard.check(library)
        if case .offline = condition {
            isOffline = true
            debts.formUnion([.resync, .audit])
            await pending.forget(library)
        } else {
            isOffline = false
            debts.insert(.resync)
        }
    }

    private func endVerifying() {
        guard isVerifying, !debts.contains(.resync) else { return }
        isVerifying = false
        pace.finished(at: clock.now)
    }
}
