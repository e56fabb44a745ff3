// SPDX-License-Identifier: MIT

/// The tokens of a whole name, or of what stands in one pair of brackets, and what neighbours say together.
struct NamePhrase: Sendable {
    let text: NameText
    let tokens: [NameToken]

    /// The place of the first token that is not in brackets.
    let start: Int

    init(text: NameText, tokens: [NameToken]) {
        self.text = text
        self.tokens = tokens
        start = tokens.firstIndex { !$0.isGroup } ?? tokens.count
    }

    /// Something that one or more tokens say.
    struct Found<Value> {
        var value: Value
        var tokens: Range<Int>
    }

    /// A mark with its number.
    struct Marked: Equatable {
        var mark: NameMark
        var number: NameNumber
    }

    /// The word at a place, in its own letter case; `nil` behind the end, and for what is no word.
    func word(_ index: Int) -> String? {
        guard tokens.indices.contains(index), tokens[index].isWord else { return nil }
        return text.string(tokens[index].range)
    }

    func number(_ index: Int) -> NameNumber? {
        tokens.indices.contains(index) ? tokens[index].number : nil
    }

    /// Whether nothing of the same part of the name follows `index`.
    func isEnd(_ index: Int) -> Bool {
        guard tokens.indices.contains(index), tokens.indices.contains(index + 1) else { return true }
        return tokens[index].isClosed || tokens[index + 1].isGroup || tokens[index + 1].isDash
    }

    /// Whether only words about the file follow `index`.
    func isBeforeNoise(_ index: Int) -> Bool {
        guard let next = word(index + 1) else { return false }
        return text.isDotted ? NameNoise.isSceneNoise(next) || NameLanguage.isName(next) : NameNoise.isNoise(next)
    }

    /// How many tokens at the beginning spell the name of a series, letter case and punctuation aside; 0 for none.
    func prefix(spelling series: SeriesName) -> Int {
        guard !series.isMerelyNumbered else { return 0 }
        let key = series.key[...]
        let article = Array("the".unicodeScalars)
        let end = prefix(spelling: key)
        return end == 0 && key.starts(with: article) ? prefix(spelling: key.dropFirst(article.count)) : end
    }

    private func prefix(spelling key: ArraySlice<Unicode.Scalar>) -> Int {
        var rest = key
        for (index, token) in tokens.enumerated() where !token.isGroup {
            let own = SeriesName.key(text.scalars[token.range])
            guard rest.starts(with: own) else { return 0 }
            rest = rest.dropFirst(own.count)
            if rest.isEmpty { return index + 1 }
        }
        return 0
    }

    /// The text of some tokens without brackets and without those that are `left` out.
    func text(_ range: Range<Int>, leaving left: (Int) -> Bool = { _ in false }) -> String {
        var result = ""
        var hasGap = false
        for index in range {
            let token = tokens[index]
            if token.isGroup || left(index) {
                hasGap = true
                continue
            }
            // Two dashes are left where brackets stood between them.
            if hasGap, token.isDash, result.hasSuffix("-") { continue }
            if !result.isEmpty {
                let between = tokens[index - 1].end..<token.range.lowerBound
                result += hasGap || token.hasSpaceBefore ? " " : text.string(between)
            }
            result += text.string(token.range.lowerBound..<token.end)
            hasGap = false
        }
        return NamePhrase.trimmed(result)
    }

    /// A text without the spaces and separators at its ends.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSeparator($0) }),
            let last = scalars.lastIndex(where: { !isSeparator($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        " -–,:;#|~·•=".unicodeScalars.contains(scalar)
    }
}
