// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Health: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the daemon can do its work; ends with 1 if it cannot."
    )

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let request = ControlRequest(.health)
        let response = try await session.client.send(request)
        // An ill daemon answers 503 with the same report, so that `curl --fail` notices as well.
        guard let report = try? ControlJSON.decode(HealthReport.self, from: response.body) else {
            throw response.fault(from: request)
        }
        try session.show(report) { paint in
            [report.healthy ? paint.good("healthy") : paint.bad("ill") + ": " + report.state]
                + WarningText.lines(report.warnings, paint)
        }
        guard report.healthy else {
            throw CommandFault(
                code: "unhealthy",
                summary: "stumpd is not healthy: it is \(report.state)",
                remedy: "`stumpctl status` and `journalctl -u stumpd` tell more",
                status: .failed
            )
        }
    }
}
