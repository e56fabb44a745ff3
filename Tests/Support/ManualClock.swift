// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization

/// A clock that stands still until it is moved by hand.
///
/// Its instants are those of `ContinuousClock`, so that rules and doers take both clocks alike.
package final class ManualClock: SteadyClock {
    package typealias Instant = ContinuousClock.Instant

    private struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = ContinuousClock.now
        var lastSleeper = 0
        var sleepers: [Int: Sleeper] = [:]

        /// Who waits until that many sleep.
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func takeContentWatchers() -> [CheckedContinuation<Void, Never>] {
            let content = watchers.filter { $0.count <= sleepers.count }
            watchers.removeAll { $0.count <= sleepers.count }
            return content.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Instant { state.withLock { $0.now } }

    package let minimumResolution = Duration.zero

    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let number = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                lieDown(number, Sleeper(deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(
                throwing: CancellationError()
            )
        }
    }

    /// Moves the clock on and wakes all whose time has come, the earliest first.
    package func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Returns when at least `count` are asleep, so that an advance cannot come before them.
    package func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let content = state.withLock { state in
                state.watchers.append((count, continuation))
                return state.takeContentWatchers()
            }
            for watcher in content { watcher.resume() }
        }
    }

    private func lieDown(_ number: Int, _ sleeper: Sleeper) {
        let (isAwake, content) = state.withLock { state in
            // Cancellation before this point found no sleeper to wake.
            let isAwake = sleeper.deadline <= state.now || Task.isCancelled
            if !isAwake { state.sleepers[number] = sleeper }
            return (isAwake, state.takeContentWatchers())
        }
        for watcher in content { watcher.resume() }
        guard isAwake else { return }
        if Task.isCancelled {
            sleeper.continuation.resume(throwing: CancellationError())
        } else {
            sleeper.continuation.resume()
        }
    }
}
