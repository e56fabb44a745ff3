// SPDX-License-Identifier: MIT
import ControlAPI

/// A configuration in the words of its file.
enum ConfigurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    static func lines(_ summary: ConfigurationSummary) -> [String] {
        let origin = summary.file.map { "# From \(ShownText.escaped($0))" } ?? "# From the command line"
        let daemon = summary.daemon
        let watch = summary.watch
        return [
            "\(origin), in force since \(LocalTime.text(summary.loadedAt))",
            "[daemon]",
            "workers = \(daemon.workers)",
            "log_level = \(quoted(daemon.logLevel))",
            "history = \(duration(daemon.historySeconds))",
            "backup = \(quoted(daemon.backup))",
            "purge_missing = \(daemon.purgeMissingSeconds.map(duration) ?? quoted("never"))",
            "",
            "[watch]",
            "quiet = \(duration(watch.quietSeconds))",
            "patience = \(duration(watch.patienceSeconds))",
            "poll_interval = \(duration(watch.pollIntervalSeconds))",
        ] + summary.libraries.flatMap(lines)
    }

    private static func lines(_ library: ConfigurationSummary.Library) -> [String] {
        [
            "",
            "[[library]]",
            "name = \(quoted(library.name))",
            "root = \(quoted(library.root))",
            "pattern = \(quoted(library.pattern))",
            "scan_mode = \(quoted(library.scanMode))",
            "watch = \(quoted(library.watch))",
            "schedule = \(quoted(library.schedule))",
            "ignore = \(list(library.ignore))",
            "metadata = \(library.metadata)",
            "hash = \(library.hash)",
            "koreader_hash = \(library.koreaderHash)",
            "",
            "[library.thumbnails]",
        ] + lines(library.thumbnails) + [
            "",
            "[library.conversion]",
            "to_cbz = \(list(library.conversion.toCbz))",
            "originals = \(quoted(library.conversion.originals))",
            "retain = \(duration(library.conversion.retainSeconds))",
        ]
    }

    private static func lines(_ thumbnails: ConfigurationSummary.Thumbnails?) -> [String] {
        guard let thumbnails else { return ["enabled = false"] }
        let fit = thumbnails.fit.map { "fit = [\($0.map(String.init).joined(separator: ", "))]" }
        let scale = thumbnails.scale.map { "scale = \($0)" }
        return ["enabled = true"] + [fit, scale].compactMap(\.self)
            + ["quality = \(thumbnails.quality)", "effort = \(thumbnails.effort)"]
    }

    private static func list(_ texts: [String]) -> String {
        "[\(texts.map(quoted).joined(separator: ", "))]"
    }

    /// In the largest unit that leaves no remainder.
    private static func duration(_ seconds: Double) -> String {
        let milliseconds = Int64((seconds * 1000).rounded())
        let unit = units.first { milliseconds.isMultiple(of: $0.milliseconds) } ?? ("ms", 1)
        return quoted("\(milliseconds / unit.milliseconds)\(unit.suffix)")
    }

    /// As TOML's basic strings are written.
    private static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": return "\\\""
            case "\\": return "\\\\"
            case "\n": return "\\n"
            case "\t": return "\\t"
            default:
                let category = scalar.properties.generalCategory
                guard category == .control || category == .format else { return String(scalar) }
                let digits = String(scalar.value, radix: 16)
                return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return "\"\(scalars.joined())\""
    }
}
