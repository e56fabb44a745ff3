// SPDX-License-Identifier: MIT
package import LibraryModel
import LibraryStore
import Logging
import ServiceLifecycle

/// Takes jobs from the queue and has them done: two scans, and one job of each other sort at a time.
///
/// A new book is never kept waiting by the thumbnails of a thousand others, nor, where there is more than one worker, by a
/// check of all their pages.
package struct JobRunner: Service {
    private static let lanes: [[JobLane]] = [
        [.scan], [.scan], [.dryRun], [.thumbnails], [.analysis], [.conversion], [.backup, .maintenance],
    ]

    private let plan: JobPlan
    private let services: JobServices
    private let stallsBegun = Signal()

    package init(_ plan: JobPlan, _ services: JobServices) {
        self.plan = plan
        self.services = services
    }

    /// Has jobs done by settings that stay as they are.
    package init(_ libraries: [LibrarySettings], _ services: JobServices) {
        let settings = JobPlan.Settings(
            libraries,
            history: services.history,
            purgeMissing: services.purgeMissing,
            quiet: services.quiet
        )
        self.init(JobPlan(settings), services)
    }

    /// Serves until the daemon stops; then running jobs go back to the queue, and go on at the next start.
    ///
    /// - Throws: what the database throws where it is damaged, or refuses what is no matter of room.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lanes in JobRunner.lanes {
                    let signal = services.store.queueSignal.raised().cancelOnGracefulShutdown()
                    group.addTask {
                        try await serve(lanes)
                        for await _ in signal { try await serve(lanes) }
                    }
                }
                let orders = services.store.queueSignal.raised().cancelOnGracefulShutdown()
                group.addTask {
                    for await _ in orders {
                        await obey()
                        await forgetEnded()
                    }
                }
                let questions = services.running.asked.cancelOnGracefulShutdown()
                group.addTask { for await _ in questions { services.running.pulse.answer() } }
                let stalls = stallsBegun.raised().cancelOnGracefulShutdown()
                group.addTask { for await _ in stalls { await sitOut() } }
                let refusals = services.store.refusalSignal.raised().cancelOnGracefulShutdown()
                group.addTask { for await _ in refusals { await confirmRefusal() } }
                let retries = services.store.queueSignal.raised().cancelOnGracefulShutdown()
                group.addTask { try await keepRetries(retries) }
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            for control in services.running.all { control.stop(.daemon) }
            // However long a book takes, the daemon stops now.
            services.workers.withdrawUnwanted(abruptly: true)
        }
    }

    /// Runs what is queued until nothing of these lanes is left.
    private func serve(_ lanes: [JobLane]) async throws {
        while !Task.isShuttingDownGracefully, services.stall.reason == nil {
            let job: Job?
            do {
                job = try await services.store.claim(lanes)
            } catch {
                // Nothing was taken; it is as it was, and is taken when the database can be written again.
                try stall(over: error)
                return
            }
            guard let job else { return }
            try await perform(job)
        }
    }

    /// Has running jobs do what people and more urgent jobs want of them.
    private func obey() async {
        // A database that cannot even be read now will be asked again.
        guard let orders = try? await services.store.orders() else { return }
        for (id, order) in orders { services.running[id]?.stop(.order(order)) }
        if !orders.isEmpty { services.workers.withdrawUnwanted() }
    }

    /// Forgets what is remembered of jobs that waited to go on, and were cancelled while they waited.
    private func forgetEnded() async {
        for id in services.running.remembered {
            do {
                if try await services.store.job(id).state.isTerminal { services.running.forget(id) }
            } catch StoreFault.unknownJob {
                services.running.forget(id)
            } catch {
                // A database that cannot even be read now will be asked again.
            }
        }
    }

    // MARK: One job

    private func perform(_ job: Job) async throws {
        let hasWaited = await plan.begin(job.id, of: job.library)
        defer { plan.end(job.id) }
        let settings = plan.settings
        if hasWaited, let library = job.library, settings.libraries[library] == nil {
            _ = try await note(JobEnd(.cancel), of: job)
            return
        }
        let control = services.running.start(job, phase: job.kind.firstPhase, at: services.clock.now)
        var isOver = false
        defer { services.running.end(control, isOver: isOver) }
        if Task.isShuttingDownGracefully { control.stop(.daemon) }
        // Between claim and here nobody could be told of an order.
        await obey()
        if plan.isHeld(job.library) { control.stop(.order(.interrupt(.reconfigured))) }
        services.logger.info("Job started", metadata: job.metadata.merging(["event": "job.started"]) { $1 })
        let end: JobEnd
        do {
            let report = try await work(job, settings, control)
            if job.kind.isScan, !job.options.dryRun {
                try await requestThumbnails(after: job, settings, report)
                try await requestConversions(after: job, settings, report)
            }
            end = JobEnd(.complete, job.library == nil ? nil : report)
        } catch {
            end = try await judge(error, of: job)
        }
        isOver = try await note(end, of: job)?.state.isTerminal == true
        if let report = end.report, MemoryRelief.isDue(after: report) { MemoryRelief(store: services.store).give() }
    }

    private func work(_ job: Job, _ plan: JobPlan.Settings, _ control: JobControl) async throws -> ScanReport {
        let services = services.with(plan)
        guard let own = LibraryJob(job) else {
            return try await CareJob(job, Array(plan.libraries.values), services, control).run()
        }
        guard let settings = plan.libraries[own.library] else { throw JobFault.retired(own.library) }
        switch job.kind {
        case .libraryScan, .seriesScan:
            if job.options.dryRun { return try await DryRun(own, settings, services, control).run() }
            return try await ScanJob(own, settings, services, control).run()
        case .thumbnailGeneration:
            guard let thumbnails = settings.thumbnails else { return ScanReport() }
            return try await ThumbnailJob(own, thumbnails, services, control).run()
        case .analyzeMedia: return try await AnalysisJob(own, services, control).run()
        case .conversion: return try await ConversionJob(own, settings, services, control).run()
        case .backup, .maintenance: throw JobFault.unforeseen(job.id, "no job of this kind has a library")
        }
    }

    private func requestThumbnails(after scan: Job, _ plan: JobPlan.Settings, _ report: ScanReport) async throws {
        guard let library = scan.library, plan.libraries[library]?.thumbnails != nil,
            try await services.store.dueThumbnails(of: library) > 0
        else { return }
        _ = try await services.store.requestThumbnails(
            of: library,
            causedBy: scan,
            hasNews: scan.options.drawsAll
                || report[.createdMedia] + report[.updatedMedia] + report[.restoredMedia] > 0
        )
    }

    private func requestConversions(after scan: Job, _ plan: JobPlan.Settings, _ report: ScanReport) async throws {
        guard let library = scan.library, let settings = plan.libraries[library] else { return }
        let formats = settings.conversion.formats
        let version = ConversionJob.version
        guard !formats.isEmpty,
            try await services.store.dueConversions(of: library, formats, version: version) > 0,
            await mayWrite(library)
        else { return }
        let hasNews = report[.createdMedia] + report[.updatedMedia] + report[.restoredMedia] > 0
        try await services.store.requestConversions(of: library, causedBy: scan, hasNews: hasNews)
    }

    /// Whether it is worth while to try: where a library could not be written, it is looked at once more.
    private func mayWrite(_ library: LibraryName) async -> Bool {
        guard let refused = services.conversions.refusedDirectory(of: library) else { return true }
        guard let directory = try? await services.writing.bookDirectory(refused, of: library) else { return false }
        return await directory.isWritable()
    }

    // MARK: Its end

    /// The step that a job asks to leave the state of running by, and its report where there is a new one.
    ///
    /// What people have asked of it meanwhile is heeded where the step is taken.
    private struct JobEnd {
        var step: JobStep
        var report: ScanReport?

        init(_ step: JobStep, _ report: ScanReport? = nil) {
            self.step = step
            self.report = report
        }
    }

    private func judge(_ error: any Error, of job: Job) async throws -> JobEnd {
        if let stopped = error as? JobStopped { return JobEnd(stopped.reason.step) }
        if error is CancellationError { return JobEnd(.interrupt(.daemonStopped)) }
        let trouble = JobTrouble(
            error,
            of: job.id,
            isOffline: await isOffline(job.library, error),
            cacheFault: error is ThumbnailFault ? services.thumbnails.fault : nil
        )
        switch trouble {
        case .stall(let reason):
            stall(reason)
            return JobEnd(.interrupt(.stalled(reason)))
        case .damage: throw error
        case .lasting(let fault): return JobEnd(.fail(code: fault.code, detail: fault.summary))
        case .passing(let fault):
            let random = Double.random(in: 0..<1)
            switch RetryRule().step(afterAttempt: job.failures + 1, random: random) {
            case .giveUp: return JobEnd(.fail(code: fault.code, detail: fault.summary))
            case .again(let delay):
                let until = services.now() + delay
                return JobEnd(.interrupt(.error(code: fault.code, detail: fault.summary, until: until)))
            }
        }
    }

    /// Whether a library is out of reach, after a look at it where an error says so.
    private func isOffline(_ library: LibraryName?, _ error: any Error) async -> Bool {
        guard let library, let fault = error as? any Fault, fault.code == JobFault.offlineCode else { return false }
        await services.pending.forget(library)
        await services.losses.forget(library)
        if fault is ListingFault { try? await services.libraryGuard.noteRootFault(library, fault) }
        return services.libraryGuard.conditions.condition(of: library).isOffline
    }

    /// Writes the end of a job, as soon as it can be written, and gives what became of the job; `nil` where the daemon
    /// stops first.
    private func note(_ end: JobEnd, of job: Job) async throws -> Job? {
        while true {
            do {
                let ended = try await services.store.take(end.step, of: job.id, report: end.report)
                log(end, of: ended)
                return ended
            } catch {
                try stall(over: error)
                // Without its end in the database the job would be taken for running for ever. At the next start it is
                // queued again.
                try? await cancelWhenGracefulShutdown { try await services.stall.wait() }
                if Task.isShuttingDownGracefully { return nil }
                try Task.checkCancellation()
            }
        }
    }

    /// Tells what a job has become, which may not be what it asked for.
    private func log(_ end: JobEnd, of job: Job) {
        var metadata = job.metadata
        metadata["event"] = "\(job.state.event.rawValue)"
        switch job.state {
        case .completed:
            services.logger.info(
                "Job completed",
                metadata: metadata.merging((end.report ?? ScanReport()).metadata) { $1 }
            )
        case .failed:
            metadata["reason"] = "\(job.errorDetail ?? "")"
            services.logger.error("Job failed", metadata: metadata)
        case .cancelled: services.logger.info("Job cancelled", metadata: metadata)
        case .paused: services.logger.info("Job paused", metadata: metadata)
        case .queued, .running:
            metadata["reason"] = "\(job.reason ?? "")"
            switch end.step {
            case .interrupt(.error), .interrupt(.stalled):
                services.logger.warning("Job is tried again", metadata: metadata)
            default: services.logger.info("Job goes on later", metadata: metadata)
            }
        }
    }

    // MARK: Waiting

    /// Holds the queue up because of an error of the queue's own.
    ///
    /// - Throws: the error, where waiting does not help.
    private func stall(over error: any Error) throws {
        switch StoreTrouble(error) {
        case .busy?: stall("another program holds the database")
        case let trouble?:
            guard let reason = trouble.stall else { throw error }
            stall(reason)
        case nil: throw error
        }
    }

    /// For whatever could not be written, it is found out whether anything can.
    private func confirmRefusal() async {
        guard services.stall.reason == nil else { return }
        do {
            try await services.store.probe()
        } catch {
            try? stall(over: error)
        }
    }

    private func stall(_ reason: String) {
        guard services.stall.begin(reason) else { return }
        services.logger.error(
            "The queue stands still until there is room again",
            metadata: ["reason": "\(reason)", "event": "queue.stalled"]
        )
        stallsBegun.raise()
    }

    private func sitOut() async {
        // Where the daemon stops first, nobody waits for the end any more.
        try? await cancelWhenGracefulShutdown {
            try await services.stall.watch(services.store, services.thumbnails, services.clock)
        }
        guard services.stall.reason == nil else { return }
        services.logger.notice("The queue goes on", metadata: ["event": "queue.resumed"])
        services.store.queueSignal.raise()
    }

    /// Wakes the queue when a job that failed may be tried again.
    private func keepRetries(_ changes: some AsyncSequence<Void, Never> & Sendable) async throws {
        let alarm = Alarm(clock: services.clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await alarm.run { services.store.queueSignal.raise() } }
            group.addTask {
                await setAlarm(alarm)
                for await _ in changes { await setAlarm(alarm) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func setAlarm(_ alarm: Alarm) async {
        guard let next = try? await services.store.nextAttempt() else { return }
        alarm.set(services.clock.now + min(next - services.now(), RetryRule.longest))
    }
}

extension JobControl.Stop {
    /// The step by which a job asks to end that was stopped for this.
    fileprivate var step: JobStep {
        switch self {
        case .order(.cancel): .cancel
        case .order(.pause): .pause
        case .order(.interrupt(let why)): .interrupt(why)
        case .daemon, .failure: .interrupt(.daemonStopped)
        }
    }
}

extension JobState {
    /// What tells of a job that has come into the state.
    fileprivate var event: EventType {
        switch self {
        case .queued: .jobQueued
        case .running: .jobStarted
        case .paused: .jobPaused
        case .completed: .jobCompleted
        case .cancelled: .jobCancelled
        case .failed: .jobFailed
        }
    }
}

extension JobKind {
    fileprivate var firstPhase: JobProgress.Phase {
        switch self {
        case .libraryScan, .seriesScan: .walk
        case .thumbnailGeneration: .thumbnail
        case .analyzeMedia: .decode
        case .conversion: .convert
        case .backup: .copy
        case .maintenance: .tidy
        }
    }
}

extension ScanReport {
    /// The figures that are not zero, for a log line.
    fileprivate var metadata: Logger.Metadata {
        Counter.allCases.reduce(into: ["event": "job.completed"]) { metadata, counter in
            if self[counter] != 0 { metadata["\(counter.rawValue)"] = "\(self[counter])" }
        }
    }
}
