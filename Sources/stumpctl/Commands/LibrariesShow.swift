// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct LibrariesShow: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one library.")

    @Argument(help: "The library's name.", completion: LiveCompletion.library)
    var name: String

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let library = try await session.client.get(LibrarySummary.self, ControlRequest(.library, name))
        let width = session.terminal.columns(.data)
        try session.show(library) { LibrariesShow.lines(library, $0, width: width) }
    }

    static func lines(_ library: LibrarySummary, _ paint: Paint, width: Int?) -> [String] {
        var sheet = FactSheet()
        sheet.add("root", library.root.isEmpty ? nil : library.root)
        sheet.add("pattern", library.pattern)
        sheet.add("state", library.detail)
        sheet.add("watched", library.state == "retired" ? nil : watched(library.watch))
        sheet.add("pending", library.watch.pending == 0 ? nil : changes(library.watch.pending))
        sheet.add("index", contents(library.counts))
        sheet.add("last scan", library.lastScan.map { "\(LocalTime.text($0.finishedAt)), \($0.state), job \($0.job)" })
        sheet.add("next scan", library.nextScanAt.map(LocalTime.text))
        sheet.add("losses held", library.heldLosses == 0 ? nil : library.heldLosses)
        let title = paint.strong(ShownText.escaped(library.name))
        let hints = hints(library).map { "hint: \($0)" }
        return ["\(title): \(paint.state(library.state))"]
            + (sheet.lines(width: width.map { $0 - 2 }) + hints).map { "  " + $0 }
    }

    private static func watched(_ watch: LibraryWatchSummary) -> String {
        var text = "\(watch.mode): \(Quantity.count(watch.directories, "directory", "directories")) by events"
        if watch.polled > 0 { text += ", \(Quantity.count(watch.polled)) by polling" }
        return text + (watch.reason.map { "; \($0)" } ?? "")
    }

    private static func changes(_ count: Int) -> String {
        Quantity.count(count, "directory", "directories") + " with changes that have not settled"
    }

    private static func contents(_ counts: LibraryCounts) -> String {
        let others = [
            (counts.missing, "missing"), (counts.ignored, "ignored"), (counts.pending, "still being written"),
            (counts.problems, "with problems"),
        ]
        let main = [
            Quantity.count(counts.books, "book", "books"), "\(Quantity.count(counts.series)) series",
            Quantity.bytes(counts.sizeBytes),
        ]
        return (main + others.filter { $0.0 > 0 }.map { "\(Quantity.count($0.0)) \($0.1)" }).joined(separator: ", ")
    }

    private static func hints(_ library: LibrarySummary) -> [String] {
        var hints: [String] = []
        if library.state == "retired" {
            return [
                "written into the configuration again under this name, it is whole again",
                "`stumpctl libraries purge \(library.name)` forgets it; no file is touched",
            ]
        }
        if library.state == "paused" { hints.append("`stumpctl libraries resume \(library.name)` ends the pause") }
        if library.heldLosses > 0 {
            hints.append("`stumpctl missing accept --library \(library.name)` confirms that it is gone")
        }
        if library.counts.problems > 0 {
            hints.append("`stumpctl problems --library \(library.name)` lists what is wrong")
        }
        return hints
    }
}
