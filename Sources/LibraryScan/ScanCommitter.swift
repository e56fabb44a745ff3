// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Logging
import Synchronization
import SystemPackage

/// The second half of a scan: passes readings through the ready gate and commits findings in batches.
///
/// The rows of a batch, the job's figures and the events are one transaction.
struct ScanCommitter {
    let job: LibraryJob
    let account: JobAccount
    let settings: LibrarySettings
    let services: JobServices
    let version: Int
    let mode: ScanMode
    let control: JobControl
    let permits: Permits
    let unsettled: Unsettled
    let recognised: Recognised

    /// Commits everything that `findings` yields, to its end.
    ///
    /// After a failure the rest is drained, so that nobody waits for a permit, and the failure is thrown.
    func run(_ findings: FindingQueue) async throws {
        var failure: (any Error)?
        var aside: [BookRecord] = []
        while let batch = await findings.next() {
            if failure == nil {
                do {
                    try await commit(batch, puttingAside: &aside)
                } catch {
                    failure = error
                    control.stop(.failure)
                }
            }
            findings.settle(batch)
            await permits.release(batch.count(where: \.isReading))
        }
        if let failure { throw failure }
    }

    private func commit(_ batch: [ScanFinding], puttingAside aside: inout [BookRecord]) async throws {
        let newcomers = Newcomers(library: job.library, services: services)
        let sorted = try await newcomers.sort(await records(of: batch))
        let records = sorted.clear
        aside += sorted.doubtful + (await due(sorted.early, after: try await wait(for: sorted)))
        note(batch, records.last)
        // What was put aside is committed before the directories that hold it are said to be done.
        let isOver = !aside.isEmpty && (batch.contains(where: \.isEndOfReading) || aside.count >= Newcomers.limit)
        if isOver {
            let rest = batch.filter { !$0.isSettlement }
            try await commit(records) { catalog in
                for finding in rest { try catalog.apply(finding) }
            }
            try await commit(aside, among: newcomers)
            aside = []
            try await commit(reviewed(batch.filter(\.isSettlement)), [])
        } else {
            try await commit(reviewed(batch), records)
        }
    }

    /// Commits findings, and after them in the same transaction books.
    private func commit(_ findings: [ScanFinding], _ records: [BookRecord]) async throws {
        try await commit(records) { catalog in
            for finding in findings { try catalog.apply(finding) }
        }
        for case .settled(let settlement) in findings {
            services.confirm(settlement, as: settlement.stamp, of: job.library)
        }
    }

    /// Notes of directories that something in them is still to be done, where that showed since they were listed.
    private func reviewed(_ findings: [ScanFinding]) -> [ScanFinding] {
        findings.map { finding in
            if case .settled(let settlement) = finding { .settled(unsettled.review(settlement)) } else { finding }
        }
    }

    /// How long books are waited for that are gone from their places; not where somebody says that they are.
    private func wait(for sorted: Newcomers.Sorted) async throws -> Duration {
        if sorted.early.isEmpty || job.options.acceptLosses { return .zero }
        return try await services.isAlone(job.library) ? LossRule.secondLook : LossRule.patience
    }

    /// Those of some books that have waited for as long as that for the books that they may be to turn up themselves; the
    /// others are looked at again.
    private func due(
        _ early: [(record: BookRecord, books: Set<Int64>)],
        after wait: Duration
    ) async -> [BookRecord] {
        var due: [BookRecord] = []
        for (record, books) in early {
            if await doubt(record, .lost, mayBe: books) >= wait {
                due.append(record)
            } else {
                unsettled.insert(record.directory)
            }
        }
        return due
    }

    /// Those of some books that have to wait until what is at the places of the books that they may be was read.
    ///
    /// It is to be read while a scan is to come there, or while it is pending itself.
    private func held(_ displaced: [(record: BookRecord, books: [BookPlace])]) async throws -> Set<FilePath> {
        if displaced.isEmpty { return [] }
        // This job's own library always is; what is there was read by this job, or is pending.
        let busy = try await services.store.librariesToScan().subtracting([job.library])
        var held: Set<FilePath> = []
        for (record, books) in displaced {
            let age = await doubt(record, .displaced, mayBe: Set(books.map(\.id)))
            if age == .zero { try await services.lookAgain(where: books) }
            let isComing = books.contains { busy.contains($0.library) }
            let isToBeRead = if isComing { true } else { await services.pending.isPending(atAnyOf: books) }
            let limit = isToBeRead ? LossRule.longestDoubt : LossRule.patience * 2
            if age >= limit { continue }
            held.insert(record.path)
            unsettled.insert(record.directory)
        }
        return held
    }

    /// Has a book wait; gives for how long it has.
    private func doubt(
        _ record: BookRecord,
        _ why: PendingBooks.Doubt,
        mayBe books: Set<Int64>
    ) async -> Duration {
        let now = services.clock.now
        let since = await services.pending.doubt(
            record.name,
            in: record.directory,
            job.library,
            why,
            mayBe: books,
            at: now,
            quiet: services.quiet
        )
        return now - since
    }

