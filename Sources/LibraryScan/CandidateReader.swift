// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// The middle of a scan: opens what is new or changed, asks the gate, and has the workers read it.
struct CandidateReader {
    /// Books that are opened in one go.
    static let openLimit = 32

    /// How long after a change the parts of a book may still be coming though its end is there.
    private static let youth: Duration = .seconds(86_400)

    let job: LibraryJob
    let settings: LibrarySettings
    let services: JobServices
    let version: Int
    let control: JobControl
    let permits: Permits
    let findings: FindingQueue
    let unsettled: Unsettled

    /// Reads all that a walk found, the directories it could not keep in mind included.
    func read(_ walk: ScanWalk) async throws {
        for (directory, reading) in walk.readings { try await read(reading, in: directory) }
        for settlement in walk.deferred { try await readAnew(settlement) }
    }

    /// Lists a directory again whose candidates were too many to be kept.
    private func readAnew(_ settlement: Settlement) async throws {
        let directory = settlement.directory
        let listing: Listing
        do throws(ListingFault) {
            listing = try await services.files.list(directory, of: job.library)
        } catch {
            if case .rootOffline = error { throw error }
            // Whatever became of it was told by an event or is found by the next scan.
            unsettled.insert(directory)
            return
        }
        // What else has changed since the walk is for the next scan.
        if Settlement(directory, listing) != settlement { unsettled.insert(directory) }
        let known = try await services.store.known(
            directory,
            of: job.library,
            version: version,
            triesAgain: job.triesAgain
        )
        let difference = DirectoryDifference(listing, known, in: directory, for: job, settings, control.memory)
        try await read(difference.reading, in: directory)
    }

    private func read(_ reading: DirectoryDifference.Reading, in directory: FilePath) async throws {
        let desk = SidecarDesk(
            directory: directory,
            job: job,
            services: services,
            control: control,
            unsettled: unsettled
        )
        if let document = reading.seriesDocument, let facts = await desk.facts(of: [document])[document] {
            findings.add(.seriesDocument(directory, facts, digest: [document].digest))
        }
        try await read(reading.books, in: directory, desk)
    }

    private func read(
        _ candidates: [DirectoryDifference.Candidate],
        in directory: FilePath,
        _ desk: SidecarDesk
    ) async throws {
        if job.options.readsAll { control.memory.expect(candidates.count, in: directory) }
        let folder = candidates.isEmpty ? nil : directory.names.last.map(SeriesName.init(folder:))
        var rest = candidates[...]
        var sidecars: [Sidecar: SidecarFacts] = [:]
        while !rest.isEmpty {
            try control.checkStop()
            var part = Array(rest.prefix(CandidateReader.openLimit))
            rest = rest.dropFirst(CandidateReader.openLimit)
            // Others are of one book, or of very few.
            sidecars = sidecars.filter { $0.key.kind == .seriesJSON }
            let wanted = Set(part.flatMap(\.sidecars)).subtracting(sidecars.keys)
            sidecars.merge(await desk.facts(of: wanted)) { $1 }
            // What could not be read now is as if it were not there, until it is listed again.
            for index in part.indices { part[index].sidecars.removeAll { sidecars[$0] == nil } }
            await permits.acquire(part.count)
            findings.expect(part.count)
            let books = await services.files.open(part.map(\.name), in: directory, of: job.library)
            var work: [WorkerPool.Work] = []
            for (candidate, book) in zip(part, books) {
                let reading = BookReading(directory: directory, candidate: candidate, outcome: .changed)
                let beside = candidate.sidecars.compactMap { sidecars[$0] }
                switch book {
                case .success(let book): work += [await self.work(book, reading, beside, folder)].compactMap { $0 }
                case .failure(let fault): findings.add(.reading(reading.refused(by: fault)))
                }
            }
            services.workers.submit(work)
        }
    }

    /// The work of reading a book; `nil` where the gate says that it is too early.
    private func work(
        _ book: OpenBook,
        _ listed: BookReading,
        _ beside: [SidecarFacts],
        _ folder: SeriesName?
    ) async -> WorkerPool.Work? {
        var reading = listed
        reading.candidate.stamp = book.stamp
        reading.probe = book.probe
        // Replaced or written since it was listed: the digest of the listing is not that of what is read.
        if book.stamp.differs(from: listed.candidate.stamp) { unsettled.insert(listed.directory) }
        guard await BookGate(job: job, services: services).judge(reading, content: .unread) == .ready else {
            reading.outcome = .waiting
            findings.add(.reading(reading))
            return nil
        }
        let isYoung = services.now() - book.stamp.changed < CandidateReader.youth
        return WorkerPool.Work(
            task: .facts(
                readsMetadata: settings.readsMetadata,
                checksParts: isYoung,
                hashes: job.options.hashes ? [.file, .koreader] : settings.hashes
            ),
            promised: reading.candidate.format,
            book: book,
            label: BookInFlight(
                job: job.id,
                library: job.library,
                path: reading.directory.appending(reading.candidate.name)
            ),
            isWanted: { [control] in !control.isStopped },
            completion: { [reading, findings, control, settings] outcome in
                // Nobody's book is to blame where there is no worker.
                if case .unavailable(let fault) = outcome { control.fail(fault) }
                var answer = reading.answered(outcome)
                if settings.readsMetadata { answer.complete(by: beside, in: folder) }
                findings.add(.reading(answer))
            }
        )
    }
}

extension BookReading {
    fileprivate func answered(_ answer: WorkerPool.Outcome) -> BookReading {
        var reading = self
        switch answer {
        case .done(.facts(let facts)):
            // What a disk's error has left of the facts is no reason to forget those of before.
            let fault = facts.findings.first { $0.problem == .unreadable }
            reading.outcome = fault.map(BookReading.Outcome.failed) ?? .facts(facts)
        case .done, .changed: reading.outcome = .changed
        case .withdrawn, .unavailable: reading.outcome = .unread
        case .failed(let finding): reading.outcome = .failed(finding)
        }
        return reading
    }

    /// Takes from what stands beside the book, and then from its name, what nothing better has said.
    ///
    /// The folder's name is not kept, for a folder is renamed without its books being read again.
    fileprivate mutating func complete(by sidecars: [SidecarFacts], in folder: SeriesName?) {
        guard case .facts(var facts) = outcome else { return }
        for (sidecar, said) in zip(candidate.sidecars, sidecars) {
            facts.metadata.complete(with: said.book)
            // What is wrong with a document about the series is told once, and not of each book.
            if sidecar.kind != .seriesJSON { facts.findings += said.findings }
        }
        BookName(candidate.name, in: folder).fill(&facts.metadata)
        facts.metadata.completeSortTitle()
        outcome = .facts(facts)
    }

    fileprivate func refused(by fault: ListingFault) -> BookReading {
        var reading = self
        // Gone or replaced since it was listed: its directory is dirty again, or the next scan sees it.
        reading.outcome = fault.finding.map(BookReading.Outcome.failed) ?? .changed
        return reading
    }
}
