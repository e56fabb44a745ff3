// SPDX-License-Identifier: MIT
package import LibraryModel
package import LibraryStore
package import Logging

/// What every job works with.
package struct JobServices: Sendable {
    package var store: LibraryStore
    package var files: any LibraryFiles
    package var writing: any LibraryWriting
    package var workers: WorkerPool
    package var pending: PendingBooks
    package var losses: LossLedger
    package var running: RunningJobs
    package var libraryGuard: LibraryGuard
    package var thumbnails: ThumbnailFiles
    package var stall: QueueStall
    package var conversions: ConversionDesk

    /// How long finished jobs, their logs and events are kept.
    package var history = HistoryRule.usualAge

    /// How long a book is missing before maintenance forgets it; `nil` for ever.
    package var purgeMissing: Duration?

    /// Has what is owed to a library after the start or lost events done at once, and returns when it is.
    package var lookThrough: @Sendable (LibraryName) async -> Void = { _ in }

    /// Why a library may hold what nobody has looked at yet, such as a walk at the start that is not over; `nil` where
    /// it does not.
    package var unseenChanges: @Sendable (LibraryName) async -> String? = { _ in nil }

    /// How long a file must be left alone, as the configuration says.
    package var quiet: Duration
    package var clock: any SteadyClock

    /// The wall clock, which the times of files are compared with.
    package var now: @Sendable () -> Timestamp
    package var logger: Logger

    package init(
        store: LibraryStore,
        files: any LibraryFiles,
        writing: any LibraryWriting,
        workers: WorkerPool,
        pending: PendingBooks,
        losses: LossLedger,
        running: RunningJobs,
        libraryGuard: LibraryGuard,
        thumbnails: ThumbnailFiles,
        stall: QueueStall,
        conversions: ConversionDesk = ConversionDesk(),
        history: Duration = HistoryRule.usualAge,
        quiet: Duration = .seconds(2),
        clock: any SteadyClock = ContinuousClock(),
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.store = store
        self.files = files
        self.writing = writing
        self.workers = workers
        self.pending = pending
        self.losses = losses
        self.running = running
        self.libraryGuard = libraryGuard
        self.thumbnails = thumbnails
        self.stall = stall
        self.conversions = conversions
        self.history = history
        self.quiet = quiet
        self.clock = clock
        self.now = now
        self.logger = logger
    }

    /// The same, for a job that begins now.
    func with(_ plan: JobPlan.Settings) -> JobServices {
        var services = self
        services.history = plan.history
        services.purgeMissing = plan.purgeMissing
        services.quiet = plan.quiet
        return services
    }

    /// Tells the watcher what the catalog holds of a directory now; `nil` where something is still to be done there.
    func confirm(_ settlement: Settlement, as stamp: DirectoryStamp?, of library: LibraryName) {
        files.confirm(settlement.directory, stamp, settlement.digest, of: library)
    }

    /// Whether no other library than this waits for a scan or is scanned, so that nothing can turn up there any more.
    func isAlone(_ library: LibraryName) async throws -> Bool {
        try await store.librariesToScan().isSubset(of: [library])
    }

    /// Which reader made a book's facts, with which settings; books read by another are read again.
    static func readerVersion(_ settings: LibrarySettings) -> Int {
        // Raise the first figure whenever reading learns something new of books that were read before.
        let wishes = [settings.hashes.contains(.file), settings.hashes.contains(.koreader), settings.readsMetadata]
        return wishes.reduce(2) { $0 * 2 + ($1 ? 1 : 0) }
    }
}
