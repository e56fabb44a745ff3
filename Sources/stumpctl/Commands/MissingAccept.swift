// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct MissingAccept: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Confirm losses that are held: what is gone is marked missing.",
        discussion: "So much was gone at once that stumpd did not believe it. What is there after all stays."
    )

    @Option(help: "Only losses of this library.", completion: LiveCompletion.library)
    var library: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let request = try ControlRequest(.acceptMissing, body: AcceptMissingRequest(library: library))
        var jobs = try await session.client.get(Page<JobSummary>.self, request).items
        if jobs.isEmpty, !session.json { session.terminal.say("no losses are held") }
        let failures = await JobOrder.wait(for: &jobs, session)
        if session.json { try session.show(jobs) { _ in [] } }
        try JobOrder.tell(failures, session)
    }
}
