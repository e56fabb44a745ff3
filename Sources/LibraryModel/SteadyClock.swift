// SPDX-License-Identifier: MIT

/// A clock whose instants the rules take: the real one, or in tests one that is moved by hand.
package protocol SteadyClock: Clock<Swift.Duration> where Instant == ContinuousClock.Instant {}

extension ContinuousClock: SteadyClock {}
