// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Reload: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the daemon take in its configuration anew, without a restart.",
        discussion: """
            Applies all of it: libraries that came, went or changed, schedules, the log level. What has not changed goes \
            on undisturbed. A file that is refused changes nothing, and the command ends with 78.
            """
    )

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        // A job that is to stop for it may be at a book that takes its time.
        let limit = session.limit ?? .seconds(90)
        let report = try await session.client.get(ReloadReport.self, ControlRequest(.reload), timeout: limit)
        try session.show(report) { _ in Reload.lines(report) }
    }

    static func lines(_ report: ReloadReport) -> [String] {
        let changed = report.changed.map { "\($0.name): \($0.keys.joined(separator: ", ")) changed" }
        let lines =
            report.added.map { "\($0): added" }
            + report.removed.map { "\($0): retired; `stumpctl libraries purge \($0)` forgets it" }
            + changed + report.keys.map { "\($0) changed" }
        return lines.isEmpty ? ["nothing has changed"] : lines
    }
}
