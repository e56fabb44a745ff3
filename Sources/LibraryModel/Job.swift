// SPDX-License-Identifier: MIT

/// What a job does; the raw value is the API's word.
package enum JobKind: String, Sendable, Codable, CaseIterable {
    /// Compares a library, or the directories of it that changed, with the catalog.
    case libraryScan = "library_scan"

    /// Compares the paths that somebody named.
    case seriesScan = "series_scan"

    /// Makes the thumbnails that scans found to be due.
    case thumbnailGeneration = "thumbnail_generation"

    /// Decodes every page of the books that somebody named: the check for rotten bits.
    case analyzeMedia = "analyze_media"

    /// Turns archives of other kinds into CBZ.
    case conversion

    /// Copies the database.
    case backup

    /// Checks the database, and forgets finished jobs and events that are old.
    case maintenance

    package var isScan: Bool { self == .libraryScan || self == .seriesScan }
}

/// Jobs of one lane follow each other within a library; those of two lanes run side by side.
package enum JobLane: String, Sendable, CaseIterable {
    case scan

    /// Writes nothing to the catalog, so that it waits for nobody and nobody joins it.
    case dryRun = "dry_run"
    case thumbnails
    case analysis
    case conversion
    case backup
    case maintenance

    package init(of kind: JobKind, _ options: ScanOptions) {
        switch kind {
        case .libraryScan, .seriesScan: self = options.dryRun ? .dryRun : .scan
        case .thumbnailGeneration: self = .thumbnails
        case .analyzeMedia: self = .analysis
        case .conversion: self = .conversion
        case .backup: self = .backup
        case .maintenance: self = .maintenance
        }
    }
}

/// What may be paused with all jobs in it; the raw value is the API's word.
package enum JobHold: String, Sendable {
    case queue
    case library

    /// Why a job of `library` waits.
    package func reason(_ library: LibraryName?) -> String {
        switch self {
        case .queue: "the queue is paused"
        case .library: "library \(library.map { "\($0)" } ?? "") is paused"
        }
    }
}

/// Who asked for a job.
package enum JobTrigger: String, Sendable, Codable {
    case watch
    case user
    case schedule
    case start
    case retry
}

/// The order in which waiting jobs run: the smaller, the sooner.
package enum JobPriority: Int, Sendable, Codable, Comparable {
    case userPath = 1
    case userLibrary = 2
    case watch = 3
    case schedule = 4
    case background = 5

    /// What a request is worth that somebody or something makes.
    package init(_ trigger: JobTrigger, of kind: JobKind, _ scope: ScanScope) {
        switch (kind, trigger) {
        case (.thumbnailGeneration, _): self = .background
        case (.conversion, .user), (.conversion, .retry): self = .userLibrary
        case (.conversion, _): self = .background
        case (.backup, .user), (.backup, .retry), (.maintenance, .user), (.maintenance, .retry): self = .userLibrary
        case (.backup, _), (.maintenance, _): self = .background
        case (_, .user), (_, .retry): self = scope.isWholeLibrary ? .userLibrary : .userPath
        case (_, .watch): self = .watch
        case (_, .schedule), (_, .start): self = .schedule
        }
    }

    package static func < (left: JobPriority, right: JobPriority) -> Bool { left.rawValue < right.rawValue }
}

/// One job of the queue, as the database holds it.
package struct Job: Sendable, Equatable {
    package var id: Int64
    package var kind: JobKind

    /// `nil` for a job that is no library's: a backup, maintenance.
    package var library: LibraryName?
    package var state: JobState
    package var trigger: JobTrigger
    package var priority: JobPriority
    package var scope: ScanScope
    package var options: ScanOptions
    package var createdAt: Timestamp
    package var startedAt: Timestamp?

    /// Since when it runs without a break; `nil` where it does not run.
    package var runningSince: Timestamp?

    /// How long it has run before that, what it waited left out.
    package var ran: Duration
    package var finishedAt: Timestamp?

    /// How often the job was started, but for the times when it gave way or was interrupted after it had done something.
    package var attempt: Int

    /// How many of its attempts an error has ended.
    package var failures: Int

    /// When it may be tried again after an error.
    package var notBefore: Timestamp?

    /// Why it waits, is paused, or is about to stop, in words; `nil` where its turn has only not come.
    package var reason: String?

    /// What somebody paused that holds it up now, though it is not paused itself.
    package var heldBy: JobHold?

    /// The job that failed or was cancelled and that this one does again.
    package var retryOf: Int64?

    /// How many further requests joined it while it waited.
    package var merged: Int
    package var progress: JobProgress?
    package var report: ScanReport?
    package var errorCode: String?
    package var errorDetail: String?

    /// The thumbnail job that this scan caused.
    package var followUp: Int64?

    package init(
        id: Int64,
        kind: JobKind,
        library: LibraryName?,
        state: JobState,
        trigger: JobTrigger,
        priority: JobPriority,
        scope: ScanScope,
        options: ScanOptions,
        createdAt: Timestamp,
        startedAt: Timestamp? = nil,
        runningSince: Timestamp? = nil,
        ran: Duration = .zero,
        finishedAt: Timestamp? = nil,
        attempt: Int = 0,
        failures: Int = 0,
        notBefore: Timestamp? = nil,
        reason: String? = nil,
        heldBy: JobHold? = nil,
        retryOf: Int64? = nil,
        merged: Int = 0,
        progress: JobProgress? = nil,
        report: ScanReport? = nil,
        errorCode: String? = nil,
        errorDetail: String? = nil,
        followUp: Int64? = nil
    ) {
        self.id = id
        self.kind = kind
        self.library = library
        self.state = state
        self.trigger = trigger
        self.priority = priority
        self.scope = scope
        self.options = options
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.runningSince = runningSince
        self.ran = ran
        self.finishedAt = finishedAt
        self.attempt = attempt
        self.failures = failures
        self.notBefore = notBefore
        self.reason = reason
        self.heldBy = heldBy
        self.retryOf = retryOf
        self.merged = merged
        self.progress = progress
        self.report = report
        self.errorCode = errorCode
        self.errorDetail = errorDetail
        self.followUp = followUp
    }
}
