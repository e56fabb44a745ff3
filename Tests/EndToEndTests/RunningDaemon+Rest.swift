// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

extension RunningDaemon {
    /// The longest that a daemon may take until nothing is left to do.
    private static let patience: Duration = .seconds(120)

    /// Has everything go on that somebody paused, and waits until nothing is left to do; says what is, where it takes
    /// too long.
    func rest() async throws -> Verdict {
        _ = try await client.send(ControlRequest(.resumeQueue))
        for library in try await status().libraries {
            _ = try await client.send(ControlRequest(.resumeLibrary, library.name))
        }
        let end = ContinuousClock.now + RunningDaemon.patience
        while true {
            for job in try await jobs() where job.state == "paused" {
                _ = try await client.send(ControlRequest(.resumeJob, job.id))
            }
            let flush = try ControlRequest(.flush, body: FlushRequest())
            let report = try await client.get(FlushReport.self, flush, timeout: RunningDaemon.patience)
            for job in try await jobs() where !job.isFinished {
                let ended = ControlRequest(.job, job.id, query: ["wait": "60"])
                _ = try await client.get(JobSummary.self, ended, timeout: RunningDaemon.patience)
            }
            let open = try await jobs().filter { !$0.isFinished }
            if report.settled, report.pending.isEmpty, open.isEmpty { return Verdict() }
            guard ContinuousClock.now < end else {
                var verdict = Verdict()
                verdict.expectNone(open.map { "\($0.kind) \($0.id) is \($0.state)" }, "jobs that do not end")
                verdict.expectNone(report.pending.map { "\($0.path): \($0.reason)" }, "files that do not settle")
                verdict.complain("it does not come to rest")
                return verdict
            }
        }
    }

    func jobs() async throws -> [JobSummary] {
        try await client.all(JobSummary.self, ControlRequest(.jobs))
    }

    func problems() async throws -> [ProblemSummary] {
        try await client.all(ProblemSummary.self, ControlRequest(.problems))
    }

    /// All events that are kept, as a client reads them that was away for a long time.
    func keptEvents() async throws -> [EventRecord] {
        var events: [EventRecord] = []
        let last = try await Remains(home: home).sql("SELECT max(id) FROM event").first.flatMap { Int64($0) } ?? 0
        try await client.eachLine(of: ControlRequest(.events, query: ["since": "0"])) { line in
            let event = try ControlJSON.decode(EventRecord.self, from: line.utf8)
            if event.id != nil { events.append(event) }
            return event.id ?? 0 < last
        }
        return events.filter { $0.id ?? 0 <= last }
    }
}
