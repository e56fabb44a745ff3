// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("A job that failed is tried again, later each time, and not for ever")
struct RetryRuleTests {
    private func seconds(_ step: RetryRule.Step) -> Double? {
        guard case .again(let delay) = step else { return nil }
        return delay / .seconds(1)
    }

    @Test func `delays double from 15 seconds, and the fifth attempt is the last`() {
        let steps = (1...6).map { RetryRule().step(afterAttempt: $0, random: 0.5) }
        #expect(steps == [15, 30, 60, 120].map { .again(after: .seconds($0)) } + [.giveUp, .giveUp])
    }

    @Test func `chance makes a delay a tenth shorter or longer at most`() throws {
        let shortest = try #require(seconds(RetryRule().step(afterAttempt: 2, random: 0)))
        let longest = try #require(seconds(RetryRule().step(afterAttempt: 2, random: 1.0.nextDown)))
        #expect(abs(shortest - 27) < 0.001)
        #expect(abs(longest - 33) < 0.001)
    }

    @Test func `no delay is longer than an hour, chance included`() {
        let patient = RetryRule(attempts: .max)
        #expect(patient.step(afterAttempt: 8, random: 0.5) == .again(after: .seconds(1920)))
        for attempt in [9, 10, 64, Int.max - 1] {
            #expect(patient.step(afterAttempt: attempt, random: 1) == .again(after: .seconds(3600)))
        }
    }

    @Test func `a chance or an attempt that there cannot be does no harm`() {
        #expect(RetryRule().step(afterAttempt: 0, random: 0.5) == .again(after: .seconds(15)))
        #expect(RetryRule().step(afterAttempt: .min, random: 0.5) == .again(after: .seconds(15)))
        #expect(RetryRule().step(afterAttempt: 1, random: 7) == RetryRule().step(afterAttempt: 1, random: 1))
        #expect(RetryRule(attempts: 0).step(afterAttempt: 1, random: 0.5) == .giveUp)
    }
}
