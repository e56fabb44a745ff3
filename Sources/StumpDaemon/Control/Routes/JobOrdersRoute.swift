// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// Cancels, pauses, resumes and retries a job: at once where it waits, at its next book where it runs.
struct JobOrdersRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.cancelJob) { _, context in try await answer(state.store.cancel(context.id("jobs"))) }
        router.on(.pauseJob) { _, context in try await answer(state.store.pause(context.id("jobs"))) }
        router.on(.resumeJob) { _, context in try await answer(state.store.resume(context.id("jobs"))) }
        router.on(.retryJob) { _, context in
            let (job, joined) = try await state.store.retry(context.id("jobs"))
            return try .json(JobSummary(job, now: state.now()), status: joined ? .ok : .accepted)
        }
    }

    /// 202 where the job has still to obey.
    private func answer(_ job: Job) throws -> Response {
        try .json(JobSummary(job, now: state.now()), status: job.state == .running ? .accepted : .ok)
    }
}
