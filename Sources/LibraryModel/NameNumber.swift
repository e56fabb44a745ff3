// SPDX-License-Identifier: MIT

/// A number as people write it into the name of a book: `001`, `1.5`, `12a`, `½`, `-1`, `024.NOW`, `001-008`.
struct NameNumber: Equatable, Sendable {
    /// As a reader would say it: without leading zeros, fractions as decimals, a range with one hyphen.
    var text: String

    /// Whether zeros lead, which nobody writes before a number that belongs to a title.
    var isPadded = false

    /// The value, where it is a whole number with nothing behind it.
    var integer: Int?

    var digits: Int
    var isRange = false

    init(_ integer: Int) {
        text = String(integer)
        digits = text.count
        self.integer = integer
    }

    private init(text: String, isPadded: Bool, integer: Int?, digits: Int) {
        self.text = text
        self.isPadded = isPadded
        self.integer = integer
        self.digits = digits
    }

    /// Whether it could as well be a year.
    var isYear: Bool {
        guard let integer else { return false }
        return digits == 4 && NameDate.years.contains(integer)
    }

    /// Longer ones are dates, ISBNs and the ids of shops.
    static let mostDigits = 6

    /// Reads the longest number that starts at `index` and moves `index` behind it; a hyphen leads a negative one.
    static func read(
        _ scalars: ArraySlice<Unicode.Scalar>,
        at index: inout Int,
        allowsRange: Bool = true
    ) -> NameNumber? {
        var next = index
        let isNegative = next < scalars.endIndex && scalars[next] == "-"
        if isNegative { next += 1 }
        guard var number = readFigure(scalars, at: &next) else { return nil }
        if isNegative {
            number.text = "-" + number.text
            number.integer = number.integer.map { -$0 }
        } else if allowsRange, let last = readRangeEnd(scalars, at: &next, after: number) {
            number.text += "-" + last.text
            number.integer = nil
            number.isRange = true
        }
        index = next
        return number
    }

    /// Reads one number without sign.
    private static func readFigure(_ scalars: ArraySlice<Unicode.Scalar>, at index: inout Int) -> NameNumber? {
        let start = index
        var next = start
        while next < scalars.endIndex, scalars[next].isDigit { next += 1 }
        let digits = next - start
        guard digits <= 8 else { return nil }
        var figure = String(scalars: scalars[start..<next].drop { $0 == "0" })
        if figure.isEmpty { figure = "0" }
        var integer = digits > 0 ? Int(figure) : nil

        if let fraction = readFraction(scalars, at: &next), digits > 0 || fraction.count > 1 {
            figure += fraction
            integer = nil
        } else if digits == 0 {
            return nil
        }
        if let suffix = readSuffix(scalars, at: &next, digits: digits) {
            figure += suffix
            integer = nil
        }
        index = next
        let isPadded = digits > 1 && scalars[start] == "0"
        return NameNumber(text: figure, isPadded: isPadded, integer: integer, digits: digits)
    }

    /// Reads `.5` or `½` as the decimals that it stands for, with their point.
    private static func readFraction(_ scalars: ArraySlice<Unicode.Scalar>, at index: inout Int) -> String? {
        guard index < scalars.endIndex else { return nil }
        if let fraction = fractions[scalars[index]] {
            index += 1
            return fraction
        }
        guard scalars[index] == "." else { return nil }
        let decimals = scalars[(index + 1)...].prefix(4).prefix { $0.isDigit }
        guard (1...3).contains(decimals.count) else { return nil }
        index += 1 + decimals.count
        return "." + String(scalars: decimals)
    }

    private static let fractions: [Unicode.Scalar: String] = [
        "½": ".5", "¼": ".25", "¾": ".75", "⅓": ".33", "⅔": ".67", "⅛": ".125",
    ]

