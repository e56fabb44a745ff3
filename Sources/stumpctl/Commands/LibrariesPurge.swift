// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct LibrariesPurge: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Forget a library that was taken out of the configuration, with all that is known of its books.",
        discussion: "No file of it is touched. A library that is in the configuration is refused."
    )

    /// The longest that it may take; a hundred thousand books are forgotten in a minute.
    private static let patience: Duration = .seconds(3600)

    @Argument(help: "The library's name.", completion: LiveCompletion.retiredLibrary)
    var name: String

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let purged = try await session.client.get(
            PurgedLibrary.self,
            ControlRequest(.purgeLibrary, name),
            timeout: session.limit ?? LibrariesPurge.patience
        )
        try session.show(purged) { _ in
            let books = Quantity.count(purged.books, "book", "books")
            let series = Quantity.count(purged.series)
            return ["\(ShownText.escaped(purged.library)) forgotten, with \(books) and \(series) series"]
        }
    }
}
