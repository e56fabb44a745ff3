// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsResume: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused job go on."
    )

    @Argument(help: "The job's number.", completion: LiveCompletion.job)
    var id: Int64

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let job = try await session.client.get(JobSummary.self, ControlRequest(.resumeJob, id))
        try session.show(job) { [JobText.standing(job, $0)] }
    }
}
