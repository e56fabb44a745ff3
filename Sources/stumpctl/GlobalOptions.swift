// SPDX-License-Identifier: MIT
import ArgumentParser

/// What every command understands, before its name or after.
struct GlobalOptions: ParsableArguments {
    enum Color: String, ExpressibleByArgument, CaseIterable {
        case auto
        case always
        case never
    }

    @Flag(help: "Print the API's JSON: one object, or one array.")
    var json = false

    @Option(
        help: "The daemon's socket; else $STUMP_SOCKET, else the service's, else the user's.",
        completion: .file()
    )
    var socket: String?

    @Flag(name: .shortAndLong, help: "Print no progress and no messages, only data and errors.")
    var quiet = false

    @Option(help: "When to use colours.")
    var color = Color.auto

    @Option(help: "The longest to wait, such as 500ms, 60, 90s, 5m or 1h. A job that is waited for goes on.")
    var timeout: TimeLimit?
}

/// A length of time on the command line: a number of seconds, or a number and its unit.
struct TimeLimit: ExpressibleByArgument, Equatable {
    var duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
        guard let (unit, scale) = units.first(where: { argument.hasSuffix($0.0) }),
            let amount = Double(argument.dropLast(unit.count)), (0...1e6).contains(amount)
        else { return nil }
        duration = .seconds(amount * scale)
    }
}

/// How old something is, on the command line: a number and its unit, of which there is one at least.
struct Age: ExpressibleByArgument, Equatable {
    var duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let units = ["m": 60.0, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = argument.last.flatMap({ units[String($0)] }),
            let amount = Double(argument.dropLast()), (0...1e5).contains(amount)
        else { return nil }
        duration = .seconds(amount * unit)
    }
}
