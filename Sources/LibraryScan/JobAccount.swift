// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Synchronization

/// What a job of a library has done, all told, and the one way in which it changes the catalog.
///
/// Rows, figures, progress and events are one transaction: whatever ends the job, its report is that of what is
/// committed.
final class JobAccount: Sendable {
    let job: LibraryJob
    private let services: JobServices
    private let control: JobControl
    private let tally = ProblemTally()
    private let sum: Mutex<ScanReport>

    /// Begins with the `report` of what the job did when it ran before.
    init(_ job: LibraryJob, _ services: JobServices, _ control: JobControl, from report: ScanReport) {
        self.job = job
        self.services = services
        self.control = control
        sum = Mutex(report)
    }

    var report: ScanReport { sum.withLock { $0 } }

    /// Adds what no transaction says.
    func add(_ part: ScanReport) {
        sum.withLock { $0.add(part) }
    }

    /// Runs one transaction for the job, never two at a time; books are told in arrays or one by one, as `mode` says.
    ///
    /// The `figures` are what it adds to the report beside what the catalog counts itself.
    func commit<Value: Sendable>(
        telling mode: ScanMode = .batched,
        _ figures: ScanReport = ScanReport(),
        _ changes: @Sendable @escaping (CatalogTransaction) throws -> Value
    ) async throws -> Value {
        let progress = control.progress(at: services.clock.now)
        let before = report
        let (value, part, opened) = try await services.store.commit(for: job.library, job: job.id, telling: mode) {
            catalog in
            let value = try changes(catalog)
            var (part, opened) = try catalog.summary()
            part.add(figures)
            var sum = before
            sum.add(part)
            // What every attempt commits anew, as that nothing has changed, brings the job no nearer to its end.
            try catalog.note(progress, sum, hasResult: part != ScanReport())
            return (value, part, opened)
        }
        add(part)
        tally.log(opened, of: job, services.logger)
        try control.tell(services)
        return value
    }

    /// Logs how many problems were kept back.
    func close() {
        tally.finish(job, services.logger)
    }
}
