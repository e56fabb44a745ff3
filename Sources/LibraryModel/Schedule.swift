// SPDX-License-Identifier: MIT

/// When a library is scanned though nothing was heard of a change.
///
/// Written as a time of day (`03:30`), a period (`every 6h`), five fields as in crontab(5) (`30 3 * * mon-fri`), or
/// `@hourly`, `@daily`, `@weekly` or `@monthly`. Times are those of the clocks at the place: what they skip when they
/// are put forward comes at once afterwards, and what comes twice when they are put back counts once.
package struct Schedule: Equatable, Sendable {
    /// The longest period that can be written, in days.
    private static let longestPeriod: Int64 = 366

    /// As it was written, but for spaces around it.
    package let text: String
    private let rule: Rule

    private enum Rule: Equatable, Sendable {
        case every(seconds: Int64)
        case times(CronTimes)
    }

    /// Reads the configuration's text; `nil` for `off`.
    ///
    /// - Throws: ``ScheduleFault`` for whatever is no schedule, or one that never comes.
    package init?(_ text: String) throws(ScheduleFault) {
        let words = text.split(whereSeparator: \.isWhitespace)
        self.text = words.joined(separator: " ")
        switch words.first {
        case "off" where words.count == 1: return nil
        case "every": rule = .every(seconds: try Schedule.period(words.dropFirst(), of: self.text))
        case let word? where word.hasPrefix("@") && words.count == 1:
            rule = .times(try Schedule.named(word, of: self.text))
        case let word? where word.contains(":") && words.count == 1:
            rule = .times(try Schedule.daily(word, of: self.text))
        case let word?
        where words.count == 5 || word.hasPrefix("*") || (words.count > 1 && word.first?.isNumber == true):
            rule = .times(try CronTimes(words, of: self.text))
        default:
            throw .unknown(self.text)
        }
    }

    /// The first time that comes after an instant.
    ///
    /// A period is counted from the last run, or from the instant where there was none or it is still to come, as after
    /// the clock was set back. Times that no timestamp holds are the last one that there is.
    package func next(after instant: Timestamp, last: Timestamp?, in zone: LocalTime) -> Timestamp {
        switch rule {
        case .every(let seconds):
            let period = Int128(seconds) * 1_000_000_000
            let start = Int128(min(last ?? instant, instant).nanoseconds)
            let runs = (Int128(instant.nanoseconds) - start) / period + 1
            return Timestamp(nanoseconds: Int64(clamping: start + runs * period))
        case .times(let times):
            let second = instant.nanoseconds.flooredDivision(by: 1_000_000_000)
            var reading = zone.reading(at: second)
            while let next = times.next(after: reading) {
                let first = zone.first(showing: next)
                if first > second { return Timestamp(nearestSecond: first) }
                // The clocks were put back, and this came when they showed it before.
                reading = next
            }
            return Timestamp(nanoseconds: .max)
        }
    }

    /// Reads `6h`.
    private static func period(_ words: ArraySlice<Substring>, of text: String) throws(ScheduleFault) -> Int64 {
        let period = words.joined()
        let digits = period.prefix { $0.isASCII && $0.isNumber }
        let units: [Substring: Int64] = ["m": 60, "h": 3600, "d": 86_400]
        guard digits.count <= 9, let number = Int64(digits), number > 0,
            let unit = units[period.dropFirst(digits.count)],
            number * unit <= longestPeriod * 86_400
        else { throw .badPeriod(text) }
        return number * unit
    }

    /// Reads `03:30`.
    private static func daily(_ word: Substring, of text: String) throws(ScheduleFault) -> CronTimes {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.joined().allSatisfy({ $0.isASCII && $0.isNumber }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { throw .noTime(text) }
        return try CronTimes(["\(minute)", "\(hour)", "*", "*", "*"], of: text)
    }

    /// Reads `@daily`.
    private static func named(_ word: Substring, of text: String) throws(ScheduleFault) -> CronTimes {
        let fields =
            switch word {
            case "@hourly": "0 * * * *"
            case "@daily": "0 0 * * *"
            case "@weekly": "0 0 * * 0"
            case "@monthly": "0 0 1 * *"
            default: throw ScheduleFault.unknown(text)
            }
        return try CronTimes(fields.split(separator: " "), of: text)
    }
}