    /// Reads the `a` of `12a`, the `.NOW` of `24.NOW` and the `AU` of `10AU`, but not the `D` of `3D`.
    private static func readSuffix(
        _ scalars: ArraySlice<Unicode.Scalar>,
        at index: inout Int,
        digits: Int
    ) -> String? {
        guard index < scalars.endIndex else { return nil }
        let hasPoint = scalars[index] == "."
        let first = hasPoint ? index + 1 : index
        guard first <= scalars.endIndex else { return nil }
        let letters = scalars[first...].prefix(8).prefix { $0.isASCII && $0.isLetter }
        let end = first + letters.count
        guard !letters.isEmpty, end == scalars.endIndex || !(scalars[end].isLetter || scalars[end].isDigit) else {
            return nil
        }
        let text = String(scalars: letters)
        let isSuffix =
            if hasPoint {
                letters.allSatisfy { $0.properties.isUppercase }
            } else if letters.count == 1 {
                digits > 1 || "abcAB".contains(text)
            } else {
                suffixes.contains(text)
            }
        guard isSuffix else { return nil }
        index = end
        return hasPoint ? "." + text : text
    }

    /// What publishers put behind a number for a story that lies beside the run.
    private static let suffixes: Set<String> = ["AU", "AI", "HU", "INH", "LR", "MU", "NOW", "BEY", "XM"]

    /// Reads the `-008` of `001-008`, the `-v03` of `v01-v03` and the `-c008` of `c001-c008`.
    private static func readRangeEnd(
        _ scalars: ArraySlice<Unicode.Scalar>,
        at index: inout Int,
        after first: NameNumber
    ) -> NameNumber? {
        guard index < scalars.endIndex, scalars[index].isHyphen || scalars[index] == "~" else { return nil }
        var next = index + 1
        if next < scalars.endIndex, "vVcCtT#".unicodeScalars.contains(scalars[next]) { next += 1 }
        guard let last = readFigure(scalars, at: &next), let low = first.value, let high = last.value, low < high else {
            return nil
        }
        index = next
        return last
    }

    /// The value without what stands behind it.
    private var value: Double? { Double(text.prefix { "0123456789.".contains($0) }) }
}

// MARK: Numbers in words

extension NameNumber {
    /// Reads `IV`, `Two` and `zwei`, which count only behind a word that asks for a number.
    init?(word: String) {
        guard let value = NameNumber.words[word.lowercased()] ?? NameNumber.roman(word) else {
            return nil
        }
        self.init(value)
    }

    private static let words: [String: Int] = [
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "eleven": 11, "twelve": 12, "eins": 1, "zwei": 2, "drei": 3, "vier": 4, "un": 1, "deux": 2, "trois": 3,
        "quatre": 4, "cinq": 5, "uno": 1, "dos": 2, "tres": 3, "due": 2, "tre": 3,
    ]

    /// The value of a Roman number from 1 to 39 in capitals, in its one right form.
    private static func roman(_ word: String) -> Int? {
        let tens = word.prefix { $0 == "X" }
        guard tens.count <= 3 else { return nil }
        let ones = word.dropFirst(tens.count)
        guard let value = ones.isEmpty ? 0 : romanOnes.firstIndex(of: String(ones)).map({ $0 + 1 }) else { return nil }
        return tens.isEmpty && ones.isEmpty ? nil : tens.count * 10 + value
    }

    private static let romanOnes = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]

    /// Reads `二十三`, as it stands in `第二十三話`, and moves `index` behind it; up to 99.
    static func readKanji(_ scalars: ArraySlice<Unicode.Scalar>, at index: inout Int) -> NameNumber? {
        var next = index
        var value = 0
        var ones: Int?
        while next < scalars.endIndex, next - index < 4 {
            if scalars[next] == "十", value == 0 {
                value = (ones ?? 1) * 10
                ones = nil
            } else if let digit = kanjiDigits[scalars[next]], ones == nil {
                ones = digit
            } else {
                break
            }
            next += 1
        }
        guard next > index else { return nil }
        index = next
        return NameNumber(value + (ones ?? 0))
    }

    private static let kanjiDigits: [Unicode.Scalar: Int] = [
        "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    ]
}
