// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct ConfigShow: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the configuration in force, with all defaults, as it could be written into the file.",
        discussion: "What is in the file by now may be another one: `stumpctl reload` takes it in."
    )

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let summary = try await session.client.get(ConfigurationSummary.self, ControlRequest(.config))
        try session.show(summary) { _ in ConfigurationText.lines(summary) }
    }
}
