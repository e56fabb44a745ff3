// SPDX-License-Identifier: MIT
import FoundationEssentials

/// One line of the daemon's log.
struct LogLine {
    /// The keys and values of a line in logfmt.
    let fields: [String: String]

    init(_ line: Substring) {
        var fields: [String: String] = [:]
        var rest = line
        while let end = rest.firstIndex(of: "=") {
            let key = rest[..<end].drop { $0 == " " }
            rest = rest[rest.index(after: end)...]
            fields[String(key)] = LogLine.value(&rest)
        }
        self.fields = fields
    }

    var message: String { fields["msg"] ?? "" }

    /// Takes a value from the front of a line: a plain word, or text in quotes in which a backslash hides the next.
    private static func value(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let word = rest.prefix { $0 != " " }
            rest = rest.dropFirst(word.count)
            return String(word)
        }
        rest.removeFirst()
        var text = ""
        while let letter = rest.popFirst(), letter != "\"" {
            text.append(letter == "\\" ? rest.popFirst() ?? letter : letter)
        }
        return text
    }
}

extension RunningDaemon {
    /// What the log of a daemon that has ended says of one file; its lines may still be on their way before.
    func lines(_ message: String, of path: String) -> [LogLine] {
        log.split(separator: "\n").map(LogLine.init).filter { line in
            line.message == message && line.fields["path"]?.hasSuffix(path) == true
        }
    }
}
