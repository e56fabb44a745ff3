// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct MissingList: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List books that are missing, and series of which no book is left.",
        discussion: "With --json, the books alone; `stumpctl series --state missing --json` has the series."
    )

    @Option(help: "Only books of this library.", completion: LiveCompletion.library)
    var library: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let query = ["library": library, "state": "missing"]
        try await session.list(
            BookSummary.self,
            ControlRequest(.books, query: query),
            Table(">ID", "LIBRARY", "SERIES", "NAME", "MISSING SINCE", "PATH"),
            row: MissingList.cells
        )
        if session.json { return }
        let series = try await session.client.all(SeriesSummary.self, ControlRequest(.series, query: query))
        if series.isEmpty { return }
        var table = Table(">ID", "LIBRARY", "SERIES WITHOUT A BOOK", ">MISSING", "MISSING SINCE", "PATH")
        for series in series {
            table.add([
                String(series.id), series.library, series.name, Quantity.count(series.missing),
                series.missingSince.map { LocalTime.text($0) }, series.path,
            ])
        }
        try session.terminal.write(lines: [""])
        try session.print(table)
    }

    /// A row of a table of missing books.
    static func cells(_ book: BookSummary) -> [String?] {
        [
            String(book.id), book.library, book.series, book.name, book.missingSince.map { LocalTime.text($0) },
            book.path,
        ]
    }
}
