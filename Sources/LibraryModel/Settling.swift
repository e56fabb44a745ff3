// SPDX-License-Identifier: MIT

/// Gathers the changes of one library until it falls quiet, so that a burst becomes one piece of work.
///
/// A book dropped into a quiet library is handed on at once, and so is a new directory, that it may be watched before
/// more comes. A name that nobody closed is handed on a moment later: a hard link is whole and tells nothing more, while
/// of a copy the end may come within that moment. Everything else waits for a time of silence, but never longer than the patience, however busy the library
/// stays.
///
/// Pure: it reads no clock and holds no directories. The caller keeps the set of those that are dirty, passes the present
/// instant in, and does the ``Step`` that comes back.
package struct Settling: Sendable {
    /// What has changed, as far as it matters for urgency.
    package enum Change: Sendable, CaseIterable {
        /// A book that may be whole.
        case fileArrived

        /// A name appeared that nobody closed: a hard link, or a copy that has just begun.
        case fileCreated
        case directoryAppeared
        case other
    }

    /// What the caller is to do next.
    package enum Step: Equatable, Sendable {
        /// Nothing is gathered; no wake-up is wanted.
        case idle

        /// Call ``Settling/due(at:)`` then, unless another step comes first.
        case wait(until: ContinuousClock.Instant)

        /// Hand on everything that is dirty; the rule has forgotten it already.
        case release
    }

    /// How long a name that ends silence waits for its writer to close it.
    package static let linkPatience: Duration = .milliseconds(100)

    /// The silence that ends a burst.
    package let quiet: Duration

    /// The longest that the earliest change may wait, counted from its arrival.
    package let patience: Duration

    private var lastFile: ContinuousClock.Instant?
    private var lastCreated: ContinuousClock.Instant?
    private var lastDirectory: ContinuousClock.Instant?
    private var gathered: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)?

    /// When a created name is handed on, if its writer does not close it before.
    private var linkDue: ContinuousClock.Instant?

    package init(quiet: Duration, patience: Duration) {
        precondition(patience >= quiet, "patience \(patience) is shorter than quiet \(quiet)")
        self.quiet = quiet
        self.patience = patience
    }

    /// Takes in one change, after its directory has been added to the dirty ones.
    package mutating func absorb(_ change: Change, at now: ContinuousClock.Instant) -> Step {
        let isFirst =
            switch change {
            case .fileArrived: endsSilence(&lastFile, at: now)
            case .directoryAppeared: endsSilence(&lastDirectory, at: now)
            case .fileCreated, .other: false
            }
        if change == .fileCreated, endsSilence(&lastCreated, at: now), isSilent(since: lastFile, at: now) {
            linkDue = now + min(Settling.linkPatience, quiet)
        }
        gathered = (gathered?.first ?? now, now)
        if isFirst { return releaseStep() }
        return due(at: now)
    }

    /// Looks whether the time has come.
    package mutating func due(at now: ContinuousClock.Instant) -> Step {
        guard let gathered else { return .idle }
        let ofBurst = min(gathered.last + quiet, gathered.first + patience)
        let deadline = linkDue.map { min($0, ofBurst) } ?? ofBurst
        return now < deadline ? .wait(until: deadline) : releaseStep()
    }

    /// Forgets what was gathered, because the caller has handed it on for a reason of its own.
    package mutating func release() {
        gathered = nil
        linkDue = nil
    }

    private mutating func releaseStep() -> Step {
        release()
        return .release
    }

    /// Whether `last` lies at least ``quiet`` back; it becomes `now`.
    private func endsSilence(_ last: inout ContinuousClock.Instant?, at now: ContinuousClock.Instant) -> Bool {
        defer { last = now }
        return isSilent(since: last, at: now)
    }

    private func isSilent(since last: ContinuousClock.Instant?, at now: ContinuousClock.Instant) -> Bool {
        last.map { now - $0 >= quiet } ?? true
    }
}
