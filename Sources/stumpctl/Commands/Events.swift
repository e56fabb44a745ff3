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
        let request = ControlRequest(.events, query: ["since": since.map { String($0) }])
        try await session.client.eachLine(of: request) { line in
            if try isWanted(line, request) { try session.terminal.write(lines: [line]) }
            return true
        }
    }

    private func isWanted(_ line: String, _ request: ControlRequest) throws -> Bool {
        guard !types.isEmpty else { return true }
        do {
            let type = try ControlJSON.decode(TypeOfEvent.self, from: line.utf8).type
            // That some were left out concerns all types.
            return type == "reset" || types.contains { type == $0 || type.hasPrefix($0 + ".") }
        } catch {
            throw ControlFault.malformed(path: request.path, reason: line)
        }
    }

    private struct TypeOfEvent: Decodable {
        var type: String
    }
}
