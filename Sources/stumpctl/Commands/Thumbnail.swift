// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Glibc

struct Thumbnail: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Write a book's thumbnail to a file or to a pipe.")

    @Argument(help: "The book's number.")
    var id: Int64

    @Option(name: .shortAndLong, help: "The file to write; without it, standard output.", completion: .file())
    var output: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        guard output != nil || !session.terminal.isTerminal(.data) && !session.json else {
            throw CommandFault(
                code: "usage",
                summary: "cannot print a picture here: standard output is \(session.json ? "for JSON" : "a terminal")",
                remedy: "type `stumpctl thumbnail \(id) -o FILE`",
                status: .usage
            )
        }
        let request = ControlRequest(.thumbnail, id)
        let response = try await session.client.send(request)
        guard response.status == 200 else { throw response.fault(from: request) }
        guard let output else { return try session.terminal.write(response.body) }
        try write(response.body, to: output, session.terminal)
        if session.json {
            try session.show(Written(file: output, sizeBytes: response.body.count)) { _ in [] }
        } else {
            session.terminal.say("wrote \(output), \(Quantity.bytes(Int64(response.body.count)))")
        }
    }

    private func write(_ bytes: [UInt8], to file: String, _ terminal: Terminal) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw CommandFault(
                code: "write_failed",
                summary: "cannot write \(file): \(String(cString: strerror(errno)))",
                status: .failed
            )
        }
        defer { close(descriptor) }
        try terminal.write(bytes, to: descriptor)
    }

    private struct Written: Encodable {
        var file: String
        var sizeBytes: Int

        private enum CodingKeys: String, CodingKey {
            case file
            case sizeBytes = "size_bytes"
        }
    }
}
