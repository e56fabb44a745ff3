// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Version: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Show the versions of stumpctl and of the daemon.")

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let daemon = try await session.client.get(VersionReport.self, ControlRequest(.version))
        try session.show(["stumpctl": Release.version, "stumpd": daemon.version]) { _ in
            ["stumpctl \(Release.version)", "stumpd \(daemon.version)"]
        }
    }
}
