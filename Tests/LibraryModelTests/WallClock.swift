// SPDX-License-Identifier: MIT
import LibraryModel

/// The clocks of some place, by the plainest of rules.
struct WallClock: Sendable {
    private let offset: @Sendable (Timestamp) -> Int

    /// Berlin by its law: an hour ahead, two from the last Sunday of March to that of October, at 01:00 UTC.
    static let berlin = WallClock { instant in
        let isSummer = summers[instant.rfc3339.prefix(4)]?.contains(instant.nanoseconds / 1_000_000_000)
        return isSummer == true ? 7200 : 3600
    }

    /// The summers of some years of the law, in seconds.
    private static let summers = Dictionary(
        uniqueKeysWithValues: (2000...2040).map { year in
            let start = Timestamp.seconds(lastSundayOf: "\(year)-03")
            return ("\(year)"[...], start..<Timestamp.seconds(lastSundayOf: "\(year)-10"))
        }
    )

    /// Lord Howe Island in 2026, where the clocks are moved by half an hour only.
    static let lordHowe = WallClock { lordHoweWinter.contains($0) ? 37_800 : 39_600 }

    private static let lordHoweWinter = Timestamp("2026-04-04T15:00")..<Timestamp("2026-10-03T15:30")

    /// Samoa, which left out the 30th of December 2011 to be on the other side of the date line.
    static let samoa = WallClock { $0 < dateLine ? -36_000 : 50_400 }

    private static let dateLine = Timestamp("2011-12-30T10:00")

    static let utc = WallClock { _ in 0 }

    var localTime: LocalTime { LocalTime(secondsFromUTC: offset) }

    /// The minute that is shown at a whole minute, counted from 1970.
    func minute(at instant: Timestamp) -> Int64 { instant.nanoseconds / 60_000_000_000 + Int64(offset(instant)) / 60 }
}

extension LocalTime {
    static let berlin = WallClock.berlin.localTime
    static let lordHowe = WallClock.lordHowe.localTime
    static let samoa = WallClock.samoa.localTime
}

extension Timestamp {
    /// Reads `2026-03-29T02:30`, in UTC, and seconds where they are given.
    init(_ text: String) {
        let numbers = text.split { !$0.isNumber }.compactMap { Int64($0) }
        precondition(numbers.count >= 5, "\(text) is no time")
        var days: Int64 = 0
        for year in 1970..<max(numbers[0], 1970) { days += Timestamp.isLeap(year) ? 366 : 365 }
        for month in 1..<numbers[1] { days += Timestamp.days(in: month, of: numbers[0]) }
        let minutes = (days + numbers[2] - 1) * 1440 + numbers[3] * 60 + numbers[4]
        self.init(seconds: minutes * 60 + (numbers.count > 5 ? numbers[5] : 0), nanoseconds: 0)
    }

    /// The minute, as ``init(_:)`` reads it.
    var minute: String { String(rfc3339.prefix(16)) }

    /// 01:00 UTC on the last Sunday of a month that has 31 days.
    fileprivate static func seconds(lastSundayOf month: String) -> Int64 {
        let last = Timestamp("\(month)-31T01:00").nanoseconds / 1_000_000_000
        return last - (last / 86_400 + 4) % 7 * 86_400
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
