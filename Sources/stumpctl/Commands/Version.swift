// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Version: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Show the versions of stumpctl and of the daemon.")

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let daemon: VersionReport
        do {
            daemon = try await session.client.get(VersionReport.self, ControlRequest(.version))
        } catch {
            // One's own version needs nobody else.
            if !session.json { try session.terminal.write(lines: ["stumpctl \(Release.version)"]) }
            throw error
        }
        try session.show(["stumpctl": Release.version, "stumpd": daemon.version]) { _ in
            ["stumpctl \(Release.version)", "stumpd \(daemon.version)"]
        }
        if daemon.version != Release.version {
            session.terminal.say("they are of different releases: install both of the same one")
        }
    }
}
