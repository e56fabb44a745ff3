// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

/// A command that asks the daemon.
protocol DaemonCommand: AsyncParsableCommand {
    var options: GlobalOptions { get }

    func run(_ session: Session) async throws
}

extension DaemonCommand {
    func run() async throws {
        try await run(try Session(options))
    }
}

/// One run of a command: the daemon on one side, the terminal on the other.
struct Session {
    let client: ControlClient
    let terminal: Terminal
    let json: Bool

    /// As asked for; `nil` where waiting for a job may take for ever.
    let limit: Duration?

    init(_ options: GlobalOptions) throws(ControlFault) {
        let socket = try ControlSocket.path(option: options.socket, environment: ProcessEnvironment.all)
        limit = options.timeout?.duration
        client = ControlClient(socket: socket, timeout: limit ?? .seconds(30))
        terminal = Terminal(color: options.color, isQuiet: options.quiet)
        json = options.json
    }

    /// Prints an object: as JSON, or as the lines that say it to a person.
    func show(_ object: some Encodable, _ lines: (Paint) -> [String]) throws {
        if json {
            try terminal.write(ControlJSON.encode(object) + [UInt8(ascii: "\n")])
        } else {
            try terminal.write(lines: lines(terminal.paint(.data)))
        }
    }

    /// Prints a list, all pages of it or `limit` items: as one array, or as a table with a row an item.
    func list<Item: Codable & Equatable & Sendable>(
        _: Item.Type,
        _ request: ControlRequest,
        limit: Int = .max,
        _ table: Table,
        row: (Item) -> [String?]
    ) async throws {
        try await list(Item.self, request, limit: limit, table) { [row($0)] }
    }

    /// The same, with any number of rows for an item.
    func list<Item: Codable & Equatable & Sendable>(
        _: Item.Type,
        _ request: ControlRequest,
        limit: Int = .max,
        _ table: Table,
        rows: (Item) -> [[String?]]
    ) async throws {
        var table = table
        var array = JSONArray()
        var left = limit
        try await client.eachPage(of: Item.self, request) { page in
            let items = page.prefix(left)
            left -= items.count
            if json {
                try terminal.write(array.absorb(items))
            } else {
                for row in items.flatMap(rows) { table.add(row) }
            }
            return left > 0
        }
        if json {
            try terminal.write(array.end)
        } else if table.rows.isEmpty {
            terminal.say("none")
        } else {
            try print(table)
        }
    }

    func print(_ table: Table) throws {
        var lines = table.lines(width: terminal.columns(.data))
        lines[0] = terminal.paint(.data).strong(lines[0])
        try terminal.write(lines: lines)
    }

    /// Tells of a failure that is not the last word of this run.
    func report(_ error: any Error) {
        ErrorReport(error).tell(terminal, json: json)
    }
}

/// One JSON array, written as its items arrive.
struct JSONArray {
    private var isEmpty = true

    mutating func absorb(_ items: some Sequence<some Encodable>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for item in items {
            bytes += Array((isEmpty ? "[" : ",\n").utf8)
            bytes += try ControlJSON.encode(item)
            isEmpty = false
        }
        return bytes
    }

    var end: [UInt8] {
        Array((isEmpty ? "[]\n" : "]\n").utf8)
    }
}
