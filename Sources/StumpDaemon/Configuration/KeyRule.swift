// SPDX-License-Identifier: MIT
internal import LibraryModel
internal import TOMLKit

/// What the value of one key has to be, in words and as a test.
struct KeyRule<Value> {
    /// Completes "write …".
    var wanted: String

    /// A value that is accepted, as it is written in the file.
    var example: String
    var accept: (any TOMLValueConvertible) -> Value?

    func remedy(for key: String) -> String { "write \(wanted), such as `\(key) = \(example)`" }
}

extension KeyRule<Bool> {
    static var boolean: KeyRule {
        KeyRule(wanted: "true or false", example: "true", accept: \.bool)
    }
}

extension KeyRule<Int> {
    static func integer(_ range: ClosedRange<Int>, example: Int) -> KeyRule {
        KeyRule(wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)", example: "\(example)") {
            $0.int.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension KeyRule<String> {
    static func text(_ wanted: String, example: String) -> KeyRule {
        KeyRule(wanted: wanted, example: "\"\(example)\"", accept: \.string)
    }
}

extension KeyRule<[String]> {
    static func list(_ wanted: String, example: String) -> KeyRule {
        KeyRule(wanted: wanted, example: "[\"\(example)\"]") { value in
            guard let array = value.array else { return nil }
            let texts = array.compactMap(\.string)
            return texts.count == array.count ? texts : nil
        }
    }
}

extension KeyRule<Duration> {
    static func duration(example: String) -> KeyRule {
        KeyRule(wanted: "a time above zero with its unit (ms, s, m, h, d)", example: "\"\(example)\"") {
            $0.string.flatMap(Duration.init(text:)).flatMap { $0 > .zero ? $0 : nil }
        }
    }
}

extension KeyRule<Duration?> {
    /// A time, or none: `"never"`.
    static var age: KeyRule {
        KeyRule(wanted: "\"never\", or an age of an hour or more, with its unit (h, d)", example: "\"90d\"") { value in
            guard let text = value.string else { return nil }
            if text == "never" { return .some(nil) }
            guard let age = Duration(text: text), age >= .seconds(3600) else { return nil }
            return age
        }
    }
}

extension KeyRule where Value: CaseIterable & RawRepresentable<String> {
    static func word(example: Value) -> KeyRule {
        let words = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return KeyRule(wanted: "one of \(words)", example: "\"\(example.rawValue)\"") {
            $0.string.flatMap(Value.init(rawValue:))
        }
    }
}

extension KeyRule {
    /// A list of words of an enumeration; it may be empty.
    static func words<Word: CaseIterable & RawRepresentable<String>>(example: Word) -> KeyRule where Value == [Word] {
        let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return KeyRule(wanted: "a list of \(words)", example: "[\"\(example.rawValue)\"]") { value in
            guard let array = value.array else { return nil }
            let found = array.compactMap { $0.string.flatMap(Word.init(rawValue:)) }
            return found.count == array.count ? found : nil
        }
    }
}

extension KeyRule<ThumbnailSettings.Size> {
    /// The longest side of a WebP picture, in pixels.
    private static var longestSide: Int { 16_383 }

    static var fit: KeyRule {
        KeyRule(wanted: "width and height in pixels, each from 1 to \(longestSide)", example: "[400, 600]") {
            guard let sides = $0.array, sides.count == 2, let width = sides[0].int, let height = sides[1].int,
                (1...longestSide).contains(width), (1...longestSide).contains(height)
            else { return nil }
            return .fit(width: width, height: height)
        }
    }

    static var scale: KeyRule {
        KeyRule(wanted: "a number above 0 and at most 1", example: "0.75") {
            guard let factor = $0.double ?? $0.int.map(Double.init), factor > 0, factor <= 1 else { return nil }
            return .scale(factor)
        }
    }
}
