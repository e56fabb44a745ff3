// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Glibc

struct Explain: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why a path is in the index, or is not.",
        discussion: "The path need not exist."
    )

    @Argument(help: "A file or directory.", completion: .file())
    var path: String

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let start = ProcessEnvironment.workingDirectory
        var absolute = LibraryPath.normalized(path.hasPrefix("/") ? path : start + "/" + path)
        // The way here may go by a link, and the root may be one.
        let known = try await session.client.all(LibrarySummary.self, ControlRequest(.libraries))
        if let place = try? LibraryPath.locate(path, from: start, in: known) { absolute = place.absolute }
        let request = ControlRequest(.explain, query: ["path": absolute])
        let explanation = try await session.client.get(Explanation.self, request)
        let width = session.terminal.columns(.data)
        try session.show(explanation) { Explain.lines(explanation, $0, width: width) }
    }

    static func lines(_ explanation: Explanation, _ paint: Paint, width: Int? = nil) -> [String] {
        var sheet = FactSheet()
        for rule in explanation.rules { sheet.add(rule.rule, rule.outcome) }
        sheet.add("pending", explanation.pending)
        sheet.add("in the index", explanation.id.map { "\(explanation.state ?? "directory"), number \($0)" })
        for problem in explanation.problems { sheet.add(problem.problemClass, problem.detail) }
        if explanation.problems.isEmpty { sheet.add("last error", explanation.lastError) }
        sheet.add("next", next(explanation))
        let path = paint.strong(ShownText.escaped(explanation.path))
        return ["\(path): \(ShownText.escaped(explanation.verdict))"]
            + sheet.lines(width: width.map { $0 - 2 }).map { "  " + $0 }
    }

    /// What to type to know more.
    private static func next(_ explanation: Explanation) -> String? {
        var next: [String] = []
        let isBook = explanation.state != nil
        if let id = explanation.id, isBook { next.append("`stumpctl books show \(id)`") }
        if let job = explanation.lastJob { next.append("`stumpctl jobs show \(job)`") }
        if explanation.library == nil { next.append("`stumpctl libraries` shows the roots") }
        return next.isEmpty ? nil : next.joined(separator: ", ")
    }
}
