// SPDX-License-Identifier: MIT

/// The tables that a configuration has, and the keys of each.
enum ConfigurationSection: String, CaseIterable {
    case document = ""
    case daemon
    case watch
    case library
    case thumbnails = "library.thumbnails"
    case conversion = "library.conversion"

    var accepted: [String] {
        switch self {
        case .document: ["daemon", "watch", "library"]
        case .daemon: ["workers", "log_level", "history", "backup", "purge_missing"]
        case .watch: ["quiet", "patience", "poll_interval"]
        case .library:
            [
                "name", "root", "pattern", "scan_mode", "watch", "schedule", "ignore", "metadata", "hash",
                "koreader_hash", "thumbnails", "conversion",
            ]
        case .thumbnails: ["enabled", "fit", "scale", "quality", "effort"]
        case .conversion: ["to_cbz", "originals", "retain"]
        }
    }

    /// How the table is opened in the file.
    var header: String {
        self == .library ? "[[library]]" : "[\(rawValue)]"
    }

    /// What to write instead of a key that this table does not have.
    func remedy(forUnknown key: String) -> String {
        if let home = ConfigurationSection.allCases.first(where: { $0 != self && $0.accepted.contains(key) }) {
            return home == .document ? "write it before the tables, as \(key)" : "write it under \(home.header)"
        }
        let nearest = accepted.map { (key: $0, distance: key.distance(to: $0)) }.min { $0.distance < $1.distance }
        if let nearest, nearest.distance <= max(1, nearest.key.utf8.count / 3) {
            return "did you mean `\(nearest.key)`?"
        }
        let place = self == .document ? "at the top level" : "under \(header)"
        return "the keys \(place) are \(accepted.joined(separator: ", "))"
    }
}

extension String {
    /// How many letters have to be put in, left out, replaced or swapped with their neighbour to get the other word.
    fileprivate func distance(to other: String) -> Int {
        let own = Array(utf8)
        let others = Array(other.utf8)
        var beforeLast: [Int] = []
        var last = Array(0...others.count)
        for row in own.indices {
            var current = [row + 1]
            for column in others.indices {
                let replaced = last[column] + (own[row] == others[column] ? 0 : 1)
                var best = Swift.min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, own[row] == others[column - 1], own[row - 1] == others[column] {
                    best = Swift.min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[others.count]
    }
}
