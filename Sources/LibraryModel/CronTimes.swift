// SPDX-License-Identifier: MIT

/// The minutes of a calendar that five fields of crontab(5) match.
///
/// A day has to match both fields for days, but one of them is enough where neither begins with `*`.
struct CronTimes: Equatable, Sendable {
    private let minutes: CronField
    private let hours: CronField
    private let daysOfMonth: CronField
    private let months: CronField
    private let daysOfWeek: CronField

    /// Reads the fields of the schedule `schedule`.
    init(_ fields: [Substring], of schedule: String) throws(ScheduleFault) {
        guard fields.count == 5 else { throw .fieldCount(schedule, fields.count) }
        minutes = try CronField(fields[0], as: .minute, of: schedule)
        hours = try CronField(fields[1], as: .hour, of: schedule)
        daysOfMonth = try CronField(fields[2], as: .dayOfMonth, of: schedule)
        months = try CronField(fields[3], as: .month, of: schedule)
        daysOfWeek = try CronField(fields[4], as: .dayOfWeek, of: schedule)
        guard firstDay(from: 0) != nil else { throw .never(schedule) }
    }

    /// The first match later than what the clocks show: both are seconds, counted from 1970 on the same clocks.
    func next(after reading: Int64) -> Int64? {
        let minute = reading.flooredDivision(by: 60) + 1
        let today = minute.flooredDivision(by: 1440)
        if matches(day: today), let time = firstTime(from: minute - today * 1440) { return (today * 1440 + time) * 60 }
        guard let day = firstDay(from: today + 1), let time = firstTime(from: 0) else { return nil }
        return (day * 1440 + time) * 60
    }

    /// The first minute of a day that matches, from one on.
    private func firstTime(from minute: Int64) -> Int64? {
        if hours.contains(minute / 60), let first = minutes.first(from: minute % 60) { return minute / 60 * 60 + first }
        guard let hour = hours.first(from: minute / 60 + 1), let first = minutes.first(from: 0) else { return nil }
        return hour * 60 + first
    }

    /// The number of the first day that matches, from one on; `nil` where none ever does.
    private func firstDay(from day: Int64) -> Int64? {
        var date = CivilDate(dayNumber: day)
        // After 400 years the calendar repeats, days of the week included.
        let end = date.year + 400
        while date.year <= end {
            let next = date.nextMonth
            if months.contains(date.month) {
                for day in date.dayNumber..<next.dayNumber where matches(day: day) { return day }
            }
            date = next
        }
        return nil
    }

    private func matches(day: Int64) -> Bool {
        let date = CivilDate(dayNumber: day)
        guard months.contains(date.month) else { return false }
        // The first day of 1970 was a Thursday.
        let weekday = day + 4 - (day + 4).flooredDivision(by: 7) * 7
        let (inMonth, inWeek) = (daysOfMonth.contains(date.day), daysOfWeek.contains(weekday))
        return daysOfMonth.beginsWithStar || daysOfWeek.beginsWithStar ? inMonth && inWeek : inMonth || inWeek
    }
}
