// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@Suite("A schedule comes when it says")
struct ScheduleTests {
    /// The minutes at which a schedule comes after an instant, each the first one after the one before.
    private func times(
        _ text: String,
        after start: String,
        count: Int = 3,
        in zone: LocalTime = .utc
    ) throws -> [String] {
        let schedule = try #require(try Schedule(text))
        var instant = Timestamp(start)
        return (0..<count).map { _ in
            instant = schedule.next(after: instant, last: instant, in: zone)
            return instant.minute
        }
    }

    @Test func `off is no schedule`() throws {
        #expect(try Schedule("off") == nil)
        #expect(try Schedule(" off\t") == nil)
    }

    @Test(arguments: [
        ("03:30", ["2026-01-01T03:30", "2026-01-02T03:30", "2026-01-03T03:30"]),
        ("0:00", ["2026-01-01T00:00", "2026-01-02T00:00", "2026-01-03T00:00"]),
        ("23:59", ["2025-12-31T23:59", "2026-01-01T23:59", "2026-01-02T23:59"]),
        ("every 6h", ["2026-01-01T05:45", "2026-01-01T11:45", "2026-01-01T17:45"]),
        ("every 90m", ["2026-01-01T01:15", "2026-01-01T02:45", "2026-01-01T04:15"]),
        ("every  7 d", ["2026-01-07T23:45", "2026-01-14T23:45", "2026-01-21T23:45"]),
        ("@hourly", ["2026-01-01T00:00", "2026-01-01T01:00", "2026-01-01T02:00"]),
        ("@daily", ["2026-01-01T00:00", "2026-01-02T00:00", "2026-01-03T00:00"]),
        // The 4th of January was a Sunday.
        ("@weekly", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00"]),
        ("@monthly", ["2026-01-01T00:00", "2026-02-01T00:00", "2026-03-01T00:00"]),
    ])
    func `every way of writing one is understood`(text: String, expected: [String]) throws {
        #expect(try times(text, after: "2025-12-31T23:45") == expected)
    }

    @Test(arguments: [
        ("*/20 4 * * *", ["2026-01-01T04:00", "2026-01-01T04:20", "2026-01-01T04:40"]),
        ("5-59/20 4,3 * * *", ["2026-01-01T03:05", "2026-01-01T03:25", "2026-01-01T03:45"]),
        ("0 0 31 * *", ["2026-01-31T00:00", "2026-03-31T00:00", "2026-05-31T00:00"]),
        ("0 0 29 feb *", ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"]),
        ("15 10 * JAN-Mar/2 Mon", ["2026-01-05T10:15", "2026-01-12T10:15", "2026-01-19T10:15"]),
        ("0 0 * * 7", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00"]),
        ("0 0 * * 5-7/2", ["2026-01-02T00:00", "2026-01-04T00:00", "2026-01-09T00:00"]),
        ("0 0 * * sat-sun", ["2026-01-03T00:00", "2026-01-04T00:00", "2026-01-10T00:00"]),
        ("0 0 * * sun-mon", ["2026-01-04T00:00", "2026-01-05T00:00", "2026-01-11T00:00"]),
        ("0 0 * * */3", ["2026-01-03T00:00", "2026-01-04T00:00", "2026-01-07T00:00"]),
    ])
    func `fields are lists, ranges, steps and names`(text: String, expected: [String]) throws {
        #expect(try times(text, after: "2026-01-01T00:00") == expected)
    }

    @Test func `of two fields for days one is enough, unless either begins with a star`() throws {
        // Fridays, and the 13th.
        let either = ["2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00", "2026-01-16T00:00"]
        #expect(try times("0 0 13 * fri", after: "2026-01-01T00:00", count: 4) == either)
        // Fridays on an odd day, and the 13th where it is a Friday or a Sunday.
        let odd = ["2026-01-09T00:00", "2026-01-23T00:00", "2026-02-13T00:00"]
        #expect(try times("0 0 */2 * fri", after: "2026-01-02T00:00", count: 3) == odd)
        #expect(
            try times("0 0 13 * */5", after: "2026-01-01T00:00", count: 2) == ["2026-02-13T00:00", "2026-03-13T00:00"]
        )
    }

    @Test func `a day that comes once in decades is found`() throws {
        // The 29th of February on a Sunday, with a leap year left out in 2100.
        let expected = ["2032-02-29T12:00", "2060-02-29T12:00", "2088-02-29T12:00", "2128-02-29T12:00"]
        #expect(try times("0 12 29 2 */7", after: "2026-01-01T00:00", count: 4) == expected)
    }

    @Test func `a time that the clocks skip comes when they were put forward`() throws {
        let nights = try times("30 2 * * *", after: "2026-03-27T12:00", in: .berlin)
        #expect(nights == ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"])
        // The six that were skipped come as one.
        let often = try times("*/10 2 * * *", after: "2026-03-28T23:00", in: .berlin)
        #expect(often == ["2026-03-29T01:00", "2026-03-30T00:00", "2026-03-30T00:10"])
        let half = try times("15 2 * * *", after: "2026-10-02T16:00", in: .lordHowe)
        #expect(half == ["2026-10-03T15:30", "2026-10-04T15:15", "2026-10-05T15:15"])
    }

    @Test func `a time that comes twice counts the first time`() throws {
        let nights = try times("30 2 * * *", after: "2026-10-23T12:00", in: .berlin)
        #expect(nights == ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"])
        let again = try times("30 2 * * *", after: "2026-10-25T01:10", count: 1, in: .berlin)
        #expect(again == ["2026-10-26T01:30"])
        let half = try times("45 1 * * *", after: "2026-04-03T16:00", in: .lordHowe)
        #expect(half == ["2026-04-04T14:45", "2026-04-05T15:15", "2026-04-06T15:15"])
    }

    @Test func `a day that is left out comes when the next one begins`() throws {
        let noons = try times("0 12 * * *", after: "2011-12-29T00:00", in: .samoa)
        #expect(noons == ["2011-12-29T22:00", "2011-12-30T10:00", "2011-12-30T22:00"])
    }

    @Test func `a period is counted from the last run, whatever the clocks show`() throws {
        let schedule = try #require(try Schedule("every 6h"))
        let next = { (now: String, last: String?) in
            schedule.next(after: Timestamp(now), last: last.map { Timestamp($0) }, in: .berlin).minute
        }
        #expect(next("2026-03-29T00:00", nil) == "2026-03-29T06:00")
        #expect(next("2026-03-29T00:00", "2026-03-28T20:00") == "2026-03-29T02:00")
        #expect(next("2026-03-29T02:00", "2026-03-28T20:00") == "2026-03-29T08:00")
        #expect(next("2026-03-29T00:00", "2026-01-01T01:00") == "2026-03-29T01:00")
        #expect(next("2026-03-29T00:00", "2027-01-01T00:00") == "2026-03-29T06:00")
    }

    @Test func `a fraction of a second does not make it come twice`() throws {
        let schedule = try #require(try Schedule("03:30"))
        let just = Timestamp("2026-01-01T03:30")
        let before = Timestamp(nanoseconds: just.nanoseconds - 1)
        let after = Timestamp(nanoseconds: just.nanoseconds + 1)
        #expect(schedule.next(after: before, last: nil, in: .utc) == just)
        #expect(schedule.next(after: just, last: nil, in: .utc).minute == "2026-01-02T03:30")
        #expect(schedule.next(after: after, last: nil, in: .utc).minute == "2026-01-02T03:30")
    }

    @Test(arguments: ["03:30", "every 366d", "0 0 29 2 *", "* * * * *"])
    func `the first and the last instant there is do no harm`(text: String) throws {
        let schedule = try #require(try Schedule(text))
        let (first, last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
        for zone in [LocalTime.utc, .berlin] {
            #expect(schedule.next(after: first, last: last, in: zone) > first)
            #expect(schedule.next(after: last, last: first, in: zone) >= Timestamp("2262-04-11T23:47"))
        }
    }

    @Test func `any fields come when the clocks show them for the first time`() throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<40 {
            let fields = RandomFields(using: &random)
            let schedule = try #require(try Schedule(fields.text))
            // The nights when the clocks are moved, and any others.
            let nights = ["2026-03-29", "2026-10-25", "2028-02-29", "2026-12-31", "2026-04-05", "2026-10-04"]
            let night = Timestamp("\(nights.randomElement(using: &random) ?? "")T00:00")
            let clock = [WallClock.berlin, .lordHowe, .utc].randomElement(using: &random) ?? .utc
            let start = night + .seconds(60 * Int.random(in: -1500...300, using: &random))
            var expected: [String] = []
            var shown = Int64.min
            // What the clocks showed before the start counts as shown.
            for minute in -120..<3000 {
                let instant = start + .seconds(60 * minute)
                let reading = clock.minute(at: instant)
                if minute > 0, reading > shown, (shown + 1...reading).contains(where: fields.match) {
                    expected.append(instant.minute)
                }
                shown = max(shown, reading)
            }
            var found: [String] = []
            var next = schedule.next(after: start, last: nil, in: clock.localTime)
            while next < start + .seconds(60 * 3000) {
                found.append(next.minute)
                next = schedule.next(after: next, last: nil, in: clock.localTime)
            }
            let difference = zip(found, expected).first { $0 != $1 }
            #expect(difference == nil, "\(fields.text) after \(start.minute)")
            #expect(found.count == expected.count, "\(fields.text) after \(start.minute)")
        }
    }
}

/// Five fields that match much, and what they match by the plainest of rules.
private struct RandomFields {
    private var sets: [Set<Int>]
    private var stars: [Bool]

    init(using random: inout SplitMix) {
        let ranges = [0...59, 0...23, 1...31, 1...12, 0...6]
        stars = ranges.map { _ in Bool.random(using: &random) }
        sets = []
        for (range, isStar) in zip(ranges, stars) {
            let some = (0..<6).map { _ in Int.random(in: range, using: &random) }
            sets.append(Set(isStar ? Array(range) : some))
        }
    }

    var text: String {
        zip(sets, stars).map { $1 ? "*" : $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: " ")
    }

    /// Whether a minute is matched, by what the clocks show, counted from 1970.
    func match(_ minute: Int64) -> Bool {
        let text = Timestamp(seconds: minute * 60, nanoseconds: 0).rfc3339
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        let inMonth = sets[2].contains(numbers[2])
        let inWeek = sets[4].contains(Int((minute / 1440 + 4) % 7))
        return sets[0].contains(numbers[4]) && sets[1].contains(numbers[3]) && sets[3].contains(numbers[1])
            && (stars[2] || stars[4] ? inMonth && inWeek : inMonth || inWeek)
    }
}
