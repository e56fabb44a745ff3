// SPDX-License-Identifier: MIT
package import LibraryModel
import Synchronization

/// Rings once at an instant that may be moved at any time, and costs nothing while none is set.
package final class Alarm: Sendable {
    private struct State {
        var deadline: ContinuousClock.Instant?
        var hasMoved = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let clock: any SteadyClock

    package init(clock: any SteadyClock) {
        self.clock = clock
    }

    /// Rings at `deadline` and not at the one before; never for `nil`.
    package func set(_ deadline: ContinuousClock.Instant?) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.deadline == deadline { return nil }
            state.deadline = deadline
            state.hasMoved = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Calls `ring` whenever the instant has come, until the task is cancelled.
    package func run(_ ring: @Sendable () async throws -> Void) async throws {
        while !Task.isCancelled {
            let deadline = state.withLock { state in
                state.hasMoved = false
                return state.deadline
            }
            let hasCome = await wait(for: deadline)
            let isDue = state.withLock { state in
                guard hasCome, state.deadline == deadline else { return false }
                state.deadline = nil
                return true
            }
            if isDue { try await ring() }
        }
    }

    /// Waits until the deadline has come, or was moved.
    private func wait(for deadline: ContinuousClock.Instant?) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            if let deadline {
                group.addTask { [clock] in (try? await clock.sleep(until: deadline, tolerance: nil)) != nil }
            }
            group.addTask {
                await self.move()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func move() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.hasMoved || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}
