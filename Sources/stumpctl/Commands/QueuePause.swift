// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct QueuePause: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let no job begin, and pause those that run; they go on where they were.",
        discussion: "Lasts until `stumpctl queue resume`, also over a restart. Changes are still noticed and queued."
    )

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let queue = try await session.client.get(QueueSummary.self, ControlRequest(.pauseQueue))
        try session.show(queue) { QueueText.lines(queue, $0) }
    }
}
