// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Flush: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Wait until all that is on disk and ready is in the index; list what is not ready, and why.",
        discussion: "Waits for 60 seconds unless --timeout says otherwise."
    )

    /// What the daemon gets on top of its time to say that it was not enough.
    private static let grace = Duration.seconds(10)

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let limit = session.limit ?? .seconds(60)
        let request = try ControlRequest(.flush, body: FlushRequest(timeoutSeconds: limit / .seconds(1)))
        let report = try await session.client.get(FlushReport.self, request, timeout: limit + Flush.grace)
        try session.show(report) { _ in
            guard !report.pending.isEmpty else { return [] }
            var table = Table("LIBRARY", "PENDING", "WHY")
            for file in report.pending { table.add([file.library, file.path, file.reason]) }
            return table.lines(width: session.terminal.columns(.data))
        }
        guard report.settled else {
            throw CommandFault(
                code: "timed_out",
                summary: "stopped waiting: the index was not up to date after \(Quantity.seconds(limit / .seconds(1)))",
                remedy: "`stumpctl status` shows what is being done; a longer --timeout waits longer",
                status: .timedOut
            )
        }
        if report.pending.isEmpty { session.terminal.say("the index is up to date") }
    }
}
