// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Problems: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "List what is wrong with books and libraries.")

    @Option(name: .customLong("class"), help: "Only problems of this class, such as archive_truncated.")
    var problemClass: String?

    @Option(help: "Only problems of this library.", completion: LiveCompletion.library)
    var library: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        try await session.list(
            ProblemSummary.self,
            ControlRequest(.problems, query: ["class": problemClass, "library": library]),
            Table("CLASS", "LIBRARY", ">BOOK", "PATH", "DETAIL", "SINCE")
        ) { problem in
            [
                problem.problemClass,
                problem.library,
                problem.bookID.map { String($0) },
                problem.path,
                problem.detail,
                LocalTime.text(problem.firstSeen),
            ]
        }
    }
}
