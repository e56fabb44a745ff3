// SPDX-License-Identifier: MIT

/// An International Standard Book Number whose check digit is right.
struct ISBN: Equatable {
    /// 13 digits, without hyphens.
    let text: String

    /// Takes either length, with hyphens, blanks and an `isbn:` or `ISBN-13:` in front, and words in brackets or the
    /// price's digits behind.
    ///
    /// A number of ten digits becomes the one of thirteen that means the same book. `nil` where the check digit is
    /// wrong, and for the zeros that stand where a number is missing.
    init?(_ written: String) {
        guard written.utf8.count <= 200 else { return nil }
        var rest = written.uppercased()[...]
        if let range = rest.firstRange(of: "ISBN") {
            rest = rest[range.upperBound...].drop { $0 == " " || $0 == "-" }
            for length in ["13", "10"] {
                guard rest.hasPrefix(length), let next = rest.dropFirst(2).first, next == ":" || next == " " else {
                    continue
                }
                rest = rest.dropFirst(3)
            }
        }
        rest = rest.drop { $0 == ":" || $0.isWhitespace }
        let number = rest.prefix { $0.isASCIIDigit || $0 == "X" || Self.isHyphen($0) }
        let behind = rest.dropFirst(number.count)
        guard behind.isEmpty || ["(", "[", ";", ","].contains(behind.drop(while: \.isWhitespace).first) else {
            return nil
        }
        guard let isbn = Self.checked(number.filter { !Self.isHyphen($0) }) ?? Self.withoutPrice(number) else {
            return nil
        }
        text = isbn
    }

    private static func isHyphen(_ character: Character) -> Bool {
        character == "-" || character.isWhitespace || ("\u{2010}"..."\u{2015}").contains(character)
    }

    /// The number before a blank and the two or five digits that a bar code has behind it.
    private static func withoutPrice(_ number: Substring) -> String? {
        let words = number.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[1].count == 5 || words[1].count == 2 else { return nil }
        return checked(words[0].filter { !isHyphen($0) })
    }

    private static func checked(_ text: String) -> String? {
        let digits = text.enumerated().compactMap { index, character in
            character == "X" && index == 9 ? 10 : character.wholeNumberValue
        }
        guard digits.count == text.count, digits.dropLast().contains(where: { $0 != digits[0] }) else { return nil }
        switch digits.count {
        case 10:
            let sum = zip(digits, stride(from: 10, to: 0, by: -1)).reduce(0) { $0 + $1.0 * $1.1 }
            guard sum.isMultiple(of: 11) else { return nil }
            let body = [9, 7, 8] + digits.dropLast()
            return (body + [(10 - sum13(body) % 10) % 10]).map { String($0) }.joined()
        case 13:
            // 979-0 is printed music.
            let isBook = digits.starts(with: [9, 7, 8]) || digits.starts(with: [9, 7, 9]) && digits[3] != 0
            guard isBook, !digits.contains(10), sum13(digits).isMultiple(of: 10) else { return nil }
            return text
        default: return nil
        }
    }

    private static func sum13(_ digits: [Int]) -> Int {
        digits.enumerated().reduce(0) { $0 + $1.element * ($1.offset.isMultiple(of: 2) ? 1 : 3) }
    }
}
