// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import Logging
import ServiceLifecycle

/// Asks for what is to happen by itself when its time has come: scans by schedule, backups, maintenance.
///
/// What was asked for is noted after it is in the queue, so an end in between has it done once more and never not at all.
actor Scheduler: Service {
    /// When it is tried again after the database could not be written.
    static let retry: Duration = .seconds(60)

    private let store: LibraryStore
    private let libraryGuard: LibraryGuard
    private let now: @Sendable () -> Timestamp
    private let zone: @Sendable () -> LocalTime
    private let random: @Sendable () -> Double
    private let logger: Logger
    private var agenda: Agenda
    private var isRecalled = false

    /// Has it looked at once what is due; `nil` while it does not run.
    private var wake: (@Sendable () -> Void)?
    private var hasFailed = false

    /// `now` is the wall clock, `zone` the clocks of the place as they are set at the time of the call, `random` from 0
    /// up to 1 and drawn anew each time.
    init(
        _ configuration: Configuration,
        store: LibraryStore,
        libraryGuard: LibraryGuard,
        now: @escaping @Sendable () -> Timestamp,
        zone: @escaping @Sendable () -> LocalTime = { .ofThisMachine() },
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
        logger: Logger
    ) {
        agenda = Agenda(configuration)
        self.store = store
        self.libraryGuard = libraryGuard
        self.now = now
        self.zone = zone
        self.random = random
        self.logger = logger
    }

    /// Serves until the daemon stops; between two instants that something is due at, it rests.
    ///
    /// - Throws: an `Errno` where the kernel gives no timer.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            let alarm = try WallClockAlarm()
            await self.setWake(alarm.ring)
            alarm.set(await self.look())
            for await _ in alarm.rings { alarm.set(await self.look()) }
        }
    }

    /// Keeps other schedules from now on; those that are the same go on as they were planned.
    func change(to configuration: Configuration) {
        agenda = Agenda(configuration)
        isRecalled = false
        wake?()
    }

    private func setWake(_ wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    /// What happens by itself, and when; without a time until the first look.
    func plans() -> [Agenda.Item] { agenda.items }

    /// Asks for what is due, plans anew, and says when to look again.
    func look() async -> Timestamp {
        let instant = now()
        do {
            try await attend(at: instant)
            if hasFailed { logger.info("Schedules are kept again") }
            hasFailed = false
            return agenda.next ?? instant + Scheduler.retry
        } catch {
            if !hasFailed, !Task.isCancelled {
                logger.error(
                    "Schedules cannot be kept for now; it is tried again every minute",
                    metadata: ["reason": "\(error)"]
                )
            }
            hasFailed = true
            return instant + Scheduler.retry
        }
    }

    private func attend(at instant: Timestamp) async throws {
        if !isRecalled {
            agenda.recall(try await store.scheduledRuns())
            isRecalled = true
        }
        let zone = zone()
        for due in agenda.plan(at: instant, in: zone, random: random) {
            let isDone = try await ask(for: due)
            agenda.finish(due.work, isDone: isDone, at: instant, in: zone, random: random())
        }
        for (key, run) in agenda.unnoted {
            try await store.note(run, of: key)
            agenda.note(run, of: key)
        }
    }

    /// Says whether it is in the queue: a library that is offline is left out until its next time.
    private func ask(for due: Agenda.Due) async throws -> Bool {
        var metadata: Logger.Metadata = ["schedule": "\(due.work.key)"]
        if let library = due.work.library {
            metadata["library"] = "\(library)"
            if case .offline(let reason) = try await libraryGuard.check(library) {
                metadata["reason"] = "\(reason)"
                logger.debug("Scheduled scan is left out: the library is offline", metadata: metadata)
                return false
            }
        }
        let (job, _) = try await store.request(due.work.request)
        metadata["job.id"] = "\(job.id)"
        if due.isMissed {
            logger.info("Scheduled work was missed, and is asked for now", metadata: metadata)
        } else {
            logger.debug("Scheduled work is asked for", metadata: metadata)
        }
        return true
    }
}

extension Agenda.Work {
    fileprivate var request: LibraryStore.JobRequest {
        switch self {
        case .scan(let library): LibraryStore.JobRequest(library: library, trigger: .schedule)
        case .backup: .backup(trigger: .schedule)
        case .maintenance: .maintenance(trigger: .schedule)
        }
    }
}
