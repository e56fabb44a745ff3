// SPDX-License-Identifier: MIT

/// An International Standard Book Number whose check digit is right.
struct ISBN {
    /// 10 or 13 characters, without hyphens.
    let text: String

    /// Takes either length, with hyphens, blanks and an `isbn:` in front; `nil` where the check digit is wrong.
    init?(_ written: String) {
        let plain = written.uppercased().filter { $0 != "-" && !$0.isWhitespace }
        let text = plain.split(separator: ":").last.map { $0.hasPrefix("ISBN") ? $0.dropFirst(4) : $0 } ?? ""
        let digits = text.enumerated().compactMap { index, character in
            character == "X" && index == 9 ? 10 : character.isASCII ? character.wholeNumberValue : nil
        }
        guard digits.count == text.count, Self.isTrue(digits) else { return nil }
        self.text = String(text)
    }

    private static func isTrue(_ digits: [Int]) -> Bool {
        switch digits.count {
        case 10:
            zip(digits, stride(from: 10, to: 0, by: -1)).reduce(0) { $0 + $1.0 * $1.1 } % 11 == 0
        case 13:
            digits.starts(with: [9, 7]) && !digits.contains(10)
                && digits.enumerated().reduce(0) { $0 + $1.element * ($1.offset.isMultiple(of: 2) ? 1 : 3) } % 10 == 0
        default: false
        }
    }
}
