// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization
import Testing

@testable import StumpDaemon

@Suite("The watchdog is fed only while every part answers")
struct HeartbeatTests {
    /// Parts that answer when they are told to.
    private final class Part: Sendable {
        let pulse = Pulse()
        let questions = Atomic(0)
        let isAlive = Mutex(true)

        func ask() {
            pulse.ask()
            questions.add(1, ordering: .relaxed)
            if isAlive.withLock({ $0 }) { pulse.answer() }
        }
    }

    @Test func `a part that has answered is asked again, and one that has not is named until it does`() {
        let (queue, database) = (Part(), Part())
        var round = HeartbeatRound([
            HeartbeatRound.Part(name: "queue", pulse: queue.pulse) { queue.ask() },
            HeartbeatRound.Part(name: "database", pulse: database.pulse) { database.ask() },
        ])
        round.ask()
        #expect(round.look() == nil && round.silent.isEmpty)
        database.isAlive.withLock { $0 = false }
        round.ask()
        #expect(round.look() == .silent(["database"]) && round.silent == ["database"])
        round.ask()
        #expect(round.look() == nil && round.silent == ["database"])
        #expect(queue.questions.load(ordering: .relaxed) == 3 && database.questions.load(ordering: .relaxed) == 2)
        database.pulse.answer()
        #expect(round.look() == .answered && round.silent.isEmpty)
    }

    @Test func `an answer to an earlier question is none to the last`() {
        let pulse = Pulse()
        #expect(pulse.isAnswered)
        pulse.ask()
        pulse.answer()
        pulse.ask()
        #expect(!pulse.isAnswered)
        pulse.answer()
        #expect(pulse.isAnswered)
    }
}
