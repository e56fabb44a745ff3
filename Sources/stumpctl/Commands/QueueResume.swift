// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct QueueResume: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Let jobs run again.")

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let queue = try await session.client.get(QueueSummary.self, ControlRequest(.resumeQueue))
        try session.show(queue) { QueueText.lines(queue, $0) }
    }
}
