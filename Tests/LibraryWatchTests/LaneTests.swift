// SPDX-License-Identifier: MIT
import Dispatch
import Testing

@testable import LibraryWatch

@Suite("A disk that does not answer holds up nobody but itself", .timeLimit(.minutes(1)))
struct LaneTests {
    private let watchdog = Watchdog(limit: .seconds(30))

    /// A call that returns when the test wants it to.
    private final class StuckCall: Sendable {
        private let begun = DispatchSemaphore(value: 0)
        private let released = DispatchSemaphore(value: 0)

        func perform() {
            begun.signal()
            released.wait()
        }

        func waitForBegin() { begun.wait() }
        func release() { released.signal() }
    }

    @Test func `who waits for it is let go, and asked again it says so at once`() async throws {
        let lane = watchdog.lane("test")
        let stuck = StuckCall()
        async let waiting = Result { () async throws(Lane.Silence) in try await lane.run { stuck.perform() } }
        stuck.waitForBegin()
        #expect(!watchdog.look(at: .now))
        #expect(watchdog.look(at: .now + .seconds(31)))
        let outcome = await waiting
        #expect(throws: Lane.Silence.self) { try outcome.get() }
        await #expect(throws: Lane.Silence.self) { try await lane.run { 1 } }
        #expect(!watchdog.look(at: .now + .seconds(90)), "it is told once")
        stuck.release()
        lane.drain()
        #expect(try await lane.run { 2 } == 2)
    }

    @Test func `another disk is reached meanwhile`() async throws {
        let (dead, live) = (watchdog.lane("dead"), watchdog.lane("live"))
        let stuck = StuckCall()
        dead.enqueue { stuck.perform() }
        stuck.waitForBegin()
        #expect(try await live.run { 1 } == 1)
        stuck.release()
    }

    @Test func `a disk that answers again is told`() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        watchdog.attach(onUse: {}, onReturn: { continuation.yield() })
        let lane = watchdog.lane("test")
        let stuck = StuckCall()
        lane.enqueue { stuck.perform() }
        stuck.waitForBegin()
        #expect(watchdog.look(at: .now + .seconds(31)))
        stuck.release()
        for await _ in stream { break }
        #expect(!lane.isSilent)
    }

    @Test func `while nobody reads a disk there is nothing to look at`() async throws {
        let lane = watchdog.lane("test")
        #expect(watchdog.deadline == nil)
        try await lane.run {}
        let deadline = try #require(watchdog.deadline)
        lane.drain()
        #expect(!watchdog.look(at: deadline))
        #expect(watchdog.deadline == nil)
    }
}

extension Result where Success: Sendable {
    fileprivate init(_ body: () async throws(Failure) -> Success) async {
        do throws(Failure) {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
