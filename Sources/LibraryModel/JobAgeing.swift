// SPDX-License-Identifier: MIT

/// Makes waiting jobs more urgent, so that none waits for ever behind a stream of others.
///
/// Levels are raw values of ``JobPriority``, the smaller the more urgent. Whoever names a path is always served first:
/// waiting makes no job as urgent as that.
package enum JobAgeing {
    /// How long a job waits for each level that it becomes more urgent.
    package static let period: Duration = .seconds(15 * 60)

    /// The most urgent level that waiting leads to.
    package static let ceiling = JobPriority.userLibrary.rawValue

    /// The level at which a job is claimed that has waited so long.
    ///
    /// A negative time, as where the clock was set back, counts as none.
    package static func level(of level: Int, waited: Duration) -> Int {
        let steps = (max(waited, .zero) / period).rounded(.down)
        // One that is more urgent than waiting makes it stays so.
        return max(min(level, ceiling), Int(max(Double(level) - steps, 0)))
    }
}
