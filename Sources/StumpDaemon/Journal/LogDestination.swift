// SPDX-License-Identifier: MIT
internal import Glibc
internal import Logging

/// Where log lines go: always what standard error is, in the form that suits it.
package enum LogDestination: Equatable, Sendable {
    case journal
    case terminal(hasColour: Bool)
    case logfmt

    /// What is to be known of a descriptor to choose.
    package struct Stream: Equatable, Sendable {
        package var device: UInt64
        package var inode: UInt64
        package var isTerminal: Bool

        package init(device: UInt64, inode: UInt64, isTerminal: Bool) {
            self.device = device
            self.inode = inode
            self.isTerminal = isTerminal
        }
    }

    /// The journal where `$JOURNAL_STREAM` names this very stream: the variable is inherited also by what writes elsewhere.
    ///
    /// Source: `systemd.exec(5)`, `$JOURNAL_STREAM`; <https://no-color.org>.
    package init(_ stream: Stream, environment: [String: String]) {
        if environment["JOURNAL_STREAM"] == "\(stream.device):\(stream.inode)" {
            self = .journal
        } else if stream.isTerminal {
            let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            self = .terminal(hasColour: !isPlain && environment["TERM"] != "dumb")
        } else {
            self = .logfmt
        }
    }

    /// Sends everything that is logged from here on to the destination; to be called once in a process.
    ///
    /// Keep the queue, and drain it before the process ends.
    package func bootstrap(level: LogLevel) -> LogQueue {
        // A reader of standard error that goes away is not to take the daemon along.
        signal(SIGPIPE, SIG_IGN)
        let queue = LogQueue(deliver: deliver)
        LoggingSystem.bootstrap { label in LogRecorder(component: label, level: level, queue: queue) }
        return queue
    }

    private var deliver: @Sendable (LogRecord) -> Void {
        switch self {
        case .journal: { JournalSink.send(JournalEntry($0)) }
        case .terminal(let hasColour):
            { [lines = TerminalLines(hasColour: hasColour)] in LogDestination.write(lines.line(of: $0)) }
        case .logfmt: { LogDestination.write(LogfmtLines.line(of: $0)) }
        }
    }

    private static func write(_ line: String) {
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            // A reader that went away is no reason to stop; its lines are lost.
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

extension LogDestination.Stream {
    /// Standard error as it is now.
    package static var standardError: LogDestination.Stream {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return .init(device: 0, inode: 0, isTerminal: false) }
        return .init(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            isTerminal: isatty(STDERR_FILENO) == 1
        )
    }
}
