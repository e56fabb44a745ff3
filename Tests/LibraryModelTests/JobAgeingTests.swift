// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("Waiting makes a job more urgent, but never as urgent as a path that somebody named")
struct JobAgeingTests {
    private func levels(_ level: Int, afterMinutes minutes: [Int]) -> [Int] {
        minutes.map { JobAgeing.level(of: level, waited: .seconds($0 * 60)) }
    }

    @Test func `a job becomes one level more urgent each quarter of an hour, up to the second`() {
        #expect(levels(5, afterMinutes: [0, 14, 15, 29, 30, 44, 45, 60, 100_000]) == [5, 5, 4, 4, 3, 3, 2, 2, 2])
        #expect(levels(3, afterMinutes: [0, 15, 30]) == [3, 2, 2])
    }

    @Test func `whoever is more urgent than waiting makes stays so`() {
        #expect(levels(1, afterMinutes: [0, 15, 1000]) == [1, 1, 1])
        #expect(levels(2, afterMinutes: [0, 15, 1000]) == [2, 2, 2])
    }

    @Test func `a clock that was set back counts as no waiting`() {
        #expect(levels(4, afterMinutes: [-1, -15, -525_600]) == [4, 4, 4])
    }

    @Test func `the longest times there are do no harm`() {
        #expect(JobAgeing.level(of: 5, waited: .seconds(Int64.max)) == 2)
        #expect(JobAgeing.level(of: 5, waited: .seconds(Int64.min)) == 5)
    }
}
