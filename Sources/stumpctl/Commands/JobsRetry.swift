// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsRetry: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract:
            "Do a job again that failed or was cancelled, as a new job; one that waits after an error is tried at once."
    )

    @Argument(help: "The number of the job that ended.", completion: LiveCompletion.job)
    var id: Int64

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let order = JobOrder(session: session, waits: waiting.isWanted, isSingle: true)
        try await order.run([ControlRequest(.retryJob, id)])
    }
}
