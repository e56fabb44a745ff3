// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Status: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show on one screen whether it is well, what it does, and what needs you."
    )

    @Flag(help: "Stay, and show it anew every second, until Ctrl-C.")
    var watch = false

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        if watch {
            var watching = StatusWatch(session)
            return try await watching.run()
        }
        let status = try await session.client.get(DaemonStatus.self, ControlRequest(.status))
        let width = session.terminal.columns(.data)
        try session.show(status) { StatusScreen(status: status, paint: $0, width: width).lines }
    }
}
