// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import SystemPackage

/// Puts the parts of the daemon together, and brings them to where they were when it last ended.
extension DaemonState {
    /// Makes every part, which does nothing yet; `cache` is an existing directory of ours, for thumbnails and barriers.
    init(
        _ configuration: Configuration,
        from file: FilePath? = nil,
        store: LibraryStore,
        state directory: FilePath,
        cache: FilePath,
        workerProgram: FilePath,
        clock: any SteadyClock = ContinuousClock(),
        logger: @escaping @Sendable (String) -> Logger = { Logger(label: $0) }
    ) throws {
        let cookies = cache.appending("flush")
        try? FileManager.default.removeItem(atPath: cookies.string)
        try FileManager.default.createDirectory(atPath: cookies.string, withIntermediateDirectories: true)
        let watcher = try LibraryWatcher(
            libraries: configuration.libraries,
            cookies: cookies,
            pollInterval: configuration.pollInterval,
            logger: logger("watch")
        )
        let pending = PendingBooks()
        let losses = LossLedger()
        let libraryGuard = LibraryGuard(store: store, files: watcher, clock: clock, logger: logger("guard"))
        // Without it the books that ended the last run are not known, and all else is as ever.
        let inFlight: BooksInFlight?
        do {
            inFlight = try BooksInFlight(opening: cache.appending("in-flight"), slots: Configuration.mostWorkers)
        } catch {
            logger("workers").warning("\(error.summary)", metadata: ["hint": "\(error.remedy ?? "")"])
            inFlight = nil
        }
        self.init(
            current: CurrentConfiguration(configuration, from: file, at: .wallClock),
            plan: JobPlan(JobPlan.Settings(configuration)),
            store: store,
            watcher: watcher,
            workers: WorkerPool(
                size: configuration.poolSize,
                program: workerProgram,
                inFlight: inFlight,
                logger: logger("workers")
            ),
            inFlight: inFlight?.left ?? [],
            pending: pending,
            losses: losses,
            running: RunningJobs(),
            libraryGuard: libraryGuard,
            thumbnails: try ThumbnailFiles(in: cache),
            stall: QueueStall(writing: [directory, cache]),
            conversions: ConversionDesk(),
            intake: Intake(
                configuration,
                watcher: watcher,
                store: store,
                pending: pending,
                losses: losses,
                libraryGuard: libraryGuard,
                clock: clock,
                logger: logger("intake")
            ),
            scheduler: Scheduler(
                configuration,
                store: store,
                libraryGuard: libraryGuard,
                now: { .wallClock },
                logger: logger("scheduler")
            ),
            phase: DaemonPhase(),
            clock: clock,
            startedAt: .wallClock,
            now: { .wallClock },
            logger: logger
        )
    }

    /// What jobs work with.
    var jobServices: JobServices {
        var services = JobServices(
            store: store,
            files: watcher,
            writing: watcher,
            workers: workers,
            pending: pending,
            losses: losses,
            running: running,
            libraryGuard: libraryGuard,
            thumbnails: thumbnails,
            stall: stall,
            conversions: conversions,
            history: configuration.history,
            quiet: configuration.quiet,
            clock: clock,
            now: now,
            logger: logger("scan")
        )
        services.purgeMissing = configuration.purgeMissing
        services.lookThrough = { [intake] in await intake.keepers[$0]?.settle() }
        services.unseenChanges = { [intake] in await intake.unseenChanges(in: $0) }
        return services
    }

    /// Takes up what the last run left: jobs that were running, the trees of the libraries, thumbnails that are due.
    func prepare(_ logger: Logger) async throws {
        let inHand = Dictionary(grouping: inFlight, by: \.job).mapValues { $0.map(\.path.string) }
        for job in try await store.rescue(inFlight: inHand) {
            var metadata: Logger.Metadata = ["job.id": "\(job.id)", "event": "job.rescued"]
            metadata["library"] = job.library.map { "\($0)" }
            metadata["books"] = inHand[job.id].map { "\($0)" }
            if job.state == .failed {
                metadata["reason"] = "\(job.errorDetail ?? "")"
                logger.error("Job failed: it ended stumpd again and again", metadata: metadata)
            } else {
                logger.notice("Job was running when stumpd ended, and is \(job.state.rawValue)", metadata: metadata)
            }
        }
        // After the jobs that ran: of a retired library's none is left to run.
        try await tellChanges(store.configure(configuration.libraries), logger)
        for library in configuration.libraries where library.watch != .off {
            try await store.tree(of: library.name, watcher.restore(library.name))
        }
        // What cannot be written now is done with the next thumbnails.
        try? await thumbnails.sweep(store)
        try await goOn(with: configuration.libraries)
    }

    /// Asks for what is due of libraries that have come, or whose settings are others: conversions that were begun, and
    /// thumbnails.
    func goOn(with libraries: [LibrarySettings]) async throws {
        let open = try await store.librariesWithOpenConversions()
        for library in libraries where open.contains(library.name) {
            _ = try await store.request(.conversion(of: library.name, trigger: .start))
        }
        for library in libraries {
            guard let digest = library.thumbnails?.digest else { continue }
            let due = try await store.commit(for: library.name, job: nil) { try $0.askForThumbnails(digest: digest) }
            if due > 0 { _ = try await store.requestThumbnails(of: library.name, causedBy: nil) }
        }
    }

    /// Tells whoever changed the configuration what came of it.
    func tellChanges(_ changes: LibraryChanges, _ logger: Logger) {
        for library in changes.retired {
            logger.notice(
                "Library is not in the configuration any more; all that is known of it is kept",
                metadata: ["library": "\(library)", "event": "library.retired"]
            )
        }
        for library in changes.returned {
            logger.notice(
                "Library is in the configuration again, with all that was known of it",
                metadata: ["library": "\(library)", "event": "library.returned"]
            )
        }
        for (library, root) in changes.rerooted {
            logger.notice(
                "Library has another root; its books are looked for there",
                metadata: ["library": "\(library)", "was": "\(root)", "event": "library.rerooted"]
            )
        }
    }
}
