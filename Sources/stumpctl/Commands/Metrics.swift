// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Metrics: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the daemon's figures for Prometheus, or write them to a file.",
        discussion: """
            With --write the file is replaced in one step and can be read by all, as node_exporter's textfile collector \
            wants it; its name has to end in .prom there.
            """
    )

    @Option(help: "The file to replace.")
    var write: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let request = ControlRequest(.metrics)
        let response = try await session.client.send(request)
        guard response.status == 200 else { throw response.fault(from: request) }
        guard let write else {
            if session.json { return try session.show(MetricsText(text: response.body)) { _ in [] } }
            return try session.terminal.write(response.body)
        }
        try ReplacedFile(write).put(response.body)
        if session.json {
            try session.show(Written(file: write, sizeBytes: response.body.count)) { _ in [] }
        } else {
            session.terminal.say("wrote \(write), \(Quantity.bytes(Int64(response.body.count)))")
        }
    }

    /// One object, as `--json` promises, around a text that is no JSON.
    private struct MetricsText: Encodable {
        var metrics: String

        init(text: [UInt8]) {
            metrics = String(decoding: text, as: UTF8.self)
        }
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
