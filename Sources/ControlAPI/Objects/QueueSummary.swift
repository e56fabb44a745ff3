// SPDX-License-Identifier: MIT

/// How many jobs are in which unfinished state, and whether any may begin.
package struct QueueSummary: Codable, Equatable, Sendable {
    package var queued: Int
    package var running: Int
    package var paused: Int
    /// `running`; `paused` by a person; or `stalled`, until what stands in the way is gone.
    package var state: String
    /// Why it is not `running`.
    @Nullable package var reason: String?

    package init(
        queued: Int,
        running: Int,
        paused: Int,
        state: String = "running",
        reason: String? = nil
    ) {
        self.queued = queued
        self.running = running
        self.paused = paused
        self.state = state
        self.reason = reason
    }
}
