// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Follow: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how far the jobs are that run, and how they end, until Ctrl-C.",
        discussion: """
            Ctrl-C ends the looking, never the jobs. A daemon that is restarted is waited for. For scripts there is \
            `stumpctl events --type job`.
            """
    )

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard !options.json else { throw ValidationError("follow has no JSON: use `stumpctl events --type job`") }
    }

    func run(_ session: Session) async throws {
        var follower = JobFollower(session, .everything)
        try await follower.run()
    }
}
