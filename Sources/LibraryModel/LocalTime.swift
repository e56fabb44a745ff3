// SPDX-License-Identifier: MIT

/// What the clocks on the wall show at some place, now and whenever they are put forward or back.
///
/// The rules of a time zone are read from the system's files by the caller, for the model reads none.
package struct LocalTime: Sendable {
    /// Where clocks show what the time is counted from.
    package static let utc = LocalTime { _ in 0 }

    /// How far ahead of UTC the clocks are at some instant: in Berlin 3600 in winter, and 7200 in summer.
    private let secondsFromUTC: @Sendable (Timestamp) -> Int

    package init(secondsFromUTC: @escaping @Sendable (Timestamp) -> Int) {
        self.secondsFromUTC = secondsFromUTC
    }

    /// What the clocks show at some second counted from 1970 in UTC, counted from 1970 on the same clocks.
    func reading(at second: Int64) -> Int64 { second + offset(at: second) }

    /// The second at which the clocks show `reading` or more for the first time.
    ///
    /// Where they are put forward beyond it, that is the moment when they are put; where they are put back, so that it
    /// comes twice, it is the first time. They are not moved twice within a day of it.
    func first(showing reading: Int64) -> Int64 {
        let before = reading - offset(at: reading - 86_400)
        let after = reading - offset(at: reading + 86_400)
        let early = min(before, after)
        let late = max(before, after)
        if self.reading(at: early) == reading { return early }
        if self.reading(at: late) == reading { return late }
        // The clocks skip it between the two.
        var (shown, skipped) = (early, late)
        while skipped - shown > 1 {
            let middle = shown + (skipped - shown) / 2
            if self.reading(at: middle) < reading { shown = middle } else { skipped = middle }
        }
        return skipped
    }

    private func offset(at second: Int64) -> Int64 {
        Int64(secondsFromUTC(Timestamp(nearestSecond: second)))
    }
}
