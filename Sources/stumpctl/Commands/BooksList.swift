// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct BooksList: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List books.")

    @Option(help: "Only books of this library.", completion: LiveCompletion.library)
    var library: String?

    @Option(help: "Only books of the series with this number.")
    var series: Int64?

    @Option(
        help: "Only books in this state: ready, missing, error, unsupported or ignored.",
        completion: LiveCompletion.bookState
    )
    var state: String?

    @Option(help: "Only books of this format, such as cbz or epub.", completion: LiveCompletion.bookFormat)
    var format: String?

    @Option(
        help: "Only what lies here or below; absolute, or from a library's root as the list shows it.",
        completion: .file()
    )
    var path: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        var query = [
            "library": library, "series": series.map { String($0) }, "state": state, "format": format, "path": path,
        ]
        if let path, path.hasPrefix("/") {
            let known = try await session.client.all(LibrarySummary.self, ControlRequest(.libraries))
            let place = try LibraryPath.locate(path, from: "/", in: known.filter { $0.name == library ?? $0.name })
            query["library"] = place.library
            query["path"] = place.relative.isEmpty ? nil : place.relative
        }
        try await session.list(
            BookSummary.self,
            ControlRequest(.books, query: query),
            Table(">ID", "LIBRARY", "SERIES", "NAME", ">PAGES", "FORMAT", ">SIZE", "STATE", "PATH")
        ) { book in
            [
                String(book.id),
                book.library,
                book.series,
                book.name,
                book.pages.map { String($0) },
                book.format,
                Quantity.bytes(book.sizeBytes),
                book.state,
                book.path,
            ]
        }
    }
}
