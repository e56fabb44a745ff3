// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryScan
import LibraryStore

/// Cancels a job: at once where it waits, at its next book where it runs.
struct CancelRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.cancelJob) { _, context in
            let id = try context.id("jobs")
            let (job, isRunning) = try await state.store.cancel(id)
            if isRunning { state.running[id]?.stop(.cancelled) }
            return try .json(JobSummary(job, now: state.now()), status: isRunning ? .accepted : .ok)
        }
    }
}
