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

    let job: Job
    let settings: LibrarySettings
    let services: ScanServices
    let control: JobControl
    private let permits = Permits(limit: ScanJob.booksInHand)
    private let report = ReportBox()
    private let tally = ProblemTally()
    private let began: Timestamp

    init(_ job: Job, _ settings: LibrarySettings, _ services: ScanServices, _ control: JobControl) {
        self.job = job
        self.settings = settings
        self.services = services
        self.control = control
        began = services.now()
    }

    /// Does the whole of it.
    ///
    /// - Throws: ``ListingFault/rootOffline(_:reason:)``, ``ScanFault/offline(_:)``, ``JobStopped``, and what the
    ///   database throws.
    func run() async throws -> ScanReport {
        defer { tally.finish(job, services.logger) }
        if job.options.acceptLosses { try await services.libraryGuard.adopt(job.library) }
        try await services.libraryGuard.admit(job.library)
        report.add(try await pass(job))
        try await lookAgain()
        return report.value
    }

    /// Walks the scope of a job, reads what is new or changed, and settles what is gone.
    ///
    /// - Returns: what the walk counted.
    private func pass(_ job: Job) async throws -> ScanReport {
        let findings = FindingQueue(clock: services.clock)
        let unsettled = Unsettled()
        let version = ScanServices.readerVersion(settings)
        let committer = ScanCommitter(
            job: job,
            settings: settings,
            services: services,
            version: version,
            control: control,
            permits: permits,
            tally: tally,
            unsettled: unsettled
        )
        async let _: Void = findings.keepTime()
        async let committed: Void = committer.run(findings, into: report)
        let walked: Result<ScanWalk, any Error>
        do {
            walked = .success(try await walkAndRead(job, version, findings, unsettled))
        } catch {
            walked = .failure(error)
        }
        await permits.drain()
        if case .success(let walk) = walked {
            let bereft = walk.bereft
            for settlement in walk.settlements where !bereft.contains(settlement.directory) {
                findings.add(.settled(unsettled.review(settlement)))
            }
        }
        findings.finish()
        // A failure of the committer is the cause, and what it stopped the walk with only a consequence.
        try await committed
        let walk = try walked.get()
        try await settleLosses(of: walk, job, unsettled)
        return walk.report
    }

    private func walkAndRead(
        _ job: Job,
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
            tally: tally
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

    private func settleLosses(of walk: ScanWalk, _ job: Job, _ unsettled: Unsettled) async throws {
        let settlement = LossSettlement(
            job: job,
            services: services,
            control: control,
            tally: tally,
            report: report,
            judge: LossJudge(job: job, services: services, began: began)
        )
        let bereft = walk.bereft
        let settlements = walk.settlements.filter { bereft.contains($0.directory) }
        try await settlement.settle(walk, settlements.map { unsettled.review($0) })
    }

    /// Looks a second time, a second later, at books without an end: what did not move is damaged and told now.
    private func lookAgain() async throws {
        let limit = services.clock.now + ReadyGate.steadiness
        let entries = await services.pending.entries.filter { entry in
            entry.library == job.library && entry.reason == .endMissing && entry.due <= limit
        }
        guard let due = entries.map(\.due).max() else { return }
        try await services.clock.sleep(until: due, tolerance: nil)
        var again = job
        again.options.force = false
        again.scope = ScanScope()
        for entry in entries { again.scope.insert(entry.directory, ScanScope.Depth(isDeep: false)) }
        // What this pass lists was counted by the first.
        _ = try await pass(again)
    }
}
