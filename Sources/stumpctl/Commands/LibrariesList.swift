// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct LibrariesList: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the libraries.",
        discussion: "Those that were taken out of the configuration are listed by `--state retired` alone."
    )

    @Option(
        help: "Only libraries in this state: online, suspect, offline, paused or retired.",
        completion: LiveCompletion.libraryState
    )
    var state: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let table = Table(LibraryTable.titles + ["ROOT"])
        let request = ControlRequest(.libraries, query: ["state": state])
        try await session.list(LibrarySummary.self, request, table) { library in
            LibraryTable.cells(library) + [library.root]
        }
        if session.json || state != nil { return }
        let retired = ControlRequest(.libraries, query: ["state": "retired"])
        let names = try await session.client.all(LibrarySummary.self, retired)
            .filter { $0.counts.books + $0.counts.missing + $0.counts.ignored > 0 }
            .map { ShownText.escaped($0.name) }
        if let hint = LibrariesList.hint(retired: names) { session.terminal.say(hint) }
    }

    /// What to do about libraries that are not in the configuration any more; `nil` where there are none.
    static func hint(retired names: [String]) -> String? {
        guard let first = names.first else { return nil }
        let count = Quantity.count(names.count, "retired library", "retired libraries")
        return "\(count) with books: \(names.joined(separator: ", ")); `stumpctl libraries purge \(first)` forgets it"
    }
}
