// SPDX-License-Identifier: MIT

/// One piece of work of the queue, waiting, running or done.
package struct JobSummary: Codable, Equatable, Sendable {
    package var id: Int64
    /// `library_scan`, `series_scan`, `thumbnail_generation`, `analyze_media`, `conversion`, `backup` or `maintenance`.
    package var kind: String
    /// `queued`, `running`, `paused`, `completed`, `cancelled` or `failed`.
    package var state: String
    @Nullable package var library: String?
    /// `watch`, `user`, `schedule`, `start` or `retry`.
    package var trigger: String
    package var priority: Int
    /// Relative to the library's root; empty means all of it.
    package var paths: [String]
    package var options: JobOptions
    package var createdAt: String
    @Nullable package var startedAt: String?
    @Nullable package var finishedAt: String?
    @Nullable package var elapsedSeconds: Double?
    package var attempt: Int
    /// How many later requests joined this job.
    package var merged: Int
    @Nullable package var progress: ProgressSummary?
    @Nullable package var report: ScanReportSummary?
    @Nullable package var error: JobError?
    /// The thumbnail job that this scan caused.
    @Nullable package var followUp: Int64?
    /// When it may run at the earliest: a failed attempt is tried again after a while.
    @Nullable package var notBefore: String?
    /// The job that ended without success, and that this one does again.
    @Nullable package var retryOf: Int64?
    /// `queue` or `library`: what somebody paused that holds it up, though it is not paused itself.
    @Nullable package var heldBy: String?
    /// Why it waits, is paused or is about to stop, for people.
    @Nullable package var reason: String?
    /// Some paths of each kind of change; only where one job is asked for.
    @Nullable package var highlights: JobHighlights?

    package init(
        id: Int64,
        kind: String,
        state: String,
        library: String? = nil,
        trigger: String,
        priority: Int,
        paths: [String] = [],
        options: JobOptions,
        createdAt: String,
        startedAt: String? = nil,
        finishedAt: String? = nil,
        elapsedSeconds: Double? = nil,
        attempt: Int,
        merged: Int,
        progress: ProgressSummary? = nil,
        report: ScanReportSummary? = nil,
        error: JobError? = nil,
        followUp: Int64? = nil,
        notBefore: String? = nil,
        retryOf: Int64? = nil,
        heldBy: String? = nil,
        reason: String? = nil,
        highlights: JobHighlights? = nil
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.library = library
        self.trigger = trigger
        self.priority = priority
        self.paths = paths
        self.options = options
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.elapsedSeconds = elapsedSeconds
        self.attempt = attempt
        self.merged = merged
        self.progress = progress
        self.report = report
        self.error = error
        self.followUp = followUp
        self.notBefore = notBefore
        self.retryOf = retryOf
        self.heldBy = heldBy
        self.reason = reason
        self.highlights = highlights
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case kind
        case state
        case library
        case trigger
        case priority
        case paths
        case options
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case elapsedSeconds = "elapsed_seconds"
        case attempt
        case merged
        case progress
        case report
        case error
        case followUp = "follow_up"
        case notBefore = "not_before"
        case retryOf = "retry_of"
        case heldBy = "held_by"
        case reason
        case highlights
    }
}

extension JobSummary {
    /// Whether nothing will change any more.
    package var isFinished: Bool {
        ["completed", "cancelled", "failed"].contains(state)
    }
}

/// Why a job failed as a whole; one bad book never is a reason.
package struct JobError: Codable, Equatable, Sendable {
    package var code: String
    package var detail: String

    package init(code: String, detail: String) {
        self.code = code
        self.detail = detail
    }
}
