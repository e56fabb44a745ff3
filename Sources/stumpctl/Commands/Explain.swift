// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Glibc

struct Explain: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why a path is in the index, or is not.",
        discussion: "The path need not exist."
    )

    @Argument(help: "A file or directory.")
    var path: String

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let start = ProcessEnvironment.workingDirectory
        let absolute = LibraryPath.normalized(path.hasPrefix("/") ? path : start + "/" + path)
        let request = ControlRequest(.explain, query: ["path": absolute])
        let explanation = try await session.client.get(Explanation.self, request)
        try session.show(explanation) { paint in
            Explain.lines(explanation, paint)
        }
    }

    static func lines(_ explanation: Explanation, _ paint: Paint) -> [String] {
        var sheet = FactSheet()
        for rule in explanation.rules { sheet.add(rule.rule, rule.outcome) }
        sheet.add("pending", explanation.pending)
        sheet.add("in the index", explanation.id.map { "\(explanation.state ?? "directory"), number \($0)" })
        for problem in explanation.problems { sheet.add(problem.problemClass, problem.detail) }
        let path = paint.strong(ShownText.escaped(explanation.path))
        return ["\(path): \(ShownText.escaped(explanation.verdict))"] + sheet.lines.map { "  " + $0 }
    }
}
