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

    let job: Job
    let settings: ThumbnailSettings
    let services: ScanServices
    let control: JobControl
    private let tally = ProblemTally()
    private let report = ReportBox()

    init(_ job: Job, _ settings: ThumbnailSettings, _ services: ScanServices, _ control: JobControl) {
        self.job = job
        self.settings = settings
        self.services = services
        self.control = control
    }

    /// - Throws: ``JobStopped``, and what the database and the cache throw.
    func run() async throws -> ScanReport {
        defer { tally.finish(job, services.logger) }
        let total = try await services.store.dueThumbnails(of: job.library)
        control.update { $0.filesTotal = total }
        var last: Int64 = 0
        var ahead = try await next(after: &last)
        var done: [Result] = []
        // One batch is committed while the next is in work, so that the workers never wait for the disk.
        while !ahead.isEmpty, (try? control.checkStop()) != nil {
            let batch = ahead
            async let made = make(batch)
            try await commit(done)
            ahead = try await next(after: &last)
            done = try await made
        }
        try await commit(done)
        if !ahead.isEmpty { try control.checkStop() }
        return report.value
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
        let outcome = await withCheckedContinuation { continuation in
            let work = WorkerPool.Work(
                task: .thumbnail(settings),
                promised: due.format,
                book: book,
                output: draft.descriptor
            ) { continuation.resume(returning: $0) }
            services.workers.submit([work])
        }
        return switch outcome {
        case .done(.thumbnail(_, _, let findings)): .made(draft, findings: findings)
        // The file to write to failed, not the book: it stays due.
        case .done(.noThumbnail(let findings)) where findings.contains { $0.problem == .unreadable }: nil
        case .done(.noThumbnail(let findings)): .none(findings)
        case .failed(let finding): .none([finding])
        case .done, .changed, .withdrawn, .unavailable: nil
        }
    }

    private func commit(_ results: [Result]) async throws {
        if results.isEmpty { return }
        var names: [Int64: String] = [:]
        for case (let due, .made(let draft, _)?) in results {
            let name = ThumbnailFiles.name(of: due.fingerprint, settings)
            try services.thumbnails.keep(draft, as: name)
            names[due.book] = name
        }
        control.update { progress in
            progress.filesDone += results.count
            progress.bytesDone += results.reduce(0) { $0 + $1.due.stamp.size }
            progress.current = results.last.map { $0.due.directory.appending($0.due.name).string }
        }
        let progress = control.progress(at: services.clock.now)
        let before = report.value
        let (part, opened, replaced) = try await services.store.commit(for: job.library, job: job.id) {
            [names] catalog in
            var replaced: [String] = []
            for (due, outcome) in results {
                switch outcome {
                case .made(_, let findings)?:
                    guard let name = names[due.book] else { continue }
                    replaced += [try catalog.keepThumbnail(name, of: due, findings: findings)].compactMap { $0 }
                case .none(let findings)?:
                    replaced += [try catalog.giveUpThumbnail(of: due, findings: findings)].compactMap { $0 }
                case nil: continue
                }
            }
            let (part, opened) = try catalog.summary()
            var sum = before
            sum.add(part)
            try catalog.note(progress, sum)
            return (part, opened, replaced)
        }
        services.thumbnails.remove(try await services.store.unusedThumbnails(among: replaced))
        report.add(part)
        tally.log(opened, of: job, services.logger)
        try services.store.tell(progress, of: job)
    }
}
