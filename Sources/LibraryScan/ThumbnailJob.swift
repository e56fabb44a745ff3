// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// One `thumbnail_generation`: makes the thumbnails that scans found to be due.
///
/// What is due stands in the books' rows, so the job has no state of its own and goes on where it was stopped.
struct ThumbnailJob {
    /// Books whose thumbnails are committed together.
    static let batchLimit = 48

    let job: LibraryJob
    let settings: ThumbnailSettings
    let services: JobServices
    let control: JobControl
    private let account: JobAccount

    init(_ job: LibraryJob, _ settings: ThumbnailSettings, _ services: JobServices, _ control: JobControl) {
        self.job = job
        self.settings = settings
        self.services = services
        self.control = control
        account = JobAccount(job, services, control, from: job.report?.ofWorkDone ?? ScanReport())
    }

    /// - Throws: ``JobStopped``, and what the database and the cache throw.
    func run() async throws -> ScanReport {
        defer { account.close() }
        let total = try await services.store.dueThumbnails(of: job.library)
        control.update { $0.filesTotal = total }
        var last: Int64 = 0
        var ahead = try await next(after: &last)
        var done: [Result] = []
        // One batch is committed while the next is in work, so that the workers never wait for the disk.
        while !ahead.isEmpty, !control.isStopped {
            let batch = ahead
            async let made = make(batch)
            try await commit(done)
            ahead = try await next(after: &last)
            done = try await made
        }
        try await commit(done)
        // Also after the last batch: what it was stopped for may be why there is nothing of it.
        try control.checkStop()
        return account.report
    }

    /// What came of one book; `nil` where the file is not what the catalog knows, which a scan will find.
    private typealias Result = (due: DueThumbnail, outcome: Outcome?)

    private enum Outcome: Sendable {
        case made(ThumbnailFiles.Draft, findings: [Finding])
        case none([Finding])
    }

    private func next(after last: inout Int64) async throws -> [DueThumbnail] {
        let batch = try await services.store.dueThumbnails(
            of: job.library,
            after: last,
            limit: ThumbnailJob.batchLimit
        )
        last = batch.last?.book ?? last
        return batch
    }

    private func make(_ batch: [DueThumbnail]) async throws -> [Result] {
        var opened: [(DueThumbnail, Swift.Result<OpenBook, ListingFault>)] = []
        var rest = batch[...]
        while let first = rest.first {
            let part = rest.prefix { $0.directory == first.directory }
            rest = rest.dropFirst(part.count)
            opened += zip(part, await services.files.open(part.map(\.name), in: first.directory, of: job.library))
        }
        // Together, for a directory of one book would keep one worker busy and no more.
        return try await make(opened)
    }

    private func make(_ books: [(DueThumbnail, Swift.Result<OpenBook, ListingFault>)]) async throws -> [Result] {
        try await withThrowingTaskGroup(of: Result.self) { group in
            for (due, book) in books {
                guard case .success(let book) = book, !book.stamp.differs(from: due.stamp) else { continue }
                let draft = try services.thumbnails.draft()
                group.addTask { (due, await make(due, book, draft)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func make(_ due: DueThumbnail, _ book: OpenBook, _ draft: ThumbnailFiles.Draft) async -> Outcome? {
        let outcome = await services.workers.result(
            of: .thumbnail(settings),
            promised: due.format,
            book: book,
            output: draft.descriptor,
            label: BookInFlight(job: job.id, library: job.library, path: due.directory.appending(due.name)),
            isWanted: { [control] in !control.isStopped }
        )
        switch outcome {
        case .done(.thumbnail(_, _, let findings)): return .made(draft, findings: findings)
        case .done(.noThumbnail(let findings)) where findings.contains { $0.problem == .unreadable }:
            // The book's disk failed, or that of the file to write to; the thumbnail stays due.
            if let fault = draft.fault { control.fail(fault) }
            return nil
        case .done(.noThumbnail(let findings)): return .none(findings)
        case .failed(let finding): return .none([finding])
        case .unavailable(let fault):
            control.fail(fault)
            return nil
        case .done, .changed, .withdrawn: return nil
        }
    }

    private func commit(_ results: [Result]) async throws {
        if results.isEmpty { return }
        var names: [Int64: String] = [:]
        for case (let due, .made?) in results { names[due.book] = ThumbnailFiles.name(of: due.fingerprint, settings) }
        control.update { progress in
            progress.filesDone += results.count
            progress.current = results.last.map { $0.due.directory.appending($0.due.name).string }
        }
        try await services.thumbnails.exclusively { [names] in try await commit(results, as: names) }
        control.noteResult()
        try await services.thumbnails.sweep(services.store)
    }

    private func commit(_ results: [Result], as names: [Int64: String]) async throws {
        // A file is noted before it is there, so that a kill leaves none that nobody knows of.
        if !names.isEmpty { try await services.store.expectThumbnails(names.values.sorted()) }
        for case (let due, .made(let draft, _)?) in results {
            if let name = names[due.book] { try services.thumbnails.keep(draft, as: name) }
        }
        try await account.commit { catalog in
            for (due, outcome) in results {
                switch outcome {
                case .made(_, let findings)?:
                    guard let name = names[due.book] else { continue }
                    try catalog.keepThumbnail(name, of: due, findings: findings)
                case .none(let findings)?: try catalog.giveUpThumbnail(of: due, findings: findings)
                case nil: continue
                }
            }
        }
    }
}
