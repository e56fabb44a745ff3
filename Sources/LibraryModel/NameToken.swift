// SPDX-License-Identifier: MIT

/// One piece of a name, as the tokeniser cuts it.
struct NameToken: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case word
        case number(NameNumber)

        /// A mark with its number, such as `v01`.
        case mark(NameMark, NameNumber)

        case date(NameDate)

        /// What separates parts of a name: `-`, `–`, `--`, `~`, `|`.
        case dash

        /// What stands in brackets, without them; of any kind of bracket but `{}` if `isLoud`.
        case group(Range<Int>, isLoud: Bool)
    }

    var kind: Kind

    /// Where it stands in the text, without punctuation behind it.
    var range: Range<Int>

    /// Where the punctuation behind it ends.
    var end: Int

    var hasSpaceBefore: Bool

    init(_ kind: Kind, _ range: Range<Int>, hasSpaceBefore: Bool) {
        self.kind = kind
        self.range = range
        end = range.upperBound
        self.hasSpaceBefore = hasSpaceBefore
    }

    /// Whether a comma, colon or full stop follows.
    var isClosed: Bool { end > range.upperBound }

    var isGroup: Bool {
        if case .group = kind { true } else { false }
    }

    var isWord: Bool { kind == .word }

    var isDash: Bool { kind == .dash }

    var number: NameNumber? {
        if case .number(let number) = kind { number } else { nil }
    }
}
