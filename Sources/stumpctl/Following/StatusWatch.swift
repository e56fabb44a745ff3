// SPDX-License-Identifier: MIT
import ControlAPI

/// The status on the whole terminal, drawn again every second and whenever the terminal gets another size.
///
/// Where there is no terminal, a status is printed when it is another than the last, uptime aside.
struct StatusWatch {
    private enum Input: Sendable {
        case tick
        case resized
        case interrupted
    }

    /// The other screen of a terminal, without a cursor; what was there before comes back.
    private static let (enter, leave) = ("\u{1b}[?1049h\u{1b}[?25l", "\u{1b}[?25h\u{1b}[?1049l")
    private static let (home, eraseLine, eraseBelow) = ("\u{1b}[H", "\u{1b}[K", "\u{1b}[J")
    private static let period = Duration.seconds(1)

    private let session: Session
    private let isLive: Bool
    private var shown: DaemonStatus?
    private var trouble: String?

    init(_ session: Session) {
        self.session = session
        isLive = session.terminal.isTerminal(.data) && session.terminal.canRedraw && !session.json
    }

    /// Runs until Ctrl-C; a daemon that is not there at the beginning is a fault.
    mutating func run() async throws {
        var status = try await session.client.get(DaemonStatus.self, ControlRequest(.status))
        let (inputs, source) = AsyncStream.makeStream(of: Input.self)
        let interruption = Interruption { source.yield(.interrupted) }
        let resizing = Resizing { source.yield(.resized) }
        defer {
            interruption.end()
            resizing.end()
        }
        if isLive { try session.terminal.write(Array(StatusWatch.enter.utf8)) }
        defer { if isLive { try? session.terminal.write(Array(StatusWatch.leave.utf8)) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await Task.sleep(for: StatusWatch.period)
                    source.yield(.tick)
                }
            }
            defer { group.cancelAll() }
            try show(status)
            for await input in inputs {
                switch input {
                case .interrupted: return
                case .resized: break
                case .tick: status = try await next() ?? status
                }
                try show(status)
            }
        }
    }

    /// `nil` where the daemon is away.
    private mutating func next() async throws -> DaemonStatus? {
        do {
            let status = try await session.client.get(DaemonStatus.self, ControlRequest(.status))
            trouble = nil
            return status
        } catch  where error.isOfConnection {
            trouble = error.summary
            return nil
        }
    }

    private mutating func show(_ status: DaemonStatus) throws {
        if isLive { return try draw(status) }
        var steady = status
        steady.uptimeSeconds = 0
        if steady == shown { return }
        shown = steady
        let width = session.terminal.columns(.data)
        try session.show(status) { StatusScreen(status: status, paint: $0, width: width).lines + [""] }
    }

    private func draw(_ status: DaemonStatus) throws {
        let (columns, rows) = (session.terminal.columns(.data) ?? 80, session.terminal.rows(.data) ?? 24)
        let paint = session.terminal.paint(.data)
        var lines = StatusScreen(status: status, paint: paint, width: columns).lines
        if let trouble { lines = [paint.bad(ShownText.truncated("stale: \(trouble)", to: columns)), ""] + lines }
        let text = StatusWatch.cut(lines, to: rows - 1).map { $0 + StatusWatch.eraseLine }.joined(separator: "\r\n")
        try session.terminal.write(Array((StatusWatch.home + text + StatusWatch.eraseBelow).utf8))
    }

    /// As many as fit, the last of which says how many do not.
    static func cut(_ lines: [String], to rows: Int) -> [String] {
        guard lines.count > rows, rows > 1 else { return lines }
        return lines.prefix(rows - 1) + ["… \(Quantity.count(lines.count - rows + 1)) more lines"]
    }
}
