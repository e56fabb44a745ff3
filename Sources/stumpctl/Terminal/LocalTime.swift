// SPDX-License-Identifier: MIT
import Glibc

/// The API's times in the reader's time zone.
enum LocalTime {
    /// `2025-11-23 21:04:09` for an RFC 3339 time in UTC; anything else is shown as it is.
    static func text(_ time: String) -> String {
        guard var instant = seconds(time) else { return time }
        var fields = tm()
        localtime_r(&instant, &fields)
        let date = [fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday]
        let clock = [fields.tm_hour, fields.tm_min, fields.tm_sec]
        return twoDigits(date).joined(separator: "-") + " " + twoDigits(clock).joined(separator: ":")
    }

    /// The time of day alone where `time` is on the same day as `other`.
    static func text(_ time: String, after other: String) -> String {
        let (time, other) = (text(time), text(other))
        let isSameDay = time.split(separator: " ").first == other.split(separator: " ").first
        return isSameDay ? String(time.split(separator: " ").last ?? "") : time
    }

    /// Seconds since 1970, without fractions; `nil` for what is no RFC 3339 time in UTC.
    private static func seconds(_ time: String) -> time_t? {
        let numbers = time.split { !$0.isASCII || !$0.isNumber }.compactMap { Int32($0) }
        guard time.hasSuffix("Z"), numbers.count >= 6 else { return nil }
        var fields = tm()
        fields.tm_year = numbers[0] - 1900
        fields.tm_mon = numbers[1] - 1
        fields.tm_mday = numbers[2]
        fields.tm_hour = numbers[3]
        fields.tm_min = numbers[4]
        fields.tm_sec = numbers[5]
        return timegm(&fields)
    }

    private static func twoDigits(_ numbers: [Int32]) -> [String] {
        numbers.map { Quantity.twoDigits(Int($0)) }
    }
}
