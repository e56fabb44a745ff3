// SPDX-License-Identifier: MIT

/// The life of one job as its events tell it.
struct JobLife {
    private enum State: String {
        case unknown
        /// Waits, and requests may join it.
        case open
        case waiting
        case running
        case paused
        case completed
        case failed
        case cancelled
    }

    private var state = State.unknown

    /// The state that a job is in after the events so far, in the API's word.
    var word: String { state == .open || state == .waiting ? "queued" : state.rawValue }

    /// Takes the next event; false where a job cannot do that now.
    mutating func take(_ type: String) -> Bool {
        let next: State? =
            switch (type, state) {
            case ("job.queued", .unknown), ("job.merged", .open): .open
            case ("job.started", .open), ("job.started", .waiting): .running
            case ("job.queued", .running), ("job.resumed", .paused): .waiting
            case ("job.paused", .open), ("job.paused", .waiting), ("job.paused", .running): .paused
            case ("job.completed", .running): .completed
            case ("job.failed", .running): .failed
            case ("job.cancelled", .open), ("job.cancelled", .waiting), ("job.cancelled", .running),
                ("job.cancelled", .paused):
                .cancelled
            default: nil
            }
        if let next { state = next }
        return next != nil
    }
}