    /// Commits books that were put aside, as what they are.
    private func commit(_ records: [BookRecord], among newcomers: Newcomers) async throws {
        while true {
            do {
                let matched = try await newcomers.match(records)
                let held = try await held(matched.displaced)
                let moves = matched.moves
                try await commit(records.filter { !held.contains($0.path) }) { catalog in
                    // What another's file has replaced, and was not met elsewhere, is gone.
                    try catalog.markMissing(try catalog.move(books: moves))
                }
                recognised.insert(moves)
                return try await services.lookAgain(where: moves.filter { $0.formerFile != nil }.map(\.origin))
            } catch is BookMoveRefused {
                // A scan of another library has found one of them first.
                try control.checkStop()
            }
        }
    }

    /// Commits books, and before them in the same transaction what `changes` does.
    private func commit(
        _ records: [BookRecord],
        after changes: @Sendable @escaping (CatalogTransaction) throws -> Void
    ) async throws {
        var figures = ScanReport()
        figures[.readBytes] = Int(records.reduce(0) { $0 + $1.stamp.size })
        try await account.commit(telling: mode, figures) { catalog in
            try changes(catalog)
            for record in records { try catalog.record(record) }
        }
        for record in records {
            control.memory.note(record.name, in: record.directory)
            await services.pending.settle(record.name, in: record.directory, job.library)
        }
        if !records.isEmpty { control.noteResult() }
    }

    /// What was let go unread is not done.
    private func note(_ batch: [ScanFinding], _ last: BookRecord?) {
        let done = batch.compactMap { finding in
            if case .reading(let reading) = finding, reading.isDone { reading } else { nil }
        }
        control.update { progress in
            progress.filesDone += done.count
            progress.bytesDone += done.reduce(0) { $0 + $1.candidate.stamp.size }
            progress.current = last.map { $0.directory.appending($0.name).string } ?? progress.current
        }
    }

    private func records(of batch: [ScanFinding]) async -> [BookRecord] {
        var records: [BookRecord] = []
        for case .reading(let reading) in batch {
            guard let record = await record(of: reading) else {
                unsettled.insert(reading.directory)
                continue
            }
            if record.version != version { unsettled.insert(reading.directory) }
            records.append(record)
        }
        return records
    }

    /// What is to be kept of a reading; `nil` while the book is pending.
    private func record(of reading: BookReading) async -> BookRecord? {
        let gate = BookGate(job: job, services: services)
        switch reading.outcome {
        case .waiting, .unread: return nil
        case .changed:
            // However often it moves, it is never damaged for that.
            _ = await gate.judge(reading, content: .moved)
            return nil
        case .failed(let finding):
            if case .pending = await gate.judge(reading, content: .whole) { return nil }
            return record(of: reading, facts: nil, faults: [finding])
        case .facts(let facts):
            let content: ReadyGate.Content = facts.endIsPresent ? .whole : .endMissing
            if case .pending = await gate.judge(reading, content: content) { return nil }
            log(reading)
            return record(of: reading, facts: facts, faults: [])
        }
    }

    private func log(_ reading: BookReading) {
        var metadata = job.metadata
        metadata["event"] = "book.read"
        metadata["path"] = "\(reading.directory.appending(reading.candidate.name))"
        services.logger.debug("Book was read", metadata: metadata)
    }

    private func record(of reading: BookReading, facts: BookFacts?, faults: [Finding]) -> BookRecord {
        var record = BookRecord(
            directory: reading.directory,
            seriesDirectory: settings.pattern.seriesDirectory(ofBooksIn: reading.directory),
            rootName: settings.rootName,
            name: reading.candidate.name,
            format: facts?.format ?? reading.candidate.format,
            stamp: reading.candidate.stamp,
            facts: facts,
            sidecars: reading.candidate.sidecars.digest,
            faults: faults,
            // A disk that failed may do better next time, and no change of the file would tell.
            version: faults.contains { $0.problem == .unreadable } ? 0 : version,
            isForced: job.options.force
        )
        record.known = reading.candidate.known?.id
        return record
    }
}

extension CatalogTransaction {
    fileprivate func apply(_ finding: ScanFinding) throws {
        switch finding {
        case .present(let path, let stamp): try present(at: path, as: stamp)
        case .settled(let settlement):
            try settle(settlement.directory, stamp: settlement.stamp, digest: settlement.digest)
        case .unreadable(let path, let fault):
            try open(fault.code == "permission" ? .permission : .unreadable, at: path, detail: fault.summary)
        case .rulesUnreadable(let path, let fault):
            try open(fault.code == "permission" ? .permission : .unreadable, at: path, detail: fault.summary)
        case .readable(let path): try resolve(at: path)
        case .restored(let books): try restore(books)
        case .ignored(let books, let directories):
            try ignore(books)
            for directory in directories { try ignore(directory: directory) }
        case .seriesDocument(let path, let facts, let digest): try keepSeriesDocument(facts, digest, at: path)
        case .reading, .allRead: break
        }
    }
}
