// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Logging
import SystemPackage

/// One `conversion`: turns into CBZ what people asked for, and then what the library's settings say, or takes it back.
///
/// What is due stands in the database, so the job has no state of its own and goes on where it was stopped. One batch is
/// one book.
struct ConversionJob {
    /// Which converter this is; with another, what it could not convert is tried again.
    static let version = 1

    /// Books that are looked up together.
    private static let batchLimit = 64

    let job: LibraryJob
    let settings: LibrarySettings
    let services: JobServices
    let control: JobControl
    private let account: JobAccount
    private let own: OwnChanges
    private let conversion: BookConversion

    init(_ job: LibraryJob, _ settings: LibrarySettings, _ services: JobServices, _ control: JobControl) {
        self.job = job
        self.settings = settings
        self.services = services
        self.control = control
        account = JobAccount(job, services, control, from: job.report?.ofWorkDone ?? ScanReport())
        own = OwnChanges(job.library, settings, services)
        conversion = BookConversion(
            job: job,
            settings: settings,
            services: services,
            control: control,
            account: account,
            own: own
        )
    }

    /// - Throws: ``JobStopped``, ``JobFault/offline(_:)``, ``ListingFault/rootOffline(_:reason:)``, and what the database
    ///   throws.
    func run() async throws -> ScanReport {
        defer { account.close() }
        try await services.libraryGuard.admit(job.library)
        await services.conversions.enter(job.library)
        let end: Result<Void, any Error>
        do {
            end = .success(try await work())
        } catch {
            end = .failure(error)
        }
        let settled = await Result { try await own.settle() }
        await services.conversions.leave(job.library)
        try end.get()
        try settled.get()
        if settings.thumbnails != nil, try await services.store.dueThumbnails(of: job.library) > 0 {
            _ = try await services.store.requestThumbnails(of: job.library, causedBy: job.job)
        }
        return account.report
    }

    private func work() async throws {
        let recovery = ConversionRecovery(library: job.library, services: services, account: account, own: own)
        try await recovery.run()
        let wishes = try await services.store.conversionWishes(of: job.library)
        let formats = settings.conversion.formats
        let due = formats.isEmpty ? 0 : try await dueCount
        control.update { $0.filesTotal = wishes.count + due }
        for wish in wishes { try await fulfil(wish.book, isUndo: wish.isUndo) }
        if !formats.isEmpty { try await convertWhatIsDue() }
        try control.checkStop()
    }

    private var dueCount: Int {
        get async throws {
            let formats = settings.conversion.formats
            return try await services.store.dueConversions(of: job.library, formats, version: ConversionJob.version)
        }
    }

    // MARK: Wishes

    private func fulfil(_ id: Int64, isUndo: Bool) async throws {
        try await begin(nil)
        if isUndo { return try await undo(id) }
        guard let book = try await services.store.bookToConvert(id) else {
            control.update { $0.filesDone += 1 }
            return try await account.commit { catalog in
                try catalog.log("warning", "book \(id) is none that can be converted any more")
                try catalog.endWish(of: id)
            }
        }
        try await begin(book.path)
        let outcome = try await conversion.run(book)
        try await note(outcome, of: book, isWish: true)
    }

    private func undo(_ id: Int64) async throws {
        defer { control.update { $0.filesDone += 1 } }
        guard let original = try await services.store.original(ofBook: id) else {
            return try await endUndo(of: id, "there is no original of book \(id) any more", path: nil)
        }
        try await begin(original.path)
        let disposal = OriginalDisposal(library: job.library, services: services, account: account, own: own)
        do {
            let directory = try await services.writing.bookDirectory(original.directory, of: job.library)
            let reason = try await disposal.bringBack(original, in: directory)
            if let reason { return try await endUndo(of: id, reason, path: original.path) }
            control.noteResult()
        } catch let fault as WritingFault {
            // Half way, it goes on with the next job; the wish is kept, and this one says what was in the way.
            let isHalfWay = try await services.store.original(original.id)?.state.isUnfinished == true
            try await endUndo(of: id, fault.summary, path: original.path, isOver: !isHalfWay)
        }
    }

    private func endUndo(of book: Int64, _ reason: String, path: FilePath?, isOver: Bool = true) async throws {
        var figures = ScanReport()
        figures[.failedMedia] = 1
        try await account.commit(figures) { catalog in
            try catalog.log("warning", "the conversion of book \(book) is not undone: \(reason)", path: path)
            if isOver { try catalog.endWish(of: book) }
        }
    }

    // MARK: What is due

    private func convertWhatIsDue() async throws {
        var last: Int64 = 0
        while true {
            let batch = try await services.store.dueConversions(
                of: job.library,
                settings.conversion.formats,
                version: ConversionJob.version,
                after: last,
                limit: ConversionJob.batchLimit
            )
            guard let end = batch.last else { return }
            for book in batch {
                try await begin(book.path)
                let outcome = try await conversion.run(book)
                try await note(outcome, of: book, isWish: false)
            }
            last = end.id
        }
    }

    /// Looks, before each book, whether the job is to go on and the library is there, and settles what is done with.
    private func begin(_ path: FilePath?) async throws {
        try control.checkStop()
        guard let path else { return }
        try await services.libraryGuard.admit(job.library)
        try await own.settle(but: path.removingLastComponent())
        control.update { $0.current = path.string }
        try control.tell(services)
    }

    // MARK: What came of it

    private func note(_ outcome: BookConversion.Outcome, of book: BookToConvert, isWish: Bool) async throws {
        if outcome != .stopped { control.update { $0.filesDone += 1 } }
        switch outcome {
        case .stopped: try control.checkStop()
        case .converted: return
        case .refused(let reason): try await refuse(book, reason, version: ConversionJob.version)
        case .hindered(let reason): try await refuse(book, reason, version: nil)
        case .stale:
            try await account.commit { catalog in
                try catalog.log(
                    "warning",
                    "changed since it was scanned, and is left for the next scan",
                    path: book.path
                )
                if isWish { try catalog.endWish(of: book.id) }
            }
        case .readOnly(let fault):
            tell(fault, of: book)
            guard isWish else { return }
            try await refuse(book, fault.summary, version: nil)
        }
    }

    private func refuse(_ book: BookToConvert, _ reason: String, version: Int?) async throws {
        try await account.commit { catalog in
            try catalog.refuseConversion(reason, of: book, version: version)
            try catalog.endWish(of: book.id)
        }
        control.noteResult()
    }

    /// Once a library: it is the same for all its books.
    private func tell(_ fault: WritingFault, of book: BookToConvert) {
        guard services.conversions.note(fault, in: book.directory, of: job.library) else { return }
        services.logger.warning(
            "Books cannot be converted, because the library cannot be written",
            metadata: [
                "library": "\(job.library)", "path": "\(book.directory)", "reason": "\(fault.summary)",
                "hint": "\(WritingFault.remedy(forReadOnly: settings.root))", "event": "library.read_only",
            ]
        )
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
