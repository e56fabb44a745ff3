// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// The care of the database: a `backup`, or `maintenance`.
///
/// Both may be stopped at any moment, and begin from the start.
struct CareJob {
    /// How often all of the database is checked.
    private static let checkPeriod: Duration = .seconds(7 * 86_400)

    let job: Job
    let libraries: [LibrarySettings]
    let services: JobServices
    let control: JobControl

    /// `libraries` are those of the configuration.
    init(_ job: Job, _ libraries: [LibrarySettings], _ services: JobServices, _ control: JobControl) {
        self.job = job
        self.libraries = libraries.sorted { $0.name.text < $1.name.text }
        self.services = services
        self.control = control
    }

    /// - Throws: ``JobStopped``, ``JobFault/databaseDamaged(_:)``, and what the database throws.
    func run() async throws -> ScanReport {
        switch job.kind {
        case .backup: try await backUp()
        default: try await maintain()
        }
        return ScanReport()
    }

    private func backUp() async throws {
        let store = services.store
        let backup = try await control.cancelling { try await store.backUp() }
        try await store.log("info", "the database was copied to \(backup.path), \(backup.bytes) bytes", of: job.id)
    }

    private func maintain() async throws {
        let store = services.store
        let history = services.history
        let forgotten = try await control.cancelling { try await store.prune(olderThan: history) }
        try await control.cancelling { try await store.pruneEvents(olderThan: history) }
        if forgotten > 0 { try await store.log("info", "\(forgotten) old jobs were forgotten", of: job.id) }
        try await dismissOriginals()
        if let age = services.purgeMissing {
            for library in libraries { try await purge(library.name, olderThan: age) }
        }
        try await tendThumbnails()
        if try await isCheckDue() {
            control.enter(.check, at: services.clock.now)
            let findings = try await control.cancelling { try await store.check(quickly: false) }
            if !findings.isEmpty { throw JobFault.databaseDamaged(findings) }
            try await store.noteCheck()
            try await store.log("info", "the database was checked, and is sound", of: job.id)
        }
        try await control.cancelling { try await store.tend() }
    }

    /// Has the originals of converted books removed that were retained for long enough.
    private func dismissOriginals() async throws {
        for library in libraries.map(\.name) {
            let count = try await services.store.dismissOriginals(of: library, isAll: false).count
            guard count > 0 else { continue }
            try await services.store.log(
                "info",
                "\(count) originals in \(library) are removed: their time is over",
                of: job.id
            )
            _ = try await services.store.request(.conversion(of: library, trigger: .schedule))
        }
    }

    /// Forgets what is missing for long enough; a library that cannot be judged now is left for the next time.
    private func purge(_ library: LibraryName, olderThan age: Duration) async throws {
        let services = services
        let latest = services.now() + (.zero - age)
        do {
            let outcome = try await control.cancelling { [job] in
                // It may be the first thing that is done after the start, and is not due again for a day.
                await services.lookThrough(library)
                return try await MissingPurge(services).run(library, since: latest, job: job.id)
            }
            if outcome == MissingPurge.Outcome() { return }
            let what = "\(outcome.books) books of \(library) that were missing for long, and \(outcome.series) series"
            try await services.store.log("info", "\(what), were forgotten", of: job.id)
        } catch let fault as PurgeFault {
            try await services.store.log("info", fault.summary, of: job.id)
        } catch let fault as StoreFault where fault.code == "wrong_state" {
            try await services.store.log("info", "nothing of \(library) is forgotten: \(fault.summary)", of: job.id)
        }
    }

    /// Has files and rows agree, and makes due what was made with other settings than its library's now: a book may have
    /// come from another.
    private func tendThumbnails() async throws {
        let services = services
        let review = ThumbnailReview(store: services.store, files: services.thumbnails, now: services.now())
        let outcome = try await control.cancelling {
            try await services.thumbnails.sweep(services.store)
            return try await review.run()
        }
        if outcome.removed > 0 {
            let line = "\(outcome.removed) thumbnails that were no book's were removed"
            try await services.store.log("info", line, of: job.id)
        }
        if outcome.due > 0 {
            let line = "the thumbnails of \(outcome.due) books were gone, and are made again"
            try await services.store.log("info", line, of: job.id)
        }
        for library in libraries {
            guard let digest = library.thumbnails?.digest,
                !services.libraryGuard.conditions.condition(of: library.name).isOffline
            else { continue }
            let due = try await services.store.commit(for: library.name, job: nil) {
                try $0.askForThumbnails(digest: digest)
            }
            if due > 0 { _ = try await services.store.requestThumbnails(of: library.name, causedBy: job) }
        }
    }

    /// Once a week; a clock that was set back is no reason to wait longer.
    private func isCheckDue() async throws -> Bool {
        if job.trigger == .user { return true }
        guard let last = try await services.store.lastCheck() else { return true }
        let age = services.now() - last
        return age >= CareJob.checkPeriod || age < .zero
    }
}
