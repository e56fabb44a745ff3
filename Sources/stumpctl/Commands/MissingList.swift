// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct MissingList: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List books that are missing.")

    @Option(help: "Only books of this library.")
    var library: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        try await session.list(
            BookSummary.self,
            ControlRequest(.books, query: ["library": library, "state": "missing"]),
            Table(">ID", "LIBRARY", "SERIES", "NAME", "MISSING SINCE", "PATH")
        ) { book in
            [
                String(book.id),
                book.library,
                book.series,
                book.name,
                book.missingSince.map { LocalTime.text($0) },
                book.path,
            ]
        }
    }
}
