// SPDX-License-Identifier: MIT

/// Why a schedule is refused, and what to write instead.
package enum ScheduleFault: Fault, Equatable {
    /// Nothing that a schedule looks like.
    case unknown(String)

    /// A time of day that no clock shows.
    case noTime(String)

    /// A period without a number or a unit, or one that is too short or too long.
    case badPeriod(String)

    /// Not the five fields of crontab(5).
    case fieldCount(String, Int)

    /// One entry of one field; `reason` completes "the entry …", `instead` completes "Write …".
    case badEntry(String, field: String, entry: String, reason: String, instead: String)

    /// Days that no year has.
    case never(String)

    package var code: String { "schedule_refused" }

    package var summary: String {
        switch self {
        case .unknown(let text): "\"\(text)\" is not a schedule"
        case .noTime(let text): "\"\(text)\" is not a time of day"
        case .badPeriod(let text): "\"\(text)\" is not a period from a minute to a year"
        case .fieldCount(let text, let count): "the schedule \"\(text)\" has \(count) fields, not five"
        case .badEntry(let text, let field, let entry, let reason, _):
            "the schedule \"\(text)\" is wrong in the field for the \(field): \"\(entry)\" \(reason)"
        case .never(let text): "the schedule \"\(text)\" never comes: no year has such a day"
        }
    }

    package var remedy: String? {
        switch self {
        case .unknown:
            "Write \"off\", a time such as \"03:30\", a period such as \"every 6h\", \"@hourly\", \"@daily\", "
                + "\"@weekly\" or \"@monthly\", or five fields as in crontab(5), such as \"30 3 * * mon-fri\"."
        case .noTime: "Write hours from 0 to 23 and minutes from 00 to 59, such as \"03:30\"."
        case .badPeriod:
            "Write \"every\", a whole number and a unit (m, h or d), from \"every 1m\" to \"every 366d\", such as "
                + "\"every 6h\"."
        case .fieldCount:
            "Write minute, hour, day of the month, month and day of the week, such as \"30 3 * * mon-fri\"."
        case .badEntry(_, _, _, _, let instead): "Write \(instead)."
        case .never: "Write a day that the month has, such as \"0 3 28 2 *\"."
        }
    }
}
