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
    let job: Job
    let settings: LibrarySettings
    let services: ScanServices
    let version: Int
    let control: JobControl
    let permits: Permits
    let tally: ProblemTally
    let unsettled: Unsettled

    /// Commits everything that `findings` yields, to its end.
    ///
    /// After a failure the rest is drained, so that nobody waits for a permit, and the failure is thrown.
    func run(_ findings: FindingQueue, into report: ReportBox) async throws {
        var failure: (any Error)?
        while let batch = await findings.next() {
            if failure == nil {
                do {
                    try await commit(batch, into: report)
                } catch {
                    failure = error
                    control.stop(.daemon)
                }
            }
            findings.settle(batch)
            await permits.release(batch.count(where: \.isReading))
        }
        if let failure { throw failure }
    }

    private func commit(_ batch: [ScanFinding], into report: ReportBox) async throws {
        let records = await records(of: batch)
        let bytes = records.reduce(0) { $0 + $1.stamp.size }
        control.update { progress in
            progress.filesDone += batch.count(where: \.isReading)
            progress.bytesDone += bytes
            progress.current = records.last.map { $0.directory.appending($0.name).string } ?? progress.current
        }
        let progress = control.progress(at: services.clock.now)
        let before = report.value
        let (part, opened) = try await services.store.commit(for: job.library, job: job.id) { catalog in
            for finding in batch { try catalog.apply(finding) }
            for record in records { try catalog.record(record) }
            var (part, opened) = try catalog.summary()
            part[.readBytes] = Int(bytes)
            var sum = before
            sum.add(part)
            try catalog.note(progress, sum)
            return (part, opened)
        }
        for case .settled(let settlement) in batch {
            services.confirm(settlement, as: settlement.stamp, of: job.library)
        }
        report.add(part)
        tally.log(opened, of: job, services.logger)
        try services.store.tell(progress, of: job)
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
        case .waiting: return nil
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
        BookRecord(
            directory: reading.directory,
            seriesDirectory: settings.pattern.seriesDirectory(ofBooksIn: reading.directory),
            rootName: settings.root.lastComponent?.string ?? settings.name.text,
            name: reading.candidate.name,
            format: reading.candidate.format,
            stamp: reading.candidate.stamp,
            facts: facts,
            faults: faults,
            // A disk that failed may do better next time, and no change of the file would tell.
            version: faults.contains { $0.problem == .unreadable } ? 0 : version,
            isForced: job.options.force
        )
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
        case .readable(let path): try resolve(at: path)
        case .restored(let books): try restore(books)
        case .reading: break
        }
    }
}

/// A report that several stages of one job add to.
final class ReportBox: Sendable {
    private let report: Mutex<ScanReport>

    init(_ report: ScanReport = ScanReport()) {
        self.report = Mutex(report)
    }

    var value: ScanReport { report.withLock { $0 } }

    func add(_ part: ScanReport) {
        report.withLock { $0.add(part) }
    }
}
