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

    /// - Throws: ``JobStopped``, ``JobFault/offline(_:)``, ``ListingFault/rootOffline(_:reason:)``, and what the database
    ///   throws.
    func run() async throws -> ScanReport {
        defer { account.close() }
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
            try await commit(try await decode(batch))
        }
    }

    /// What came of one book.
    private struct Result: Sendable {
        var book: BookToAnalyze
        var outcome: Outcome
    }

    private enum Outcome: Sendable {
        case decoded(PageAnalysis)

        /// Why it could not be.
        case failed(Finding)

        /// The file is not what the catalog knows, which a scan will find.
        case changed

        /// No worker has looked at it, and one will when the job goes on.
        case unread
    }

    /// Opens all the books before a worker is given any, for a library that is offline ends the job at once.
    private func decode(_ batch: [BookToAnalyze]) async throws -> [Result] {
        try await services.libraryGuard.admit(job.library)
        var results: [Result] = []
        var opened: [(BookToAnalyze, OpenBook)] = []
        for book in batch {
            do throws(ListingFault) {
                if let file = try await open(book) {
                    opened.append((book, file))
                } else {
                    results.append(Result(book: book, outcome: .changed))
                }
            } catch {
                if case .rootOffline = error { throw error }
                results.append(Result(book: book, outcome: error.finding.map(Outcome.failed) ?? .changed))
            }
        }
        return await withTaskGroup(of: Result.self) { group in
            for (book, file) in opened {
                group.addTask { Result(book: book, outcome: await decode(book, file)) }
            }
            return await group.reduce(into: results) { $0.append($1) }
        }
    }

    /// `nil` where the file is not the one that was scanned.
    private func open(_ book: BookToAnalyze) async throws(ListingFault) -> OpenBook? {
        guard let answer = await services.files.open([book.name], in: book.directory, of: job.library).first else {
            return nil
        }
        let file = try answer.get()
        return file.stamp.differs(from: book.stamp) ? nil : file
    }

    private func decode(_ book: BookToAnalyze, _ file: OpenBook) async -> Outcome {
        let outcome = await services.workers.result(
            of: .pages,
            promised: book.format,
            book: file,
            label: BookInFlight(job: job.id, library: job.library, path: book.directory.appending(book.name)),
            isWanted: { [control] in !control.isStopped }
        )
        switch outcome {
        case .done(.pages(let analysis)): return .decoded(analysis)
        case .done, .changed: return .changed
        case .failed(let finding): return .failed(finding)
        case .withdrawn: return .unread
        case .unavailable(let fault):
            control.fail(fault)
            return .unread
        }
    }

    private func commit(_ results: [Result]) async throws {
        let done = results.filter { if case .unread = $0.outcome { false } else { true } }
        if done.isEmpty { return }
        let bytes = done.reduce(0) { $0 + $1.book.stamp.size }
        let decoded = done.filter { if case .decoded = $0.outcome { true } else { false } }
            .reduce(0) { $0 + $1.book.stamp.size }
        control.update { progress in
            progress.filesDone += done.count
            progress.bytesDone += decoded
            // What is not decoded now takes no time later.
            progress.bytesTotal = progress.bytesTotal.map { $0 - bytes + decoded }
            progress.current = done.last.map { $0.book.directory.appending($0.book.name).string }
        }
        var figures = ScanReport()
        figures[.readBytes] = Int(decoded)
        try await account.commit(figures) { catalog in
            for result in done {
                switch result.outcome {
                case .decoded(let analysis): try catalog.keep(analysis, of: result.book)
                case .failed(let finding): try catalog.giveUpAnalysis(finding, of: result.book)
                case .changed, .unread: continue
                }
            }
        }
        control.noteResult()
    }
}
