// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Testing

@testable import StumpDaemon

@Suite("The alarm rings by the clock on the wall", .timeLimit(.minutes(1)))
struct WallClockAlarmTests {
    private var now: Timestamp { .wallClock }

    @Test(arguments: [Timestamp(nanoseconds: .min), Timestamp(nanoseconds: 0), Timestamp(nanoseconds: 1)])
    func `it rings at once where the time has passed`(instant: Timestamp) async throws {
        let alarm = try WallClockAlarm()
        alarm.set(instant)
        var rings = alarm.rings.makeAsyncIterator()
        #expect(await rings.next() != nil)
    }

    @Test func `it rings when the time has come and not before, as often as it is set`() async throws {
        let alarm = try WallClockAlarm()
        var rings = alarm.rings.makeAsyncIterator()
        for _ in 0..<3 {
            alarm.set(now + .seconds(3600))
            let instant = now + .milliseconds(20)
            alarm.set(instant)
            #expect(await rings.next() != nil)
            #expect(now >= instant)
        }
    }
}

@Suite("The clocks of the place are those of the system")
struct MachineTimeTests {
    @Test func `they follow the rules of the time zone, in summer and in winter`() async {
        // In a process of its own: the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1)
            let schedule = try #require(try Schedule("03:30"))
            let winter = Timestamp(seconds: 1_768_478_400, nanoseconds: 0)
            let summer = Timestamp(seconds: 1_781_524_800, nanoseconds: 0)
            let zone = LocalTime.ofThisMachine()
            try #require(schedule.next(after: winter, last: nil, in: zone).rfc3339 == "2026-01-16T02:30:00.000Z")
            try #require(schedule.next(after: summer, last: nil, in: zone).rfc3339 == "2026-06-16T01:30:00.000Z")
            // A zone that is changed while the daemon runs is noticed at the next look.
            setenv("TZ", "UTC0", 1)
            let other = LocalTime.ofThisMachine()
            try #require(schedule.next(after: summer, last: nil, in: other).rfc3339 == "2026-06-16T03:30:00.000Z")
        }
    }
}
