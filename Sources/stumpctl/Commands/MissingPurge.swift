// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct MissingPurge: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Forget books that are missing for long: with them goes all that is known of them.",
        discussion: """
            A book that is forgotten is a new book when it comes back. Nothing is forgotten of a library that is not \
            online, that holds losses, or that is being scanned; no file is touched.
            """
    )

    /// The longest that it may take; a hundred thousand books are forgotten in a minute.
    private static let patience: Duration = .seconds(3600)

    @Option(help: "Only books of this library.", completion: LiveCompletion.library)
    var library: String?

    @Option(help: "How long they are missing at least, such as 12h, 30d or 8w.")
    var olderThan = Age(.seconds(PurgeMissingRequest.usualAge))

    @Flag(help: "Only tell what would be forgotten.")
    var dryRun = false

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let wish = PurgeMissingRequest(
            library: library,
            olderThanSeconds: olderThan.duration / .seconds(1),
            dryRun: dryRun
        )
        let request = try ControlRequest(.purgeMissing, body: wish)
        let report = try await session.client.get(
            PurgeMissingReport.self,
            request,
            timeout: session.limit ?? MissingPurge.patience
        )
        if session.json { return try session.show(report) { _ in [] } }
        for library in report.libraries {
            if let detail = library.detail { session.terminal.say("\(library.library) was left out: \(detail)") }
        }
        if !report.items.isEmpty {
            var table = Table(">ID", "LIBRARY", "SERIES", "NAME", "MISSING SINCE", "PATH")
            for book in report.items { table.add(MissingList.cells(book)) }
            try session.print(table)
        }
        try session.terminal.write(lines: [MissingPurge.summary(report)])
    }

    static func summary(_ report: PurgeMissingReport) -> String {
        let books = report.libraries.reduce(0) { $0 + $1.books }
        let series = report.libraries.reduce(0) { $0 + $1.series }
        if books + series == 0 { return "nothing is missing for long enough to be forgotten" }
        let count = "\(Quantity.count(books, "book", "books")) and \(Quantity.count(series)) series"
        let more = books - report.items.count
        let rest = more > 0 ? ", \(Quantity.count(more)) of the books not shown" : ""
        return count + (report.dryRun ? " would be forgotten" : " forgotten") + rest
    }
}
