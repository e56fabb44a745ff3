// SPDX-License-Identifier: MIT
import ControlAPI

/// What a daemon has acknowledged, and so has to keep whatever ends it.
///
/// Where it ended before it answered, it may have obeyed or not, and either is right.
struct Promises {
    /// What was asked of a job last.
    enum Order: Equatable {
        case run
        case cancel
        case pause
    }

    /// Something that one request asks for.
    enum Wish {
        /// A new job, or to join one that waits.
        case job
        case order(Order, of: Int64)
        case queuePaused(Bool)
        case libraryPaused(Bool)
    }

    private var jobs: [Int64: Order] = [:]
    private var doubtful: Set<Int64> = []
    private var queueIsPaused: Bool? = false
    private var libraryIsPaused: Bool? = false

    /// How many requests were acknowledged.
    private(set) var count = 0

    /// Asks a daemon, and notes what it promises; a refusal promises nothing.
    ///
    /// - Throws: a ``ControlFault`` where it gives no answer.
    mutating func ask(_ client: ControlClient, _ request: ControlRequest, for wish: Wish) async throws -> Verdict {
        let response: ControlResponse
        do {
            response = try await client.send(request)
        } catch {
            doubt(wish)
            throw error
        }
        var verdict = Verdict()
        verdict.expect(response.status < 500, "\(request.path) is answered with \(response.status)")
        guard 200..<300 ~= response.status else { return verdict }
        count += 1
        switch wish {
        case .job:
            let job = try response.object(JobSummary.self, from: request).id
            // One that it joined is to run only if nobody had it wait.
            if jobs[job] == nil { jobs[job] = .run }
        case .order(let order, let job):
            jobs[job] = order
            doubtful.remove(job)
        case .queuePaused(let isPaused): queueIsPaused = isPaused
        case .libraryPaused(let isPaused): libraryIsPaused = isPaused
        }
        return verdict
    }

    private mutating func doubt(_ wish: Wish) {
        switch wish {
        case .job: break
        case .order(_, let job): doubtful.insert(job)
        case .queuePaused: queueIsPaused = nil
        case .libraryPaused: libraryIsPaused = nil
        }
    }

    // MARK: Judging

    /// Looks whether a daemon that has just started has forgotten anything.
    func judge(_ status: DaemonStatus, _ found: [JobSummary]) -> Verdict {
        var verdict = Verdict()
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        for (id, order) in jobs.sorted(by: { $0.key < $1.key }) {
            guard let job = byID[id] else {
                verdict.complain("job \(id) was acknowledged and is gone")
                continue
            }
            if doubtful.contains(id) || job.isFinished { continue }
            switch order {
            case .run: verdict.expect(job.state != "paused", "job \(id) is paused, and nobody wants that any more")
            case .cancel: verdict.complain("job \(id) was cancelled and is \(job.state)")
            case .pause: verdict.expect(job.state == "paused", "job \(id) was paused and is \(job.state)")
            }
        }
        if let queueIsPaused {
            verdict.expect(
                (status.queue.state == "paused") == queueIsPaused,
                "the queue was \(queueIsPaused ? "paused" : "resumed") and is \(status.queue.state)"
            )
        }
        if let libraryIsPaused, let library = status.libraries.first {
            verdict.expect(
                (library.state == "paused") == libraryIsPaused,
                "the library was \(libraryIsPaused ? "paused" : "resumed") and is \(library.state)"
            )
        }
        let running = found.filter { $0.state == "running" && !$0.options.dryRun }.map {
            "\($0.library ?? ""), \(lane($0))"
        }
        verdict.expect(Set(running).count == running.count, "two jobs of one sort run at once: \(running)")
        return verdict
    }

    /// Looks whether everything that was acknowledged has come to its end.
    func judgeEnd(_ found: [JobSummary]) -> Verdict {
        var verdict = Verdict()
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        verdict.expectNone(jobs.keys.filter { byID[$0] == nil }.map { "\($0)" }, "acknowledged jobs that are gone")
        verdict.expectNone(found.filter { !$0.isFinished }.map { "\($0.id) is \($0.state)" }, "jobs without an end")
        for job in found where job.state == "failed" {
            // To be given up after three kills in a row before it got anywhere is right.
            verdict.expect(
                job.error?.code == "crash_loop",
                "job \(job.id) failed: \(job.error?.code ?? ""): \(job.error?.detail ?? "")"
            )
        }
        for job in found where job.state == "cancelled" && jobs[job.id] != .cancel && !doubtful.contains(job.id) {
            verdict.complain("job \(job.id) is cancelled, and nobody wanted that")
        }
        return verdict
    }

    private func lane(_ job: JobSummary) -> String { job.kind.hasSuffix("_scan") ? "scan" : job.kind }
}
