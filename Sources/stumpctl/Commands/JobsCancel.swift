// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsCancel: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Stop a job; what it has found so far is kept."
    )

    @Argument(help: "The job's number.", completion: LiveCompletion.job)
    var id: Int64

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let job = try await session.client.get(JobSummary.self, ControlRequest(.cancelJob, id))
        try session.show(job) { [JobText.standing(job, $0)] }
    }
}
