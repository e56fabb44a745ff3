// SPDX-License-Identifier: MIT

/// Says when all watched directories are verified after the kernel's queue overflowed.
///
/// The first time at once. While overflows go on the next pass comes 60 s after the last one, then after twice that, up
/// to 15 minutes; after 15 minutes without one the next is at once again.
package struct VerifyPace: Sendable {
    /// The least time between two passes.
    package static let shortest: Duration = .seconds(60)

    /// The most time between two passes, and how long it must be calm until none is kept any more.
    package static let longest: Duration = .seconds(900)

    private var gap: Duration = .zero
    private var lastOverflow: ContinuousClock.Instant?
    private var lastPass: ContinuousClock.Instant?
    private var wanted: ContinuousClock.Instant?

    private var isUnderWay = false

    /// Whether an overflow came that the pass under way may have come too early for.
    private var needsAnother = false

    package init() {}

    package mutating func overflow(at now: ContinuousClock.Instant) {
        if let lastOverflow, now - lastOverflow >= VerifyPace.longest {
            gap = .zero
            lastPass = nil
        }
        lastOverflow = now
        if let wanted {
            // A pass may begin before it is due, and whether one that is due has begun is not known here.
            if isUnderWay || now >= wanted { needsAnother = true }
        } else {
            wanted = max(now, lastPass.map { $0 + gap } ?? now)
        }
    }

    /// When the next pass begins; `nil` where none is wanted.
    package func due() -> ContinuousClock.Instant? { wanted }

    /// Takes in that a pass begins: the overflows up to here need no other one.
    package mutating func started() {
        isUnderWay = true
        needsAnother = false
    }

    /// Takes in that a pass ended.
    package mutating func finished(at now: ContinuousClock.Instant) {
        if wanted != nil { gap = min(max(gap * 2, VerifyPace.shortest), VerifyPace.longest) }
        isUnderWay = false
        lastPass = now
        wanted = needsAnother ? now + gap : nil
        needsAnother = false
    }
}
