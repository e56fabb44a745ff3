// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Events: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print events as they happen, a line of JSON each, until Ctrl-C.",
        discussion: """
            A daemon that is restarted is waited for, and what happened meanwhile is told. Where events are left out, a \
            line of the type `reset` says so.
            """
    )

    @Option(help: "Begin after the event with this number; 0 is before all that are kept.")
    var since: Int64?

    @Option(name: .customLong("type"), help: "Only events of this type, such as book.added, or of this kind: book.")
    var types: [String] = []

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        var last = since
        var isBack = false
        try await session.client.eachEvent(of: types, since: since) { news in
            switch news {
            case .event(let event):
                last = event.id ?? last
                try session.terminal.write(ControlJSON.encode(event) + [UInt8(ascii: "\n")])
            case .forgotten: try session.terminal.write(lines: [Events.reset("forgotten")])
            case .lost: session.terminal.say("stumpd went away; waiting for it to come back")
            case .connected:
                // Without the number of an event nobody can say what was missed.
                if isBack, last == nil { try session.terminal.write(lines: [Events.reset("reconnected")]) }
                isBack = true
            }
            return true
        }
    }

    /// Says that events were left out.
    private static func reset(_ reason: String) -> String {
        "{\"data\":{\"reason\":\"\(reason)\"},\"type\":\"reset\"}"
    }
}
