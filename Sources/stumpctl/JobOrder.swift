// SPDX-License-Identifier: MIT
import ControlAPI

/// Asks for jobs, one a request, and waits for them where that is wanted.
///
/// One that is refused or fails does not keep the others from being asked for and waited for; the last failure is
/// thrown, those before it are told.
struct JobOrder {
    let session: Session
    let waits: Bool

    /// Whether the JSON is one object, where one thing was named, or an array.
    let isSingle: Bool

    /// Asks and waits; `body` prints what more there is to say of each job, once it has completed.
    func run(
        _ requests: [ControlRequest],
        _ body: (JobSummary) async throws -> Void = { _ in }
    ) async throws {
        var jobs: [JobSummary] = []
        var failures: [any Error] = []
        for request in requests {
            do {
                jobs.append(try await session.client.get(JobSummary.self, request))
            } catch {
                failures.append(error)
            }
        }
        if waits {
            failures += await JobOrder.wait(for: &jobs, session)
            if !session.json { for job in jobs where job.state == "completed" { try await body(job) } }
        } else if !session.json {
            let paint = session.terminal.paint(.data)
            try session.terminal.write(lines: jobs.map { JobText.standing($0, paint) })
        }
        if session.json { try print(jobs) }
        try JobOrder.tell(failures, session)
    }

    /// Waits for jobs and the thumbnails they cause; returns what went wrong, and leaves `jobs` as they are then.
    static func wait(for jobs: inout [JobSummary], _ session: Session) async -> [any Error] {
        guard !jobs.isEmpty else { return [] }
        var failures: [any Error] = []
        var follower = JobFollower(session, .jobs(Set(jobs.map(\.id))))
        do {
            try await follower.run()
        } catch {
            failures.append(error)
        }
        let ended = follower.ended
        jobs = jobs.map { job in ended.last { $0.id == job.id } ?? job }
        let inOrder = ended.sorted { $0.id < $1.id }
        return inOrder.compactMap { CommandFault(unlessDone: $0) } + failures
    }

    /// Tells of all but the last failure, which is thrown.
    static func tell(_ failures: [any Error], _ session: Session) throws {
        for failure in failures.dropLast() { session.report(failure) }
        if let failure = failures.last { throw failure }
    }

    private func print(_ jobs: [JobSummary]) throws {
        if !isSingle {
            try session.show(jobs) { _ in [] }
        } else if let job = jobs.first {
            try session.show(job) { _ in [] }
        }
    }
}

extension CommandFault {
    /// What is to be said of a finished job that did not complete; `nil` for one that did.
    init?(unlessDone job: JobSummary) {
        guard job.state != "completed" else { return nil }
        self.init(
            code: job.error?.code ?? "job_\(job.state)",
            summary: JobText.outcome(job),
            remedy:
                "`stumpctl jobs show \(job.id)` tells what happened; `stumpctl jobs retry \(job.id)` tries it again",
            status: job.state == "cancelled" ? .jobCancelled : .jobFailed
        )
    }
}
