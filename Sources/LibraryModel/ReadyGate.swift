// SPDX-License-Identifier: MIT

/// Decides whether a file is whole, still being written, or damaged.
///
/// A file whose container ends where its format says is whole. One without its end is a copy under way as long as it
/// moves, and damaged when two looks a second apart show the same file. The gate is pure: the caller looks, and looks
/// again when told.
package struct ReadyGate: Sendable {
    /// The least time between two looks that may call a file damaged.
    package static let steadiness: Duration = .seconds(1)

    /// Waits between looks at a file that keeps changing; the last one repeats.
    package static let backOff: [Duration] = [
        .seconds(1), .seconds(5), .seconds(10), .seconds(20), .seconds(40), .seconds(60),
    ]

    /// What one look at a file showed.
    package struct Look: Sendable, Equatable {
        package var stamp: FileStamp

        /// Whether the container's end was there, and the file stayed as it was while it was read.
        package var isWhole: Bool
        package var at: ContinuousClock.Instant

        package init(stamp: FileStamp, isWhole: Bool, at instant: ContinuousClock.Instant) {
            self.stamp = stamp
            self.isWhole = isWhole
            self.at = instant
        }
    }

    package enum Verdict: Sendable, Equatable {
        /// What was read holds.
        case ready

        /// Look again then.
        case pending(until: ContinuousClock.Instant)

        /// Nobody writes, and the end is not there: a problem, told at once.
        case damaged
    }

    private var previous: Look?
    private var attempts = 0

    package init() {}

    package mutating func judge(_ look: Look) -> Verdict {
        if look.isWhole { return .ready }
        if let previous, !look.stamp.differs(from: previous.stamp) {
            let steadySince = previous.at + ReadyGate.steadiness
            return look.at >= steadySince ? .damaged : .pending(until: steadySince)
        }
        previous = look
        let wait = ReadyGate.backOff[min(attempts, ReadyGate.backOff.count - 1)]
        attempts += 1
        return .pending(until: look.at + wait)
    }
}
