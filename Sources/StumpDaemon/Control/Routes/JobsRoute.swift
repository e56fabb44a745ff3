// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryScan
import LibraryStore

/// The jobs, newest first, and each by its id; `wait` holds the answer back until the job has ended.
struct JobsRoute {
    /// The longest that a request may wait, in seconds.
    private static let longestWait: Int64 = 300

    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.jobs) { request, _ in
            let query = try RequestQuery(request, knows: ["state", "kind", "library", "limit", "after"])
            let limit = try query.limit
            let filter = LibraryStore.JobFilter(
                state: try query.word("state"),
                kind: try query.word("kind"),
                library: try query.library(),
                before: try query.integer("after"),
                limit: limit
            )
            let jobs = try await state.store.jobs(filter)
            return try .json(Page(items: jobs.map(summary), next: jobs.count == limit ? jobs.last?.id : nil))
        }
        router.on(.job) { request, context in
            let query = try RequestQuery(request, knows: ["wait"])
            let id = try context.id("jobs")
            let wait = min(try query.integer("wait") ?? 0, JobsRoute.longestWait)
            let job = try await job(id, within: .seconds(wait))
            return try .json(summary(job, highlights: try await highlights(of: job)))
        }
    }

    private func summary(_ job: Job) -> JobSummary { summary(job, highlights: nil) }

    private func summary(_ job: Job, highlights: JobHighlights?) -> JobSummary {
        let progress = state.running[job.id]?.progress(at: .now)
        return JobSummary(job, progress: progress, highlights: highlights, now: state.now())
    }

    /// `nil` where there is nothing to tell.
    private func highlights(of job: Job) async throws -> JobHighlights? {
        guard job.kind.isScan else { return nil }
        let changes = try await state.store.changes(of: job.id, limit: JobHighlights.limit)
        let highlights = JobHighlights(
            added: changes[.bookAdded] ?? [],
            updated: changes[.bookUpdated] ?? [],
            moved: changes[.bookMoved] ?? [],
            missing: changes[.bookMissing] ?? [],
            restored: changes[.bookRestored] ?? [],
            failed: changes[.problemOpened] ?? []
        )
        return highlights.isEmpty ? nil : highlights
    }

    private func job(_ id: Int64, within limit: Duration) async throws -> Job {
        // Listening begins before the look, so that an end in between is not missed.
        let feed = state.store.events.listen()
        let job = try await state.store.job(id)
        if job.state.isTerminal || limit == .zero { return job }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await case .event(let event) in feed where event.job == id {
                    if EventType.endsOfJobs.contains(event.type) { return }
                }
            }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        return try await state.store.job(id)
    }
}
