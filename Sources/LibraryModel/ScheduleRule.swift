// SPDX-License-Identifier: MIT

/// Says whether a scheduled run is due, whatever happened to the clock or the daemon since it was planned.
///
/// What came due while the daemon was down runs once, as does all that a clock set forward skipped. What was planned by
/// a clock that was set back since is planned anew, so that it is never further away than the schedule's period. Runs
/// are spread a little, so that not all libraries, nor all machines that share a server, begin in the same second.
///
/// Pure: the caller keeps what was planned and when it last ran, and passes the present instant and the chance in. When
/// it has run what was due it asks again, without a plan; so it does when the schedule was changed.
package struct ScheduleRule: Sendable {
    /// The most that a run is put off to spread runs; a tenth of the period where that is less.
    package static let longestDelay: Duration = .seconds(300)

    /// How late a run counts as missed, and how far a clock may be set back without a run coming again.
    package static let slack: Duration = .seconds(60)

    package enum Step: Equatable, Sendable {
        /// It is to run now; where it `isMissed` it should have run long ago.
        case due(isMissed: Bool)

        /// It is planned for this instant, which the caller keeps.
        case wait(until: Timestamp)
    }

    private let schedule: Schedule
    private let zone: LocalTime

    package init(_ schedule: Schedule, in zone: LocalTime) {
        self.schedule = schedule
        self.zone = zone
    }

    /// What to do now, given the plan that was kept and the last run.
    ///
    /// `random` is from 0 up to 1 and drawn anew each time.
    package func step(planned: Timestamp?, last: Timestamp?, now: Timestamp, random: Double) -> Step {
        if let planned, planned <= now { return .due(isMissed: now - planned > ScheduleRule.slack) }
        // A clock that is set back by a little is put right, and what ran just before has run.
        let start = last.map { $0 > now && $0 - now <= ScheduleRule.slack ? $0 : now } ?? now
        let next = schedule.next(after: start, last: last, in: zone)
        let longest = longestDelay(at: next)
        if let planned, planned <= next + longest { return .wait(until: planned) }
        return .wait(until: next + longest * min(max(random, 0), 1))
    }

    private func longestDelay(at next: Timestamp) -> Duration {
        min((schedule.next(after: next, last: next, in: zone) - next) / 10, ScheduleRule.longestDelay)
    }
}
