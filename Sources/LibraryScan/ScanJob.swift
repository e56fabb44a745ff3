// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Logging
import SystemPackage

/// One `library_scan` or `series_scan`: take listings, compare, gate, read, commit.
///
/// Running it again is always safe: what is committed compares as unchanged, and a directory is settled only when all of
/// it is committed.
struct ScanJob {
    /// Books in hand at once: opened, being read, or not committed.
    static let booksInHand = 768

    let job: LibraryJob
    let settings: LibrarySettings
    let services: JobServices
    let control: JobControl
    private let permits = Permits(limit: ScanJob.booksInHand)
    private let account: JobAccount
    private let began: Timestamp

    init(_ job: LibraryJob, _ settings: LibrarySettings, _ services: JobServices, _ control: JobControl) {
        self.job = job
        self.settings = settings
        self.services = services
        self.control = control
        began = services.now()
        // What an earlier attempt has done is done.
        account = JobAccount(job, services, control, from: job.report?.ofWorkDone ?? ScanReport())
    }

    /// Does the whole of it.
    ///
    /// - Throws: ``ListingFault/rootOffline(_:reason:)``, ``JobFault/offline(_:)``, ``JobStopped``, and what the
    ///   database throws.
    func run() async throws -> ScanReport {
        defer { account.close() }
        if job.options.acceptLosses { try await services.libraryGuard.adopt(job.library) }
        try await services.libraryGuard.admit(job.library)
        try await seeToOpenConversions()
        try await services.store.forgetFormerFiles(before: services.now() + LossRule.patience * -1)
        // Once: what has been drawn since an earlier attempt need not be again.
        if job.options.drawsAll, job.report == nil {
            let scope = job.scope
            try await account.commit { try $0.askForThumbnails(in: scope) }
        }
        account.add(try await pass(job))
        try await lookAgain()
        return account.report
    }

    /// What an earlier run left half converted is no book, or not the one that it looks like.
    private func seeToOpenConversions() async throws {
        // Where a conversion runs, it has done so.
        guard await services.conversions.tryEnter(job.library) else { return }
        let own = OwnChanges(job.library, settings, services)
        let recovery = ConversionRecovery(library: job.library, services: services, account: account, own: own)
        do {
            try await recovery.run()
            try await own.settle()
        } catch {
            await services.conversions.leave(job.library)
            throw error
        }
        await services.conversions.leave(job.library)
    }

    private var mode: ScanMode { job.options.mode ?? settings.scanMode }

    /// Walks the scope of a job, reads what is new or changed, and settles what is gone.
    ///
    /// - Returns: what the walk counted.
    private func pass(_ job: LibraryJob) async throws -> ScanReport {
        let findings = FindingQueue(clock: services.clock, limit: mode == .sync ? 1 : FindingQueue.limit)
        let unsettled = Unsettled()
        let recognised = Recognised()
        let version = JobServices.readerVersion(settings)
        let committer = ScanCommitter(
            job: job,
            account: account,
            settings: settings,
            services: services,
            version: version,
            mode: mode,
            control: control,
            permits: permits,
            unsettled: unsettled,
            recognised: recognised
        )
        async let _: Void = findings.keepTime()
        async let committed: Void = committer.run(findings)
        let walked: Result<ScanWalk, any Error>
        do {
            walked = .success(try await walkAndRead(job, version, findings, unsettled))
        } catch {
            walked = .failure(error)
        }
        await permits.drain()
        findings.add(.allRead)
        // Stopped, some books may not have been read: their directories are to be found open when the job goes on.
        if case .success(let walk) = walked, !control.isStopped {
            let bereft = walk.bereft
            // Children before their parents: what is settled is not entered again by a job that is held up in between.
            for settlement in walk.settlements.reversed() where !bereft.contains(settlement.directory) {
                findings.add(.settled(settlement))
            }
        }
        findings.finish()
        // A failure of the committer is the cause, and what it stopped the walk with only a consequence.
        try await committed
        var walk = try walked.get()
        walk.report[.heldLosses] = try await settleLosses(of: walk, job, unsettled, recognised)
        return walk.report
    }

    private func walkAndRead(
        _ job: LibraryJob,
        _ version: Int,
        _ findings: FindingQueue,
        _ unsettled: Unsettled
    ) async throws -> ScanWalk {
        var walk = ScanWalk(
            job,
            settings,
            services,
            version: version,
            control: control,
            findings: findings,
            account: account
        )
        try await walk.run()
        control.enter(.read, at: services.clock.now)
        let reader = CandidateReader(
            job: job,
            settings: settings,
            services: services,
            version: version,
            control: control,
            permits: permits,
            findings: findings,
            unsettled: unsettled
        )
        try await reader.read(walk)
        return walk
    }

    private func settleLosses(
        of walk: ScanWalk,
        _ job: LibraryJob,
        _ unsettled: Unsettled,
        _ recognised: Recognised
    ) async throws -> Int {
        let settlement = LossSettlement(
            job: job,
            account: account,
            services: services,
            control: control,
            found: recognised.books,
            judge: LossJudge(job: job, services: services, began: began)
        )
        let bereft = walk.bereft
        let settlements = walk.settlements.filter { bereft.contains($0.directory) }
        return try await settlement.settle(walk, settlements.map { unsettled.review($0) })
    }

    /// Looks a second time, a second later, at books without an end: what did not move is damaged and told now.
    private func lookAgain() async throws {
        let limit = services.clock.now + ReadyGate.steadiness
        let entries = await services.pending.entries.filter { entry in
            entry.library == job.library && entry.reason == .endMissing && entry.due <= limit
        }
        guard let due = entries.map(\.due).max() else { return }
        control.settleProgress()
        try await control.sleep(until: due, services.clock)
        var again = job
        again.options = ScanOptions(mode: job.options.mode)
        again.scope = ScanScope()
        for entry in entries { again.scope.insert(entry.directory, ScanScope.Depth(isDeep: false)) }
        // What this pass lists was counted by the first.
        _ = try await pass(again)
    }
}
