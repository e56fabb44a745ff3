// SPDX-License-Identifier: MIT

/// What a job does; the raw value is the API's word.
package enum JobKind: String, Sendable, Codable, CaseIterable {
    /// Compares a library, or the directories of it that changed, with the catalog.
    case libraryScan = "library_scan"

    /// Compares the paths that somebody named.
    case seriesScan = "series_scan"

    /// Makes the thumbnails that scans found to be due.
    case thumbnailGeneration = "thumbnail_generation"

    package var isScan: Bool { self != .thumbnailGeneration }
}

/// The states of a job; the raw value is the API's word.
package enum JobState: String, Sendable, Codable, CaseIterable {
    case queued
    case running
    case completed
    case cancelled
    case failed

    package var isTerminal: Bool { self == .completed || self == .cancelled || self == .failed }

    /// Whether a job may go from this state to `next`; nothing else is ever written.
    package func allows(_ next: JobState) -> Bool {
        switch (self, next) {
        case (.queued, .running), (.queued, .cancelled): true
        // Back to the queue after the daemon was killed: what is committed compares as unchanged.
        case (.running, .queued): true
        case (.running, .completed), (.running, .cancelled), (.running, .failed): true
        default: false
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

    package static func < (left: JobPriority, right: JobPriority) -> Bool { left.rawValue < right.rawValue }
}

/// One job of the queue, as the database holds it.
package struct Job: Sendable, Equatable {
    package var id: Int64
    package var kind: JobKind
    package var library: LibraryName
    package var state: JobState
    package var trigger: JobTrigger
    package var priority: JobPriority
    package var scope: ScanScope
    package var options: ScanOptions
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?

    /// How often the job was started.
    package var attempt: Int

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
        library: LibraryName,
        state: JobState,
        trigger: JobTrigger,
        priority: JobPriority,
        scope: ScanScope,
        options: ScanOptions,
        createdAt: Timestamp,
        startedAt: Timestamp? = nil,
        finishedAt: Timestamp? = nil,
        attempt: Int = 0,
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
        self.finishedAt = finishedAt
        self.attempt = attempt
        self.merged = merged
        self.progress = progress
        self.report = report
        self.errorCode = errorCode
        self.errorDetail = errorDetail
        self.followUp = followUp
    }
}
