// SPDX-License-Identifier: MIT
import Support
import Testing

@Suite("A manual clock moves only by hand")
struct ManualClockTests {
    @Test func `a sleeper wakes when its time has come, not before`() async throws {
        let clock = ManualClock()
        let start = clock.now
        async let woken: Void = clock.sleep(for: .seconds(10))
        await clock.sleepers(1)
        clock.advance(by: .seconds(9))
        await clock.sleepers(1)
        clock.advance(by: .seconds(1))
        try await woken
        #expect(clock.now == start + .seconds(10))
        try await clock.sleep(until: start)
    }

    @Test(arguments: [true, false])
    func `a cancelled sleeper wakes with an error`(isAsleep: Bool) async {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            if !isAsleep { group.cancelAll() }
            group.addTask { try await clock.sleep(for: .seconds(10)) }
            if isAsleep { await clock.sleepers(1) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }
}
