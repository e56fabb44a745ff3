// SPDX-License-Identifier: MIT
import Glibc

/// Standard output for data, standard error for everything else.
struct Terminal {
    enum Stream: Int32 {
        case data = 1
        case messages = 2
    }

    var color: GlobalOptions.Color
    var isQuiet: Bool

    func isTerminal(_ stream: Stream) -> Bool {
        isatty(stream.rawValue) == 1
    }

    /// Whether messages go where lines can be drawn again in their place.
    var canRedraw: Bool {
        isTerminal(.messages) && ProcessEnvironment.all["TERM"] != "dumb"
    }

    /// How many columns there are; `nil` where lines may be as long as they like.
    func columns(_ stream: Stream) -> Int? {
        size(stream).columns
    }

    /// How many lines are seen at once; `nil` where that is nobody's concern.
    func rows(_ stream: Stream) -> Int? {
        size(stream).rows
    }

    private func size(_ stream: Stream) -> (columns: Int?, rows: Int?) {
        var size = winsize()
        guard ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0 else { return (nil, nil) }
        return (size.ws_col > 0 ? Int(size.ws_col) : nil, size.ws_row > 0 ? Int(size.ws_row) : nil)
    }

    func paint(_ stream: Stream) -> Paint {
        switch color {
        case .always: Paint(isOn: true)
        case .never: Paint(isOn: false)
        case .auto: Paint(isOn: isTerminal(stream) && !Terminal.isPlain(ProcessEnvironment.all))
        }
    }

    /// Whether the environment asks for no colours (no-color.org) or the terminal knows none.
    static func isPlain(_ environment: [String: String]) -> Bool {
        environment["NO_COLOR", default: ""] != "" || environment["TERM"] == "dumb"
    }

    func write(lines: [String]) throws {
        guard !lines.isEmpty else { return }
        try write(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// Writes data, all of it.
    ///
    /// When the reader has gone (`stumpctl books | head`), stumpctl ends as every filter does, by the signal that NIO
    /// ignores.
    func write(_ bytes: [UInt8], to descriptor: Int32 = Stream.data.rawValue) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                signal(SIGPIPE, SIG_DFL)
                raise(SIGPIPE)
            } else if errno != EINTR {
                throw CommandFault(
                    code: "write_failed",
                    summary: "cannot write: \(String(cString: strerror(errno)))",
                    status: .failed
                )
            }
        }
    }

    /// Tells a person something that is not data; `--quiet` silences it.
    func say(_ line: String) {
        guard !isQuiet else { return }
        complain(line)
    }

    /// Tells what must not be silenced.
    ///
    /// A failure to write it has nowhere to go.
    func complain(_ line: String) {
        try? write(Array((line + "\n").utf8), to: Stream.messages.rawValue)
    }

    /// Writes what moves the cursor; only for a terminal.
    func draw(_ text: String) {
        guard !isQuiet, !text.isEmpty else { return }
        try? write(Array(text.utf8), to: Stream.messages.rawValue)
    }
}
