// SPDX-License-Identifier: MIT

/// The states of a job; the raw value is the API's word.
package enum JobState: String, Sendable, Codable, CaseIterable {
    case queued
    case running

    /// Somebody told it to wait; it goes on only when it is told to.
    case paused
    case completed
    case cancelled
    case failed

    package var isTerminal: Bool { self == .completed || self == .cancelled || self == .failed }
}

/// One step in the life of a job: the only way from one state to another.
package enum JobStep: Sendable, Equatable {
    case start
    case complete
    case fail(code: String, detail: String)
    case cancel
    case pause
    case resume

    /// Back to the queue, to go on later; what is committed compares as unchanged.
    case interrupt(Interruption)

    /// Why a running job goes back to the queue.
    package enum Interruption: Sendable, Equatable {
        /// A more urgent one of the same library waits.
        case moreUrgent(job: Int64)

        /// The queue, or the library, is paused.
        case held(String)

        /// The disk of the state or the cache is full, or cannot be written.
        case stalled(String)

        /// What the configuration says of its library is another now.
        case reconfigured

        /// The daemon was asked to stop.
        case daemonStopped

        /// The daemon was killed, or died.
        case daemonEnded

        /// It was told to pause, and to go on, before it had stopped.
        case resumed

        /// An error that may be gone later; `code` and `detail` are its own.
        case error(code: String, detail: String, until: Timestamp)
    }

    /// The state that the step leads to; `nil` where it is not allowed.
    package func next(from state: JobState) -> JobState? {
        switch (self, state) {
        case (.start, .queued): .running
        case (.complete, .running): .completed
        case (.fail, .running): .failed
        case (.cancel, .queued), (.cancel, .running), (.cancel, .paused): .cancelled
        case (.pause, .queued), (.pause, .running): .paused
        case (.resume, .paused): .queued
        case (.interrupt, .running): .queued
        default: nil
        }
    }

    /// The step that is taken instead, where a running job leaves its state and somebody has asked something of it.
    ///
    /// Between such a request and the moment when the job obeys, the daemon may stop, an error come up, or the request to
    /// pause be taken back. What was asked last counts; a job that has come to its end has ended, whatever was asked.
    package func heeding(cancel: Bool, pause: Bool) -> JobStep {
        switch self {
        case .interrupt where cancel, .pause where cancel: .cancel
        case .interrupt where pause: .pause
        case .pause where !pause: .interrupt(.resumed)
        case .start, .complete, .fail, .cancel, .pause, .resume, .interrupt: self
        }
    }

    package var event: EventType {
        switch self {
        case .start: .jobStarted
        case .complete: .jobCompleted
        case .fail: .jobFailed
        case .cancel: .jobCancelled
        case .pause: .jobPaused
        case .resume: .jobResumed
        case .interrupt: .jobQueued
        }
    }

    /// Why the job waits after the step; `nil` where nothing but its turn is missing.
    package var reason: String? {
        switch self {
        case .pause: "somebody paused it"
        case .interrupt(.moreUrgent(let job)): "it gave way to job \(job)"
        case .interrupt(.held(let what)): what
        case .interrupt(.stalled(let why)): why
        case .interrupt(.reconfigured): "the configuration of its library was changed while it ran"
        case .interrupt(.daemonStopped): "stumpd stopped while it ran"
        case .interrupt(.daemonEnded): "stumpd was ended while it ran"
        case .interrupt(.error(_, let detail, _)): "it is tried again: \(detail)"
        case .start, .complete, .fail, .cancel, .resume, .interrupt(.resumed): nil
        }
    }

    /// The line of the job's log that tells of the step.
    package var message: String {
        switch self {
        case .start: "started"
        case .complete: "completed"
        case .fail(_, let detail): "failed: \(detail)"
        case .cancel: "cancelled"
        case .pause: "paused"
        case .resume: "resumed"
        case .interrupt(.error(_, let detail, _)): "failed and will be tried again: \(detail)"
        case .interrupt(.resumed): "resumed before it was paused"
        case .interrupt: "interrupted: \(reason ?? "")"
        }
    }

    /// The level of that line, as the API words it.
    package var level: String {
        switch self {
        case .fail: "error"
        case .interrupt(.error), .interrupt(.stalled): "warning"
        default: "info"
        }
    }
}
