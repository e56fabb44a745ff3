// SPDX-License-Identifier: MIT

/// An instant of the wall clock in nanoseconds since 1970-01-01 UTC, as file systems stamp it.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package init(seconds: Int64, nanoseconds: Int64) {
        self.nanoseconds = seconds &* 1_000_000_000 &+ nanoseconds
    }

    /// A whole second, or the last or first one that there is.
    package init(nearestSecond second: Int64) {
        nanoseconds = min(max(second, Int64.min / 1_000_000_000), Int64.max / 1_000_000_000) * 1_000_000_000
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The time from `right` to `left`, whichever comes first; no two instants lie too far apart.
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .nanoseconds(left.nanoseconds) - .nanoseconds(right.nanoseconds)
    }

    /// The instant so much later, or the last or first one that there is.
    package static func + (instant: Timestamp, time: Duration) -> Timestamp {
        let (seconds, attoseconds) = time.components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowsToo) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        let (total, overflowsThen) = instant.nanoseconds.addingReportingOverflow(sum)
        let isBeyond = overflows || overflowsToo || overflowsThen
        return Timestamp(nanoseconds: isBeyond ? (time < .zero ? .min : .max) : total)
    }

    /// Whether the time has no fraction of a second, as where a file system keeps none.
    package var isWholeSecond: Bool { nanoseconds % 1_000_000_000 == 0 }

    /// Whether the time is one of 10 milliseconds, as FAT and exFAT keep those of a file's birth.
    package var isWholeHundredth: Bool { nanoseconds % 10_000_000 == 0 }

    /// RFC 3339 in UTC with milliseconds, as the API and the journal show every time.
    package var rfc3339: String {
        let milliseconds = nanoseconds.flooredDivision(by: 1_000_000)
        let seconds = milliseconds.flooredDivision(by: 1000)
        let days = seconds.flooredDivision(by: 86_400)
        let date = CivilDate(dayNumber: days)
        let time = seconds - days * 86_400
        let text = { (value: Int64, width: Int) in
            String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
        }
        return
            "\(text(date.year, 4))-\(text(date.month, 2))-\(text(date.day, 2))T\(text(time / 3600, 2)):\(text(time / 60 % 60, 2)):"
            + "\(text(time % 60, 2)).\(text(milliseconds - seconds * 1000, 3))Z"
    }
}

extension Int64 {
    /// The quotient rounded down, also of what is negative.
    func flooredDivision(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
