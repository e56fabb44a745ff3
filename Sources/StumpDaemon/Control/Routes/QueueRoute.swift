// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryScan
import LibraryStore
import Logging

/// Pauses the queue, and has it go on; it stays as it was told over a restart.
struct QueueRoute {
    let state: DaemonState
    let logger: Logger

    func register(on router: Router<ControlServer.Context>) {
        router.on(.pauseQueue) { _, _ in try await set(isPaused: true) }
        router.on(.resumeQueue) { _, _ in try await set(isPaused: false) }
    }

    private func set(isPaused: Bool) async throws -> Response {
        if try await state.store.setQueuePaused(isPaused) {
            logger.notice("The queue \(isPaused ? "is paused" : "goes on")")
        }
        // Who has it go on believes that it can.
        if !isPaused { state.stall.lookNow() }
        return try .json(try await state.queue())
    }
}
