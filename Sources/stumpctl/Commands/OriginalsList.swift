// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct OriginalsList: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the originals of converted books that are still there.",
        discussion: "`stumpctl convert --undo BOOK` brings one back."
    )

    @Option(help: "Only originals of this library.", completion: LiveCompletion.library)
    var library: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        try await session.list(
            OriginalSummary.self,
            ControlRequest(.originals, query: ["library": library]),
            Table(">BOOK", "LIBRARY", "STATE", ">SIZE", "CONVERTED", "REMOVED AFTER", "PLACE")
        ) { original in
            [
                original.bookID.map { String($0) },
                original.library,
                original.state,
                Quantity.bytes(original.sizeBytes),
                LocalTime.text(original.convertedAt),
                original.removeAfter.map { LocalTime.text($0) },
                original.place,
            ]
        }
    }
}
