// SPDX-License-Identifier: MIT
import CLinux
import LibraryModel

/// In what the names of an archive are written that does not say so.
///
/// Archives come from systems that each had an encoding of their own, and none is declared. All undeclared names of an
/// archive are judged together: UTF-8 where all of them are that; Shift-JIS where all can be read so and there is
/// kana or kanji that Western accents do not make by chance; else CP437, in which everything can be read.
enum NameEncoding {
    case utf8
    case shiftJIS
    case cp437

    init(ofUndeclared names: some Sequence<[UInt8]>) {
        let names = names.filter { $0.contains { $0 >= 0x80 } }
        if names.allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) {
            self = .utf8
        } else if Self.looksJapanese(names) {
            self = .shiftJIS
        } else {
            self = .cp437
        }
    }

    /// The name in UTF-8.
    func decode(_ name: [UInt8]) -> [UInt8] {
        guard name.contains(where: { $0 >= 0x80 }) else { return name }
        switch self {
        case .utf8: return name
        case .shiftJIS: return Self.fromShiftJIS(name) ?? name
        case .cp437:
            // One name of many may be UTF-8 all the same.
            if String(validating: name, as: UTF8.self) != nil { return name }
            return name.flatMap { byte in
                byte < 0x80 ? [byte] : Array(String(Self.upperHalf[Int(byte) - 0x80]).utf8)
            }
        }
    }

    private static let upperHalf = Array(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
            + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}"
    )

    private static func looksJapanese(_ names: [[UInt8]]) -> Bool {
        names.allSatisfy { fromShiftJIS($0) != nil } && names.contains(where: hasJapanese)
    }

    private static func fromShiftJIS(_ name: [UInt8]) -> [UInt8]? {
        var text = [UInt8](repeating: 0, count: name.count * 3)
        let count = clinux_utf8("CP932", name, name.count, &text, text.count)
        return count < 0 ? nil : Array(text[..<count])
    }

    /// Whether a name that is valid Shift-JIS has characters in it that are no accents.
    ///
    /// “ö” of CP437 and the letter behind it are a kanji too. But accents stand alone, and within a word: two kanji in a
    /// row, or one that follows no letter and whose second byte is none, are Japanese.
    private static func hasJapanese(_ name: [UInt8]) -> Bool {
        var index = 0
        var previousIsWide = false
        var previousIsLetter = false
        while index < name.count {
            let first = name[index]
            let isLead = (0x81...0x9F).contains(first) || (0xE0...0xFC).contains(first)
            guard isLead, index + 1 < name.count else {
                previousIsWide = false
                previousIsLetter = (0x61...0x7A).contains(first | 0x20) && first < 0x80
                index += 1
                continue
            }
            let second = name[index + 1]
            // Hiragana, katakana, what lengthens and repeats them, and the rows of kanji.
            let isWide =
                first >= 0x88 || (first == 0x82 && second >= 0x9F) || (first == 0x83 && second <= 0x96)
                || (first == 0x81 && (second == 0x58 || second == 0x5B))
            if isWide, previousIsWide || (second >= 0x80 && !previousIsLetter) { return true }
            (previousIsWide, previousIsLetter) = (isWide, false)
            index += 2
        }
        return false
    }
}
