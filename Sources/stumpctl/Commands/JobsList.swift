// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsList: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List jobs, newest first.")

    @Option(
        help: "Only jobs in this state: queued, running, paused, completed, cancelled or failed.",
        completion: LiveCompletion.jobState
    )
    var state: String?

    @Option(
        help: """
            Only jobs of this kind: library_scan, series_scan, thumbnail_generation, analyze_media, conversion, \
            backup or maintenance.
            """,
        completion: LiveCompletion.jobKind
    )
    var kind: String?

    @Option(help: "Only jobs of this library.", completion: LiveCompletion.library)
    var library: String?

    @Option(help: "Only so many.")
    var limit: Int?

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard limit ?? 1 > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run(_ session: Session) async throws {
        let query = ["state": state, "kind": kind, "library": library, "limit": limit.map { String(min($0, 500)) }]
        let table = Table(">ID", "KIND", "LIBRARY", "STATE", "TRIGGER", "CREATED", ">TIME", "RESULT")
        try await session.list(
            JobSummary.self,
            ControlRequest(.jobs, query: query),
            limit: limit ?? .max,
            table
        ) { job in
            [
                String(job.id),
                JobText.kind(job.kind),
                job.library,
                job.state,
                job.trigger,
                LocalTime.text(job.createdAt),
                job.elapsedSeconds.map(Quantity.seconds),
                JobsList.result(job),
            ]
        }
    }

    /// What came of a job, or why nothing does yet.
    static func result(_ job: JobSummary) -> String? {
        guard job.isFinished else { return job.reason }
        return job.error?.detail ?? JobText.result(job)
    }
}
