// SPDX-License-Identifier: MIT
import ControlAPI

/// Waits for jobs and shows how far they are, on the terminal as a bar, elsewhere in a line every ten seconds.
struct JobWatch {
    private let session: Session
    private let deadline: ContinuousClock.Instant?

    /// How long the daemon may hold back an answer while the job still runs; this paces what is shown.
    private let pace: Duration
    private let isLive: Bool

    init(_ session: Session) {
        self.session = session
        deadline = session.limit.map { .now + $0 }
        isLive = session.terminal.isTerminal(.messages)
        pace = isLive ? .seconds(1) : .seconds(10)
    }

    /// Waits for a scan and returns the thumbnail job that it caused, done as well.
    func untilFinished(_ job: inout JobSummary) async throws -> JobSummary? {
        job = try await untilFinished(job.id)
        guard let followUp = job.followUp else { return nil }
        return try await untilFinished(followUp)
    }

    private func untilFinished(_ id: Int64) async throws -> JobSummary {
        let job = try await poll(id)
        if !session.json, job.state == "completed" { try session.terminal.write(lines: [JobText.outcome(job)]) }
        return job
    }

    private func poll(_ id: Int64) async throws -> JobSummary {
        // Whatever is printed next, a result or an error, takes the place of the bar.
        defer { if isLive { session.terminal.redraw("") } }
        while true {
            let wait = try timeToWait(for: id)
            let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
            let request = ControlRequest(.job, id, query: ["wait": String(seconds)])
            let job = try await session.client.get(
                JobSummary.self,
                request,
                timeout: .seconds(seconds) + session.client.timeout
            )
            guard !job.isFinished else { return job }
            show(job)
        }
    }

    private func timeToWait(for id: Int64) throws(CommandFault) -> Duration {
        guard let deadline else { return pace }
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else {
            throw CommandFault(
                code: "timed_out",
                summary: "stopped waiting for job \(id): it is not done yet and goes on",
                remedy: "`stumpctl jobs show \(id)` shows how far it is",
                status: .timedOut
            )
        }
        return min(pace, left)
    }

    private func show(_ job: JobSummary) {
        if isLive {
            session.terminal.redraw(ProgressLine.text(job, width: session.terminal.columns(.messages)))
        } else {
            session.terminal.say(ProgressLine.text(job, width: nil))
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
            remedy: "`stumpctl jobs log \(job.id)` tells what happened",
            status: job.state == "cancelled" ? .jobCancelled : .jobFailed
        )
    }
}
