// SPDX-License-Identifier: MIT

/// Text of strangers (names, paths, messages) made fit for a terminal.
///
/// A book's name may hold a line feed, which would break a table, or an escape sequence, which would command the
/// terminal. Such characters are shown as what they are, and so are those that reverse the direction of writing.
enum ShownText {
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isDangerous) else { return text }
        return text.unicodeScalars.reduce(into: "") { shown, scalar in
            switch scalar {
            case "\n": shown += "\\n"
            case "\t": shown += "\\t"
            case "\r": shown += "\\r"
            case _ where isDangerous(scalar): shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
    }

    /// How many columns a terminal gives the text.
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// The beginning of the text that fits into `columns`, with `…` in the last one where something was left out.
    static func truncated(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var taken = 0
        let beginning = text.prefix { character in
            taken += width(of: character)
            return taken < columns
        }
        return beginning + "…"
    }

    /// The end of the text that fits into `columns`, with `…` in the first one: of a path it tells more than the beginning.
    static func tail(_ text: String, of columns: Int) -> String {
        guard width(text) > columns else { return text }
        var taken = 0
        let end = text.reversed().prefix { character in
            taken += width(of: character)
            return taken < columns
        }
        return "…" + String(end.reversed())
    }

    /// The text in lines of at most `columns`, broken between words, and inside a word that fits on no line.
    static func wrapped(_ text: String, to columns: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ").map(String.init) {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = word
            } else if width(line) + 1 + width(word) <= columns {
                lines[lines.count - 1] = line + " " + word
            } else {
                lines.append(word)
            }
            while width(lines[lines.count - 1]) > max(columns, 2) {
                let beginning = beginning(of: lines[lines.count - 1], columns: max(columns, 2))
                lines.append(String(lines[lines.count - 1].dropFirst(beginning.count)))
                lines[lines.count - 2] = beginning
            }
        }
        return lines
    }

    private static func beginning(of text: String, columns: Int) -> String {
        var taken = 0
        return String(
            text.prefix { character in
                taken += width(of: character)
                return taken <= columns
            }
        )
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// A character is as wide as its first scalar; those that combine with it take no room.
    private static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return isWide(scalar) ? 2 : 1
        }
    }

    /// Unicode's East Asian Width: the blocks that are wide or full-width throughout, and what is shown as emoji.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x1100: false
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
