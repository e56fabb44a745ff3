// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel

// The times that archives keep, apart from Unix's own.

extension Timestamp {
    /// The time of MS-DOS: the local time of who packed, taken for ours, in steps of two seconds; `nil` where it is no
    /// date.
    ///
    /// Bits from the lowest: seconds halved (5), minutes (6), hours (5), day (5), month (4), years since 1980 (7).
    init?(dosTime: UInt32) {
        let field = { (shift: UInt32, width: UInt32) in Int32(dosTime >> shift & (1 << width - 1)) }
        var time = tm()
        (time.tm_sec, time.tm_min, time.tm_hour) = (field(0, 5) * 2, field(5, 6), field(11, 5))
        (time.tm_mday, time.tm_mon, time.tm_year) = (field(16, 5), field(21, 4) - 1, field(25, 7) + 80)
        guard time.tm_mday > 0, (0..<12).contains(time.tm_mon) else { return nil }
        // Whether it was summer there is known by the date alone.
        time.tm_isdst = -1
        self.init(nearestSecond: Int64(mktime(&time)))
    }

    /// The time of Windows: tenths of a microsecond since 1601; a fraction of a second is cut.
    init(windowsTime: UInt64) {
        self.init(nearestSecond: Int64(windowsTime / 10_000_000) - 11_644_473_600)
    }

    /// Seconds since 1970, as whole as they have passed.
    var wholeSeconds: Int64 {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }
}
