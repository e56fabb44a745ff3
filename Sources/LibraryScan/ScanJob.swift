// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Logging
import SystemPackage

/// One `library_scan` or `series_scan`: take listings, compare, gate, read, commit.
///
/// Running it again is always safe: what is committed compares as unchanged.
struct ScanJob {
    /// Books in hand at once: opened, being read, or not committed.
    static let booksInHand = 768

    /// Books that are opened in one go.
    static let openLimit = 32

    let job: Job
    let settings: LibrarySettings
    let services: ScanServices
    let control: JobControl
    private let permits = Permits(limit: ScanJob.booksInHand)
    private let report = ReportBox()
    private let tally = ProblemTally()

    init(_ job: Job, _ settings: LibrarySettings, _ services: ScanServices, _ control: JobControl) {
        self.job = job
        self.settings = settings
        self.services = services
        self.control = control
    }

    /// Does the whole of it.
    ///
    /// - Throws: ``ListingFault/rootOffline(_:reason:)``, ``JobStopped``, and what the database throws.
    func run() async throws -> ScanReport {
        defer { tally.finish(job, services.logger) }
        let walk = try await pass(job)
        report.add(walk.report)
        try await settleLosses(walk)
        try await lookAgain()
        return report.value
    }

    /// Walks the scope of a job and reads what is new or changed.
    private func pass(_ job: Job) async throws -> ScanWalk {
        let findings = FindingQueue(clock: services.clock)
        let version = ScanServices.readerVersion(settings)
        let committer = ScanCommitter(
            job: job,
            settings: settings,
            services: services,
            version: version,
            control: control,
            permits: permits,
            tally: tally
        )
        async let _: Void = findings.keepTime()
        async let committed: Void = committer.run(findings, into: report)
        let walked: Result<ScanWalk, any Error>
        do {
            var walk = ScanWalk(job, services, version: version, control: control) { findings.add($0) }
            try await walk.run()
            control.enter(.read, at: .now)
            try await read(walk, job, version, findings)
            walked = .success(walk)
        } catch {
            walked = .failure(error)
        }
        await permits.drain()
        findings.finish()
        // A failure of the committer is the cause, and what it stopped the walk with only a consequence.
        try await committed
        return try walked.get()
    }

    private func read(
        _ walk: ScanWalk,
        _ job: Job,
        _ version: Int,
        _ findings: FindingQueue
    ) async throws {
        for (directory, candidates) in walk.candidates {
            try await read(candidates, in: directory, findings)
        }
        for directory in walk.deferred {
            let listing: Listing
            do throws(ListingFault) {
                listing = try await services.files.list(directory, of: job.library)
            } catch {
                if case .rootOffline = error { throw error }
                // Whatever became of it was told by an event or is found by the next scan.
                continue
            }
            let known = try await services.store.known(directory, of: job.library, version: version)
            let difference = DirectoryDifference(listing, known, force: job.options.force)
            try await read(difference.candidates, in: directory, findings)
        }
    }

    private func read(
        _ candidates: [DirectoryDifference.Candidate],
        in directory: FilePath,
        _ findings: FindingQueue
    ) async throws {
        var rest = candidates[...]
        while !rest.isEmpty {
            try control.checkStop()
            let part = Array(rest.prefix(ScanJob.openLimit))
            rest = rest.dropFirst(ScanJob.openLimit)
            await permits.acquire(part.count)
            findings.expect(part.count)
            let books = await services.files.open(part.map(\.name), in: directory, of: job.library)
            var work: [WorkerPool.Work] = []
            for (candidate, book) in zip(part, books) {
                let reading = BookReading(directory: directory, candidate: candidate, outcome: .changed)
                switch book {
                case .success(let book): work.append(self.work(book, reading, findings))
                case .failure(let fault): findings.add(.reading(reading.refused(by: fault)))
                }
            }
            services.workers.submit(work)
        }
    }

    private func work(
        _ book: OpenBook,
        _ reading: BookReading,
        _ findings: FindingQueue
    ) -> WorkerPool.Work {
        var reading = reading
        // Between the listing and the opening the file may have been replaced; what is read belongs to what is open.
        reading.candidate.stamp = book.stamp
        return WorkerPool.Work(
            task: .facts(readsMetadata: settings.readsMetadata),
            promised: reading.candidate.format,
            book: book
        ) { [reading] outcome in
            var reading = reading
            switch outcome {
            case .done(.facts(let facts)): reading.outcome = .facts(facts)
            case .done, .changed: reading.outcome = .changed
            case .failed(let finding): reading.outcome = .failed(finding)
            }
            findings.add(.reading(reading))
        }
    }

    /// Applies what was proved absent, unless so much is gone that a person must say it is true.
    private func settleLosses(_ walk: ScanWalk) async throws {
        let lost = walk.unwitnessed
        let below = try await services.store.presentBooks(below: lost.directories)
        let arrived = report.value[.createdMedia] + report.value[.restoredMedia]
        let rule = LossRule(
            present: try await services.store.presentBooks(of: job.library) - arrived,
            unwitnessed: lost.books.count + below,
            rootIsEmpty: walk.rootIsEmpty
        )
        let isHeld = rule.holds && !job.options.acceptLosses
        let held = isHeld ? rule.unwitnessed : 0
        if isHeld {
            services.logger.warning(
                "Losses are held; `stumpctl scan --accept-losses` applies them",
                metadata: job.metadata.merging(["held": "\(held)"]) { $1 }
            )
        }
        let applied = isHeld ? [walk.witnessed] : [walk.witnessed, lost]
        let isConclusive = isHeld || job.scope.isWholeLibrary
        let isEmpty = applied.allSatisfy { $0.books.isEmpty && $0.directories.isEmpty }
        if isEmpty, !isConclusive { return }
        let (part, opened) = try await services.store.commit(for: job.library, job: job.id) { catalog in
            for losses in applied {
                for directory in losses.directories { try catalog.markMissing(directory: directory) }
                try catalog.markMissing(losses.books)
            }
            if isConclusive { try catalog.noteHeldLosses(held) }
            if isHeld { try catalog.log("warning", "\(held) losses are held until they are confirmed") }
            return try catalog.summary()
        }
        report.add(part)
        tally.log(opened, of: job, services.logger)
        var heldPart = ScanReport()
        heldPart[.heldLosses] = held
        report.add(heldPart)
    }

    /// Looks a second time, a second later, at books without an end: what did not move is damaged and told now.
    private func lookAgain() async throws {
        let entries = await services.pending.entries.filter { $0.library == job.library }
        guard let due = entries.map(\.due).min(), due <= .now + ReadyGate.steadiness else { return }
        try await services.clock.sleep(for: max(.zero, due - .now))
        var again = job
        again.options.force = false
        again.scope = ScanScope()
        for entry in entries { again.scope.insert(entry.directory, ScanScope.Depth(isDeep: false)) }
        // What this pass lists was counted by the first.
        _ = try await pass(again)
    }
}

extension BookReading {
    fileprivate func refused(by fault: ListingFault) -> BookReading {
        var reading = self
        switch fault {
        case .denied: reading.outcome = .failed(Finding(.permission, fault.summary))
        case .failed: reading.outcome = .failed(Finding(.unreadable, fault.summary))
        // Gone or replaced since it was listed: its directory is dirty again, or the next scan sees it.
        case .rootOffline, .absent, .wrongKind: reading.outcome = .changed
        }
        return reading
    }
}
