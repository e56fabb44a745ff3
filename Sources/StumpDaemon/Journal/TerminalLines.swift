// SPDX-License-Identifier: MIT
internal import Glibc
package import LibraryModel
internal import Logging

/// Writes a record as a line for people: time of day, level, message, and what belongs to it.
package struct TerminalLines: Sendable {
    /// Whether levels are coloured and the rest is dimmed.
    package let hasColour: Bool

    /// The time of day to show; the local one unless a test says otherwise.
    private let timeOfDay: @Sendable (Timestamp) -> String

    package init(
        hasColour: Bool,
        timeOfDay: @escaping @Sendable (Timestamp) -> String = TerminalLines.localTime(of:)
    ) {
        self.hasColour = hasColour
        self.timeOfDay = timeOfDay
    }

    package func line(of record: LogRecord) -> String {
        let level = record.level.rawValue
        let padding = String(repeating: " ", count: max(0, "critical".utf8.count - level.utf8.count))
        let details = record.fields.map {
            "  \($0.key.escaped)=\(LogfmtLines.value($0.value))"
        }
        let head = "\(dim(timeOfDay(record.time))) \(paint(level, record.level))\(padding) "
        return head + record.message.escaped + (details.isEmpty ? "" : dim(details.joined()))
    }

    private func dim(_ text: String) -> String {
        hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text
    }

    private func paint(_ text: String, _ level: Logger.Level) -> String {
        guard hasColour else { return text }
        let colour =
            switch level {
            case .trace, .debug: "2"
            case .info: "32"
            case .notice: "36"
            case .warning: "33"
            case .error, .critical: "31"
            }
        return "\u{1B}[\(colour)m\(text)\u{1B}[0m"
    }

    package static func localTime(of time: Timestamp) -> String {
        var seconds = time_t(time.nanoseconds / 1_000_000_000)
        var local = tm()
        localtime_r(&seconds, &local)
        return [local.tm_hour, local.tm_min, local.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
