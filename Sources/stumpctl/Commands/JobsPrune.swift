// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsPrune: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Forget finished jobs and their logs that are old enough.",
        discussion: "The index is not touched. The last jobs of each library are kept however old they are."
    )

    @Option(help: "The age, such as 12h, 30d or 8w; without it, the configuration's `history`.")
    var olderThan: Age?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let wish = PruneRequest(olderThanSeconds: olderThan.map { $0.duration / .seconds(1) })
        let report = try await session.client.get(PruneReport.self, try ControlRequest(.pruneJobs, body: wish))
        try session.show(report) { _ in
            [
                report.deleted == 0
                    ? "no job was old enough" : Quantity.count(report.deleted, "job", "jobs") + " forgotten"
            ]
        }
    }
}
