// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@Suite("A scheduled run comes once, whatever happens to the daemon and to the clock")
struct ScheduleRuleTests {
    private let now = Timestamp("2026-06-15T12:00")
    private let year = Duration.seconds(365 * 86_400)

    private func rule(_ text: String, in zone: LocalTime = .utc) throws -> ScheduleRule {
        ScheduleRule(try #require(try Schedule(text)), in: zone)
    }

    private func wait(_ text: String) -> ScheduleRule.Step { .wait(until: Timestamp(text)) }

    @Test func `what was never planned is planned`() throws {
        #expect(try rule("03:30").step(planned: nil, last: nil, now: now, random: 0) == wait("2026-06-16T03:30"))
        #expect(try rule("every 6h").step(planned: nil, last: nil, now: now, random: 0) == wait("2026-06-15T18:00"))
        let last = Timestamp("2026-06-15T09:00")
        #expect(try rule("every 6h").step(planned: nil, last: last, now: now, random: 0) == wait("2026-06-15T15:00"))
    }

    @Test func `what is planned is waited for, and then due`() throws {
        let rule = try rule("03:30")
        let planned = Timestamp("2026-06-16T03:33")
        #expect(rule.step(planned: planned, last: nil, now: now, random: 0.9) == .wait(until: planned))
        #expect(rule.step(planned: planned, last: nil, now: planned, random: 0) == .due(isMissed: false))
        #expect(rule.step(planned: planned, last: nil, now: planned + .seconds(60), random: 0) == .due(isMissed: false))
    }

    @Test func `a plan is kept while the delay that it has goes by`() throws {
        let planned = Timestamp("2026-06-16T03:33")
        let within = Timestamp("2026-06-16T03:31")
        #expect(try rule("03:30").step(planned: planned, last: nil, now: within, random: 0) == .wait(until: planned))
    }

    @Test func `what was missed while the daemon was down runs once`() throws {
        let rule = try rule("03:30")
        let planned = Timestamp("2026-06-01T03:30")
        #expect(rule.step(planned: planned, last: nil, now: now, random: 0) == .due(isMissed: true))
        #expect(rule.step(planned: nil, last: now, now: now, random: 0) == wait("2026-06-16T03:30"))
    }

    @Test(arguments: ["03:30", "every 6h", "every 1m", "every 30d", "*/5 * * * *", "@monthly"])
    func `a clock set forward by a year runs what it skipped once`(text: String) throws {
        let rule = try rule(text)
        guard case .wait(let planned) = rule.step(planned: nil, last: now, now: now, random: 0.5) else {
            Issue.record("due at once")
            return
        }
        let later = now + year
        #expect(rule.step(planned: planned, last: now, now: later, random: 0) == .due(isMissed: true))
        guard case .wait(let next) = rule.step(planned: nil, last: later, now: later, random: 0) else {
            Issue.record("due again")
            return
        }
        #expect(next > later)
    }

    @Test(arguments: [
        ("03:30", 86_400), ("every 6h", 21_600), ("every 1m", 60), ("*/5 * * * *", 300), ("@weekly", 604_800),
    ])
    func `a clock set back by a year delays no run beyond its period`(text: String, period: Int) throws {
        for zone in [LocalTime.utc, .berlin] {
            let rule = try rule(text, in: zone)
            guard case .wait(let planned) = rule.step(planned: nil, last: now, now: now, random: 0.99) else {
                Issue.record("due at once")
                return
            }
            let earlier = Timestamp(nanoseconds: now.nanoseconds - 365 * 86_400_000_000_000)
            guard case .wait(let next) = rule.step(planned: planned, last: now, now: earlier, random: 0) else {
                Issue.record("due at once")
                return
            }
            #expect(next > earlier)
            #expect(next - earlier <= .seconds(period))
        }
    }

    @Test func `a clock that is put right by less than a minute brings no run again`() throws {
        let rule = try rule("03:30")
        let ran = Timestamp("2026-06-15T03:30")
        let tomorrow = Timestamp("2026-06-16T03:30")
        let back = Timestamp(nanoseconds: ran.nanoseconds - 500_000_000)
        #expect(rule.step(planned: tomorrow, last: ran, now: back, random: 0) == .wait(until: tomorrow))
        #expect(rule.step(planned: nil, last: ran, now: back, random: 0) == .wait(until: tomorrow))
    }

    @Test(arguments: [
        ("03:30", 300.0), ("@hourly", 300), ("*/10 * * * *", 60), ("every 1m", 6), ("every 50m", 300),
        ("every 20m", 120),
        ("every 30d", 300),
    ])
    func `runs are spread over five minutes, or a tenth of the period`(text: String, longest: Double) throws {
        let rule = try rule(text)
        let delays = try [0, 0.5, 1.0.nextDown, 7, -1].map { chance in
            guard case .wait(let time) = rule.step(planned: nil, last: now, now: now, random: chance),
                case .wait(let earliest) = rule.step(planned: nil, last: now, now: now, random: 0)
            else { throw Unexpected() }
            return (time - earliest) / .seconds(1)
        }
        for (delay, share) in zip(delays, [0, 0.5, 1, 1, 0]) { #expect(abs(delay - longest * share) < 0.001) }
    }

    @Test(arguments: ["03:30", "every 6h", "every 1m", "*/10 2 * * *", "0 3 * * mon", "@monthly"])
    func `each run comes once, and none is lost, whenever the daemon looks`(text: String) throws {
        let schedule = try #require(try Schedule(text))
        let rule = ScheduleRule(schedule, in: .berlin)
        var random = SplitMix(seed: 3)
        var instant = Timestamp("2026-01-01T00:00")
        var last: Timestamp?
        var planned: Timestamp?
        for _ in 0..<2000 {
            switch rule.step(planned: planned, last: last, now: instant, random: .random(in: 0..<1, using: &random)) {
            case .wait(let until):
                if planned == nil {
                    let earliest = schedule.next(after: instant, last: last, in: .berlin)
                    #expect(until >= earliest)
                    #expect(until < schedule.next(after: earliest, last: earliest, in: .berlin))
                } else {
                    #expect(until == planned)
                }
                planned = until
                // Woken at some time before, as whenever something else happens; then just in time.
                let early = instant + (until - instant) * Double.random(in: 0..<1, using: &random)
                instant = early < until && Bool.random(using: &random) ? early : until
            case .due(let isMissed):
                #expect(!isMissed)
                last = instant
                planned = nil
            }
        }
        #expect(last != nil)
    }

    private struct Unexpected: Error {}
}
