// SPDX-License-Identifier: MIT

/// Says when a mount is looked over next, and how thoroughly, where the kernel does not tell of every change.
///
/// Looking costs: the longer it takes, the rarer it is done, so that it stays under 2 % of one core; and where events
/// come as well and nothing but them was ever found, it is done ever more rarely.
///
/// Pure: the caller passes the present instant in and sweeps when told.
package struct PollPlan: Sendable {
    /// The longest that finding nothing stretches the interval to.
    package static let longest: Duration = .seconds(3600)

    private let interval: Duration
    private let trust: FileSystemTrust
    private let stretches: Bool

    private var lastEnd: ContinuousClock.Instant?
    private var lastFiles: ContinuousClock.Instant?
    private var lastTook: Duration = .zero
    private var stretched: Duration
    private var emptySweeps = 0

    /// Makes the plan of one mount: at least `interval` passes from the end of a sweep to the next.
    ///
    /// It is forced where no event tells of any change, so that only sweeps find them; then it never grows rarer because
    /// nothing was found.
    package init(interval: Duration, trust: FileSystemTrust, isForced: Bool) {
        self.interval = interval
        self.trust = trust
        self.stretches = !isForced && trust.events != .untouchable
        self.stretched = interval
    }

    /// Begins to count: the first sweep is one interval later, and everything has been looked at now.
    package mutating func start(at now: ContinuousClock.Instant) {
        lastEnd = now
        lastFiles = now
    }

    /// The next sweep and when; asked for after ``start(at:)``.
    package func next() -> (sweep: Sweep, at: ContinuousClock.Instant) {
        guard let lastEnd, let lastFiles else { preconditionFailure("a plan was asked before it was started") }
        let due = lastEnd + max(stretched, lastTook * 50)
        let sweep: Sweep = due - lastFiles >= filesInterval ? .files : trust.hasDirectoryTimes ? .directories : .names
        return (sweep, due)
    }

    /// Takes in what came of a sweep that ended just now: how many changes it found that no event had told of.
    package mutating func finish(_ sweep: Sweep, took: Duration, found: Int, at now: ContinuousClock.Instant) {
        lastEnd = now
        lastTook = took
        if sweep == .files { lastFiles = now }
        if found > 0 {
            stretched = interval
            emptySweeps = 0
        } else {
            emptySweeps += 1
            if stretches, emptySweeps.isMultiple(of: 3) {
                stretched = max(interval, min(stretched * 3 / 2, PollPlan.longest))
            }
        }
    }

    /// How long a book that was written in place may stay unnoticed.
    private var filesInterval: Duration {
        trust.hasDirectoryTimes || trust.isRemote ? .seconds(6 * 3600) : .seconds(15 * 60)
    }
}
