// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsShow: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Tell of one job: why it ran, what came of it, and what to type next."
    )

    @Argument(help: "The job's number.", completion: LiveCompletion.job)
    var id: Int64

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let job = try await session.client.get(JobSummary.self, ControlRequest(.job, id))
        guard !session.json else { return try session.show(job) { _ in [] } }
        let log = try await session.client.all(JobLogLine.self, ControlRequest(.jobLog, id))
        let width = session.terminal.columns(.data)
        try session.show(job) { paint in
            JobStory(job: job, warnings: log.filter { $0.level == "warning" }, paint: paint, width: width).lines
        }
    }
}
