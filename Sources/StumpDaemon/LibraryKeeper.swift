// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import Synchronization

/// Keeps what is known of one library in step with its disk where no event tells: at the start, after lost events, and
/// when its disk comes and goes.
///
/// Three things may be owed, in this order: a look whether the disk is there, a walk that watches every directory and
/// compares its stamp, and a slow one that compares every book's. What is owed to a library that is offline stays owed
/// until it is back.
actor LibraryKeeper {
    /// How often a disk that is not there, or not all of it, is looked for, beside all events that tell of its return.
    static let look: Duration = .seconds(30)

    private struct Debts: OptionSet {
        let rawValue: Int

        static let check = Debts(rawValue: 1)
        static let resync = Debts(rawValue: 2)
        static let audit = Debts(rawValue: 4)
    }

    let library: LibraryName
    private let watcher: LibraryWatcher
    private let libraryGuard: LibraryGuard
    private let pending: PendingBooks
    private let losses: LossLedger
    private let clock: any SteadyClock
    private let logger: Logger
    private let alarm: Alarm
    private let signal = Signal()

    /// How many wait for what is owed; while there are any, no time is left to others.
    private nonisolated let hurried = Atomic(0)
    private var debts: Debts = [.check, .resync, .audit]
    private var pace = VerifyPace()
    private var isVerifying = false
    private var isWorking = false

    /// What it is at, for people; `nil` while nothing is owed, or can be paid.
    var occupation: String? {
        guard isWorking || isPayable else { return nil }
        return step ?? "what may have changed unseen is about to be looked for"
    }

    private var step: String?
    private var isOffline = false

    /// Whether the disk is to be looked at again before long, because all of it could not be reached.
    private var nextLook: ContinuousClock.Instant?
    private let settled = Signal()

    /// Whether the library is watched no more, or in another way.
    private var isRetired = false
    private var isRunning = false
    private let retirement = Signal()
    private let ended = Signal()

    init(
        _ library: LibraryName,
        watcher: LibraryWatcher,
        libraryGuard: LibraryGuard,
        pending: PendingBooks,
        losses: LossLedger,
        clock: any SteadyClock,
        logger: Logger
    ) {
        self.library = library
        self.watcher = watcher
        self.libraryGuard = libraryGuard
        self.pending = pending
        self.losses = losses
        self.clock = clock
        self.logger = logger
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
        let retirements = retirement.raised()
        if isRetired { return }
        isRunning = true
        defer {
            isRunning = false
            ended.raise()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.work(onCheck, onFound)
                for await _ in raised { try await self.work(onCheck, onFound) }
            }
            group.addTask { [alarm] in try await alarm.run { await self.ring() } }
            group.addTask { for await _ in retirements { break } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Ends ``run(onCheck:onFound:)`` with what is owed still owed, and returns when it has ended.
    func retire() async {
        isRetired = true
        let ends = ended.raised()
        retirement.raise()
        settled.raise()
        while isRunning { for await _ in ends { break } }
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

    /// Takes in what somebody else has found out about the disk.
    func follow(_ condition: LibraryCondition) {
        if case .offline = condition, !isOffline { owe(.check) }
    }

    /// Returns when nothing is owed any more, or the library is offline; in a hurry, and without waiting for a pace.
    func settle() async {
        hurried.add(1, ordering: .relaxed)
        defer { hurried.subtract(1, ordering: .relaxed) }
        let ended = settled.raised()
        // What is owed after a pass that began before is owed all the same.
        while !Task.isCancelled, !isRetired {
            if pace.due() != nil, !isVerifying { verify() }
            guard isWorking || isPayable else { return }
            signal.raise()
            for await _ in ended { break }
            if isOffline { return }
        }
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
        if let look = nextLook, look <= clock.now { owe(.check) }
        rearm()
    }

    private func rearm() {
        if let due = pace.due(), due <= clock.now, !isVerifying { verify() }
        alarm.set([isVerifying ? nil : pace.due(), nextLook].compactMap { $0 }.min())
    }

    // MARK: Paying

    private func work(
        _ onCheck: @Sendable () async -> Void,
        _ onFound: @Sendable () async throws -> Void
    ) async throws {
        isWorking = true
        defer {
            isWorking = false
            settled.raise()
            rearm()
        }
        while isPayable, !Task.isCancelled {
            do {
                try await payNext(onCheck, onFound)
            } catch is CancellationError {
                return
            } catch {
                // The database, most likely: a full disk ends nothing but this attempt.
                logger.error("Library cannot be kept up to date for now", metadata: metadata("\(error)"))
                debts.formUnion([.check, .resync, .audit])
                nextLook = clock.now + LibraryKeeper.look
                return
            }
        }
    }

    private func payNext(
        _ onCheck: @Sendable () async -> Void,
        _ onFound: @Sendable () async throws -> Void
    ) async throws {
        defer { step = nil }
        if debts.contains(.check) {
            debts.remove(.check)
            step = "its disk is looked at"
            try await check()
            step = "what was found of its disk is handed on"
            if !debts.contains(.check) { await onCheck() }
        } else if debts.contains(.resync) {
            debts.remove(.resync)
            step = "its directories are being watched"
            await resync()
            step = "what was found in its directories is handed on"
            try await onFound()
        } else {
            debts.remove(.audit)
            step = "its books are compared with the catalog"
            let isComplete = await watcher.audit(library) { [weak self] in
                self?.hurried.load(ordering: .relaxed) == 0
            }
            if !isComplete { lookAgain() }
            try await onFound()
        }
        endVerifying()
    }

    private func check() async throws {
        nextLook = nil
        let condition = try await libraryGuard.check(library)
        isOffline = false
        if case .offline = condition {
            isOffline = true
            debts.formUnion([.resync, .audit])
            await pending.forget(library)
            await losses.forget(library)
            nextLook = clock.now + LibraryKeeper.look
        } else {
            debts.insert(.resync)
            let hasGone = await !libraryGuard.offlineVolumes(of: library).isEmpty
            if hasGone { nextLook = clock.now + LibraryKeeper.look }
        }
    }

    private func resync() async {
        let start = clock.now
        guard await watcher.resync(library) else { return lookAgain() }
        let took = clock.now - start
        let directories = watcher.figures().libraries[library]?.watched ?? 0
        var metadata = metadata(nil)
        metadata["event"] = "library.watched"
        metadata["directories"] = "\(directories)"
        metadata["duration_usec"] = "\(Int64(took / .microseconds(1)))"
        logger.info("Library is watched", metadata: metadata)
    }

    /// Has what could not be reached tried again, when it was found out whether the disk is there.
    private func lookAgain() {
        nextLook = nextLook ?? clock.now + LibraryKeeper.look
    }

    private func endVerifying() {
        guard isVerifying, debts.isDisjoint(with: [.resync, .audit]) else { return }
        isVerifying = false
        pace.finished(at: clock.now)
    }

    private func metadata(_ reason: String?) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["library": "\(library)"]
        if let reason { metadata["reason"] = "\(reason)" }
        return metadata
    }
}
