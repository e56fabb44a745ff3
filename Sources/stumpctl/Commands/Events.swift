// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Events: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print events as they happen, a line of JSON each, until Ctrl-C."
    )

    @Option(help: "Begin after this event.")
    var since: Int64?

    @Option(name: .customLong("type"), help: "Only events of this type, such as book.added, or of this kind: book.")
    var types: [String] = []

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let query = [
            "since": since.map { String($0) },
            "type": types.isEmpty ? nil : types.joined(separator: ","),
        ]
        try await session.client.eachLine(of: ControlRequest(.events, query: query)) { line in
            try session.terminal.write(lines: [line])
            return true
        }
    }
}
