// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct OriginalsRemove: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove the originals of converted books now; their conversion cannot be undone any more.",
        discussion: "Only the file that was converted is removed: one that was changed since is left alone."
    )

    @Option(help: "Only originals of this library.", completion: LiveCompletion.library)
    var library: String?

    @Option(help: "Only of books that were converted at least so long ago, such as 12h, 30d or 8w.")
    var olderThan: Age?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let wish = RemoveOriginalsRequest(
            library: library,
            olderThanSeconds: olderThan.map { $0.duration / .seconds(1) }
        )
        let request = try ControlRequest(.removeOriginals, body: wish)
        var jobs = try await session.client.get(Page<JobSummary>.self, request).items
        if jobs.isEmpty, !session.json { session.terminal.say("no originals are there") }
        let failures = await JobOrder.wait(for: &jobs, session)
        if session.json { try session.show(jobs) { _ in [] } }
        try JobOrder.tell(failures, session)
    }
}
