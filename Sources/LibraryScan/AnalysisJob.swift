// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// One `analyze_media`: has every page of the chosen books decoded, so that rotten bits are found while there is still a
/// good copy somewhere.
///
/// What it has done stands in the books' rows, so that it goes on where it was stopped.
struct AnalysisJob {
    /// Books whose findings are committed together; a book takes seconds.
    static let batchLimit = 16

    let job: LibraryJob
    let services: JobServices
    let control: JobControl
    private let account: JobAccount

    init(_ job: LibraryJob, _ services: JobServices, _ control: JobControl) {
        self.job = job
        self.services = services
        self.control = control
        // All that it has looked at is done, and is not looked at again.
        account = JobAccount(job, services, control, from: job.report ?? ScanReport())
    }

    /// - Throws: ``JobStopped``, ``JobFault/offline(_:)``, and what the database throws.
    func run() async throws -> ScanReport {
        defer { account.close() }
        try await services.libraryGuard.admit(job.library)
        let starts = job.scope.starts
        let report = account.report
        var total = (books: report[.totalFiles], bytes: Int64(report[.readBytes]))
        let done = total
        for start in starts {
            let part = try await services.store.countToAnalyze(of: job.library, start, by: job.id)
            total = (total.books + part.books, total.bytes + part.bytes)
        }
        control.update { [total] progress in
            (progress.filesDone, progress.bytesDone) = (done.books, done.bytes)
            (progress.filesTotal, progress.bytesTotal) = (total.books, total.bytes)
        }
        control.enter(.decode, at: services.clock.now)
        for start in starts { try await analyze(start) }
        try control.checkStop()
        return account.report
    }

    private func analyze(_ start: (directory: FilePath, isDeep: Bool)) async throws {
        var last: Int64 = 0
        while true {
            try control.checkStop()
            let batch = try await services.store.booksToAnalyze(
                of: job.library,
                start,
                by: job.id,
                after: last,
                limit: AnalysisJob.batchLimit
            )
            guard let end = batch.last else { return }
            last = end.id
            try await commit(await decode(batch))
        }
    }

    /// What came of one book; `nil` where the file is not what the catalog knows, which a scan will find.
    private struct Result: Sendable {
        var book: BookToAnalyze
        var outcome: WorkerPool.Outcome?

        /// Whether a worker was asked for it, or none will be.
        var isDone: Bool {
            switch outcome {
            case .withdrawn?, .unavailable?: false
            case .done?, .changed?, .failed?, nil: true
            }
        }
    }

    private func decode(_ batch: [BookToAnalyze]) async -> [Result] {
        await withTaskGroup(of: Result.self) { group in
            for book in batch {
                group.addTask { Result(book: book, outcome: await decode(book)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func decode(_ book: BookToAnalyze) async -> WorkerPool.Outcome? {
        let opened = await services.files.open([book.name], in: book.directory, of: job.library)
        guard case .success(let file)? = opened.first, !file.stamp.differs(from: book.stamp) else { return nil }
        return await withCheckedContinuation { continuation in
            let work = WorkerPool.Work(
                task: .pages,
                promised: book.format,
                book: file,
                label: BookInFlight(
                    job: job.id,
                    library: job.library,
                    path: book.directory.appending(book.name)
                ),
                isWanted: { [control] in !control.isStopped }
            ) { continuation.resume(returning: $0) }
            services.workers.submit([work])
        }
    }

    private func commit(_ results: [Result]) async throws {
        for case .unavailable(let fault)? in results.map(\.outcome) { control.fail(fault) }
        let done = results.filter(\.isDone)
        if done.isEmpty { return }
        let bytes = done.reduce(0) { $0 + $1.book.stamp.size }
        control.update { progress in
            progress.filesDone += done.count
            progress.bytesDone += bytes
            progress.current = done.last.map { $0.book.directory.appending($0.book.name).string }
        }
        var figures = ScanReport()
        figures[.readBytes] = Int(bytes)
        try await account.commit(figures) { catalog in
            for result in done {
                let book = result.book
                switch result.outcome {
                case .done(.pages(let analysis))?: try catalog.keep(analysis, of: book)
                case .failed(let finding)?: try catalog.giveUpAnalysis(finding, of: book)
                case .done?, .changed?, .withdrawn?, .unavailable?, nil: continue
                }
            }
        }
        control.noteResult()
    }
}
