// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Search: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find books and series by words.",
        discussion: """
            Every word has to be in a title, the name of a file or a series, among the people or the tags. Case and accents \
            do not matter. Where a word is not found as it is, words that begin so are, and then words with a typo or two.
            """
    )

    @Argument(help: "The words.")
    var words: [String]

    @Option(help: "Only in this library.")
    var library: String?

    @Option(help: "The most to show.")
    var limit: Int?

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard words.contains(where: { !$0.isEmpty }) else { throw ValidationError("There is no word to look for.") }
        guard limit ?? 1 >= 1 else { throw ValidationError("--limit has to be 1 or more.") }
    }

    func run(_ session: Session) async throws {
        let most = limit ?? (session.json ? .max : Search.shown)
        let request = ControlRequest(
            .search,
            query: ["q": words.joined(separator: " "), "library": library, "limit": String(min(most, 500))]
        )
        var count = 0
        var similar = false
        try await session.list(
            SearchHit.self,
            request,
            limit: most,
            Table("FOUND", ">ID", "LIBRARY", "TITLE", "SERIES", "STATE", "PATH")
        ) { hit in
            count += 1
            similar = similar || hit.match == "similar"
            return Search.row(hit)
        }
        if similar { session.terminal.say("nothing has these words; this is what is near them") }
        if count == most, limit == nil { session.terminal.say("there may be more: --limit \(most * 10) shows it") }
    }

    /// As many as a person reads.
    private static let shown = 50

    static func row(_ hit: SearchHit) -> [String?] {
        if let series = hit.series {
            let title = series.metadata?.title ?? series.name
            return ["series", String(series.id), series.library, title, nil, series.state, series.path]
        }
        guard let book = hit.book else { return [hit.kind] + Array(repeating: nil, count: 6) }
        let title = book.metadata?.title ?? book.name
        return ["book", String(book.id), book.library, title, book.series, book.state, book.path]
    }
}
