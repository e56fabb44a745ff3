// SPDX-License-Identifier: MIT

/// Reads numbers as people write them: ` 007 `, `#3`, `Vol. 2`, `1,5`, `½`, `1,000`, `１２`.
enum WrittenNumber {
    /// A number in a series.
    struct Issue: Equatable {
        /// `1.5`, `12a`, `-1`, `Annual 2`: a decimal point, no leading zeros, no `#`; words stay words.
        var text: String

        /// Of how many, where that is written too, as in `3 of 6`.
        var count: Int?
    }

    private static let fractions: [Character: String] = [
        "½": "5", "¼": "25", "¾": "75", "⅓": "33", "⅔": "67", "⅕": "2", "⅖": "4", "⅗": "6", "⅘": "8", "⅛": "125",
        "⅜": "375", "⅝": "625", "⅞": "875",
    ]

    /// What may stand before a number without meaning anything; longer ones first.
    private static let prefixes = [
        "volume", "issue", "number", "vol.", "num.", "no.", "nr.", "n°", "nº", "№", "vol", "v.", "#", "v",
    ]

    /// The longest text that is looked at, in bytes; a longer one is no number.
    private static let lengthLimit = 200

    static func issue(_ written: String) -> Issue {
        guard written.utf8.count <= lengthLimit else { return Issue(text: written.trimmed) }
        var text = plain(written)[...]
        var count: Int?
        if let (number, total) = separated(text) {
            text = number
            count = total
        }
        guard let figure = Figure(text) else { return Issue(text: written.trimmed) }
        return Issue(text: figure.text + figure.suffix, count: count)
    }

    /// A whole number, also as an ordinal such as `3rd`; `nil` where there is none, or more than a number.
    static func integer(_ written: String) -> Int? {
        guard written.utf8.count <= lengthLimit, let figure = Figure(plain(written)[...]) else { return nil }
        guard figure.suffix.isEmpty || ["st", "nd", "rd", "th", "."].contains(figure.suffix.lowercased()) else {
            return nil
        }
        return Int(figure.text)
    }

    static func decimal(_ written: String) -> Double? {
        guard written.utf8.count <= lengthLimit, let figure = Figure(plain(written)[...]), figure.suffix.isEmpty else {
            return nil
        }
        return Double(figure.text)
    }

    /// A rating from 0 to 5, also where it is written as a part of another whole, such as `8/10`.
    static func rating(_ written: String) -> Double? {
        let parts = written.split(separator: "/", maxSplits: 1)
        guard let rating = parts.first.flatMap({ decimal(String($0)) }) else { return nil }
        guard parts.count == 2 else { return (0...5).contains(rating) ? rating : nil }
        guard let whole = decimal(String(parts[1])), whole > 0, (0...whole).contains(rating) else { return nil }
        return rating / whole * 5
    }

    /// ASCII digits and minus signs, and no words in front.
    private static func plain(_ written: String) -> String {
        var text = ""
        for character in written.trimmed {
            if let fraction = fractions[character] {
                text += (text.last?.isASCIIDigit == true ? "." : "0.") + fraction
            } else if let digit = character.decimalDigit {
                text += String(digit)
            } else {
                text.append(character == "\u{2212}" || character == "\u{FF0D}" ? "-" : character)
            }
        }
        // The only fraction in letters that is one: 1/4 is the first of four.
        if text == "1/2" { return "0.5" }
        for prefix in prefixes where text.lowercased().hasPrefix(prefix) {
            let rest = text.dropFirst(prefix.count).drop(while: \.isWhitespace)
            if let first = rest.first, first.isASCIIDigit || "-.,".contains(first) { return String(rest) }
        }
        return text
    }

    /// The two numbers of `3 of 6` and `3 (of 6)`.
    private static func separated(_ text: Substring) -> (Substring, Int)? {
        guard let range = text.lowercased().firstRange(of: "of"), text.lowercased().count == text.count else {
            return nil
        }
        let offset = text.lowercased().distance(from: text.lowercased().startIndex, to: range.lowerBound)
        let number = text.prefix(offset).prefix { $0 != "(" && $0 != "[" }
        let total = text.dropFirst(offset + 2).prefix { $0 != ")" && $0 != "]" }
        guard let count = Int(String(total).trimmed), (1...99_999).contains(count),
            let figure = Figure(String(number).trimmed[...]), figure.suffix.isEmpty
        else { return nil }
        return (String(number).trimmed[...], count)
    }

    /// A number in front of a text, and what follows it.
    private struct Figure {
        /// With a decimal point and without needless zeros.
        var text: String
        var suffix: String

        init?(_ written: Substring) {
            var rest = written
            let sign = rest.first == "-" || rest.first == "+" ? String(rest.removeFirst()) : ""
            let whole = Self.whole(&rest)
            let part = Self.part(&rest)
            guard !(whole.isEmpty && part.isEmpty) else { return nil }
            // Neither a list of numbers, nor a range, nor a date, nor a version is one number.
            guard let next = rest.first else {
                (text, suffix) = (Self.text(sign, whole, part), "")
                return
            }
            guard !rest.contains(where: { $0.isASCIIDigit }) else { return nil }
            (text, suffix) = (
                Self.text(sign, whole, part), next.isWhitespace ? " \(String(rest).trimmed)" : String(rest)
            )
        }

        private static func text(_ sign: String, _ whole: String, _ part: String) -> String {
            let digits = whole.drop { $0 == "0" }
            let isZero = part.allSatisfy { $0 == "0" }
            let number = (digits.isEmpty ? "0" : String(digits)) + (isZero ? "" : ".\(part)")
            return (sign == "-" && number != "0" ? "-" : "") + number
        }

        /// Digits, and commas between them that group thousands.
        private static func whole(_ rest: inout Substring) -> String {
            var digits = rest.prefix { $0.isASCIIDigit }
            rest = rest.dropFirst(digits.count)
            var whole = String(digits)
            while (1...3).contains(digits.count), digits.first != "0", rest.first == "," {
                let group = rest.dropFirst().prefix { $0.isASCIIDigit }
                guard group.count == 3 else { break }
                whole += group
                rest = rest.dropFirst(4)
                digits = "999"
            }
            return whole
        }

        /// What follows a point or comma.
        private static func part(_ rest: inout Substring) -> String {
            guard rest.first == "." || rest.first == "," else { return "" }
            let digits = rest.dropFirst().prefix { $0.isASCIIDigit }
            guard !digits.isEmpty else { return "" }
            rest = rest.dropFirst(digits.count + 1)
            return String(digits)
        }
    }
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }

    /// The value of a decimal digit of any script, such as the wide ones of East Asia.
    fileprivate var decimalDigit: Int? {
        guard unicodeScalars.count == 1, unicodeScalars.first?.properties.numericType == .decimal else { return nil }
        return wholeNumberValue
    }
}
