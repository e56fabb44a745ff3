// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsPause: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pause a job; it goes on where it was when it is resumed."
    )

    @Argument(help: "The job's number.", completion: LiveCompletion.job)
    var id: Int64

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let job = try await session.client.get(JobSummary.self, ControlRequest(.pauseJob, id))
        try session.show(job) { [JobText.standing(job, $0)] }
    }
}
