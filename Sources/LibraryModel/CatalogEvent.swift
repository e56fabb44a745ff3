// SPDX-License-Identifier: MIT

/// What can be told of; the raw value is the API's word.
package enum EventType: String, Sendable, Codable, CaseIterable {
    case jobQueued = "job.queued"
    case jobMerged = "job.merged"
    case jobStarted = "job.started"
    case jobProgress = "job.progress"
    case jobPaused = "job.paused"
    case jobResumed = "job.resumed"
    case jobCompleted = "job.completed"
    case jobFailed = "job.failed"
    case jobCancelled = "job.cancelled"
    case bookAdded = "book.added"
    case bookUpdated = "book.updated"
    case bookMoved = "book.moved"
    case bookMissing = "book.missing"
    case bookRestored = "book.restored"
    case bookIgnored = "book.ignored"
    case bookRemoved = "book.removed"
    case bookConverted = "book.converted"
    case seriesAdded = "series.added"
    case seriesUpdated = "series.updated"
    case seriesMissing = "series.missing"
    case seriesRestored = "series.restored"
    case seriesRemoved = "series.removed"
    case libraryOnline = "library.online"
    case libraryOffline = "library.offline"
    case librarySuspect = "library.suspect"
    case watchOverflow = "watch.overflow"
    case watchLimited = "watch.limited"
    case problemOpened = "problem.opened"
    case problemResolved = "problem.resolved"
    case configReloaded = "config.reloaded"
    case daemonReady = "daemon.ready"
    case daemonStopping = "daemon.stopping"
}

extension EventType {
    /// After these nothing more is told of a job.
    package static let endsOfJobs: Set<EventType> = [.jobCompleted, .jobFailed, .jobCancelled]
}

/// Something that happened, as clients are told of it.
package struct CatalogEvent: Sendable, Equatable {
    /// `nil` for what is not kept: `job.progress`.
    package var id: Int64?
    package var at: Timestamp
    package var type: EventType
    package var library: LibraryName?
    package var job: Int64?

    /// One JSON object.
    package var data: String

    package init(
        id: Int64?,
        at instant: Timestamp,
        type: EventType,
        library: LibraryName?,
        job: Int64?,
        data: String
    ) {
        self.id = id
        self.at = instant
        self.type = type
        self.library = library
        self.job = job
        self.data = data
    }
}
