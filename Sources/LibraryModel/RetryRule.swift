// SPDX-License-Identifier: MIT

/// Says when a job that failed is tried again, and when no more.
///
/// What fails once often succeeds a little later: a server comes back, a database is free again. What failed five times
/// needs a person. The delays double, so that a fault that lasts costs little, and differ a little from each other, so
/// that jobs that failed together do not come back together.
///
/// Pure: the caller passes the chance in and keeps the time.
package struct RetryRule: Sendable {
    /// The delay after the first attempt.
    package static let firstDelay: Duration = .seconds(15)

    /// The longest delay, however many attempts there were.
    package static let longest: Duration = .seconds(3600)

    /// How often a job is started before it has failed for good.
    package let attempts: Int

    package enum Step: Equatable, Sendable {
        case again(after: Duration)
        case giveUp
    }

    package init(attempts: Int = 5) {
        self.attempts = attempts
    }

    /// What to do after an attempt failed; the first attempt is 1.
    ///
    /// `random` is from 0 up to 1 and drawn anew each time; 0.5 leaves the delay as it is.
    package func step(afterAttempt attempt: Int, random: Double) -> Step {
        guard attempt < attempts else { return .giveUp }
        // Twelve times the double of 15 s is beyond the longest already.
        let doublings = min(max(attempt, 1) - 1, 12)
        let delay = RetryRule.firstDelay * (1 << doublings) * (0.9 + 0.2 * min(max(random, 0), 1))
        return .again(after: min(delay, RetryRule.longest))
    }
}
