// SPDX-License-Identifier: MIT

/// The words of a text as they are indexed and looked for.
///
/// Letters and figures are words of their own, so that `v01` is found by `v 1`; figures have no zeros in front. Scripts
/// that are written without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Burmese) become pairs of neighbours, and the
/// last character, so that every one of them begins a word of the index. Everything else separates words.
package struct SearchText: Sendable {
    /// The longest word, in scalars; what is longer is cut off, in the index and in the query.
    package static let longestWord = 40

    /// The most scalars of one text that are looked at.
    package static let longestText = 4000

    package enum Script: Equatable, Sendable {
        case letters
        case figures
        case unspaced
    }

    /// What stands together in one script.
    package struct Run: Equatable, Sendable {
        package var text: String
        package var script: Script
    }

    package private(set) var runs: [Run] = []
    private var run: [Unicode.Scalar] = []
    private var script: Script?

    package init(_ text: String) {
        for scalar in text.unicodeScalars.prefix(SearchText.longestText) { take(scalar) }
        end()
    }

    /// The words for the index.
    package var words: [String] {
        runs.flatMap { run -> [String] in
            guard run.script == .unspaced else { return [run.text] }
            return SearchText.pairs(of: run.text) + [run.text.unicodeScalars.last.map { String($0) } ?? ""]
        }
    }

    /// Neighbours in an unspaced script; none of one character.
    package static func pairs(of text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.dropLast().map { String(scalars: scalars[$0...($0 + 1)]) }
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x61...0x7A: append(scalar, .letters)
        case 0x41...0x5A: append(Unicode.Scalar(UInt8(scalar.value) | 0x20), .letters)
        case 0x30...0x39: append(scalar, .figures)
        case 0..<0x80: end()
        default: takeWide(SearchFolding.evened(scalar))
        }
    }

    private mutating func takeWide(_ scalar: Unicode.Scalar) {
        if scalar.isASCII { return take(scalar) }
        if let last = run.last, let one = SearchFolding.composed(last, scalar) {
            run[run.count - 1] = one
            return
        }
        if let folded = SearchFolding.folded(scalar) { return append(folded) }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark:
            // An accent on a letter goes; a vowel of an Indian or Thai word does not.
            if SearchText.isAccent(scalar) { return }
            append(scalar, SearchText.isUnspaced(scalar) ? .unspaced : .letters)
        case .format: return
        case .decimalNumber:
            let figure = properties.numericValue.map { UInt8($0) } ?? 0
            append(Unicode.Scalar(UInt8(ascii: "0") + figure), .figures)
        case .uppercaseLetter, .titlecaseLetter: append(properties.lowercaseMapping)
        case .lowercaseLetter, .modifierLetter, .otherLetter, .letterNumber:
            append(scalar, SearchText.isUnspaced(scalar) ? .unspaced : .letters)
        default: end()
        }
    }

    private mutating func append(_ lowercase: String) {
        for scalar in lowercase.unicodeScalars where !SearchText.isAccent(scalar) {
            guard let folded = SearchFolding.folded(scalar) else {
                append(scalar, .letters)
                continue
            }
            for letter in folded.unicodeScalars { append(letter, .letters) }
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ script: Script) {
        if self.script != script { end() }
        self.script = script
        run.append(scalar)
    }

    private mutating func end() {
        defer {
            run.removeAll(keepingCapacity: true)
            script = nil
        }
        guard let script else { return }
        if script == .figures {
            let figures = run.drop { $0 == "0" }
            run = figures.isEmpty ? ["0"] : Array(figures)
        }
        let kept = script == .unspaced ? run[...] : run.prefix(SearchText.longestWord)
        runs.append(Run(text: String(scalars: kept), script: script))
    }

    /// Marks of Latin, Greek, Cyrillic, Hebrew and Arabic letters, and selectors of variants.
    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x300...0x36F, 0x483...0x489, 0x591...0x5C7, 0x610...0x61A, 0x64B...0x65F, 0x670, 0x6D6...0x6ED,
            0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE00...0xFE0F, 0xFE20...0xFE2F, 0xE0100...0xE01EF:
            true
        default: false
        }
    }

    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Thai, Lao, Burmese, Hangul letters, Khmer.
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x3099...0x309A, 0x3130...0x318F:
            true
        default: scalar.isEastAsian
        }
    }
}
