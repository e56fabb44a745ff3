// SPDX-License-Identifier: MIT
internal import LibraryModel
internal import Logging

/// Writes a record as one line of `key=value` pairs, for log collectors and files.
///
/// One record is one line whatever it holds: values with blanks, quotes or anything that is not plain text are quoted
/// and escaped, keys are reduced to letters, digits, `.`, `-` and `_`.
package enum LogfmtLines {
    package static func line(of record: LogRecord) -> String {
        let head = [
            ("time", record.time.rfc3339), ("level", record.level.rawValue), ("component", record.component),
            ("msg", record.message),
        ]
        let pairs = head + record.fields.map { (key(of: $0.key), $0.value) }
        return pairs.map { "\($0)=\(value($1))" }.joined(separator: " ")
    }

    private static func key(of key: String) -> String {
        let isPlain = { (letter: Character) in
            letter.isASCII && (letter.isLetter || letter.isNumber || letter == "." || letter == "-" || letter == "_")
        }
        return String(key.map { isPlain($0) ? $0 : "_" })
    }

    /// The value as it is where it is one plain word, else in quotes.
    package static func value(_ text: String) -> String {
        let escaped = text.escaped
        let isBare = !text.isEmpty && escaped == text && !text.contains { $0.isWhitespace || $0 == "=" }
        return isBare ? text : "\"\(escaped)\""
    }
}
