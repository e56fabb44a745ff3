// SPDX-License-Identifier: MIT

/// Cuts a name into tokens, once, from left to right.
///
/// What is between spaces is one word, unless it is made of numbers and marks from end to end (`v01c005`), ends in
/// them behind a hyphen (`X-Men-V1-067`), or is of a script without spaces (`ワンピース第1巻`). So `2000AD`, `X-23`,
/// `'92` and `R2-D2` stay words. Brackets are paired beforehand; one that has no partner is a letter like any other,
/// but for one that a shortened name left open, which reaches to the end.
struct NameTokenizer {
    let text: NameText

    /// For every opening bracket the place of the closing one; 0 for everything else.
    private let partners: [Int]

    init(_ text: NameText) {
        self.text = text
        partners = NameTokenizer.partners(text.scalars)
    }

    func tokens() -> [NameToken] { tokens(in: text.scalars.indices) }

    func tokens(in range: Range<Int>) -> [NameToken] {
        var tokens: [NameToken] = []
        var index = range.lowerBound
        var hasSpace = false
        while index < range.upperBound {
            if text.scalars[index] == " " {
                hasSpace = true
                index += 1
                continue
            }
            if partners[index] > 0 {
                let close = min(partners[index], range.upperBound)
                let kind = NameToken.Kind.group((index + 1)..<close, isLoud: text.scalars[index] != "{")
                let end = min(close + 1, range.upperBound)
                tokens.append(NameToken(kind, index..<end, hasSpaceBefore: hasSpace))
                index = end
            } else {
                let end = text.scalars[index..<range.upperBound].indices.first {
                    text.scalars[$0] == " " || partners[$0] > 0
                }
                let chunk = index..<(end ?? range.upperBound)
                tokens += self.tokens(ofChunk: chunk, hasSpaceBefore: hasSpace)
                index = chunk.upperBound
            }
            hasSpace = false
        }
        return tokens
    }

    // MARK: Brackets

    private static let closers: [Unicode.Scalar: Unicode.Scalar] = ["(": ")", "[": "]", "{": "}"]

    private static func partners(_ scalars: [Unicode.Scalar]) -> [Int] {
        var partners = Array(repeating: 0, count: scalars.count)
        var open: [Int] = []
        for (index, scalar) in scalars.enumerated() {
            if closers[scalar] != nil {
                open.append(index)
            } else if let last = open.last, closers[scalars[last]] == scalar {
                partners[last] = index
                open.removeLast()
            }
        }
        // The first one that is still open swallows what follows; a name that begins with it would be nothing else.
        if let first = open.first, first > 0, scalars[first - 1] == " " { partners[first] = scalars.count }
        return partners
    }

    // MARK: Words

    private func tokens(ofChunk chunk: Range<Int>, hasSpaceBefore: Bool) -> [NameToken] {
        let scalars = text.scalars[chunk]
        if scalars.allSatisfy({ $0.isHyphen || $0 == "~" || $0 == "|" || $0 == ":" || $0 == "·" || $0 == "•" }) {
            return [NameToken(.dash, chunk, hasSpaceBefore: hasSpaceBefore)]
        }
        let trailing = scalars.reversed().prefix { ",:;.".unicodeScalars.contains($0) }.count
        let core = trailing < chunk.count ? chunk.lowerBound..<(chunk.upperBound - trailing) : chunk
        var tokens =
            numbers(core) ?? eastAsian(core) ?? behindHyphens(core) ?? beforeHyphen(core)
            ?? [NameToken(.word, core, hasSpaceBefore: false)]
        tokens[0].hasSpaceBefore = hasSpaceBefore
        tokens[tokens.count - 1].end = chunk.upperBound
        return tokens
    }

    /// The tokens of a word that is a date, a number or marks with their numbers, and nothing else.
    private func numbers(_ range: Range<Int>) -> [NameToken]? {
        let scalars = text.scalars[range]
        if let date = NameDate(digits: scalars) { return [NameToken(.date(date), range, hasSpaceBefore: false)] }
        var index = range.lowerBound
        if let number = NameNumber.read(scalars, at: &index) {
            let first = NameToken(.number(number), range.lowerBound..<index, hasSpaceBefore: false)
            return index == range.upperBound ? [first] : countBehind(first, scalars)
        }
        var tokens: [NameToken] = []
        index = range.lowerBound
        while index < range.upperBound {
            guard let token = mark(scalars, at: &index) else { return nil }
            tokens.append(token)
            // Between the marks of one word may be a hyphen, as in `v01-c005`.
            if index < range.upperBound, text.scalars[index] == "-" || text.scalars[index] == "." { index += 1 }
        }
        return tokens.isEmpty ? nil : tokens
    }

    /// The tokens of `1of4`.
    private func countBehind(_ first: NameToken, _ scalars: ArraySlice<Unicode.Scalar>) -> [NameToken]? {
        let word = scalars[first.range.upperBound...].prefix { $0.isLetter }
        guard String(scalars: word).lowercased() == "of" else { return nil }
        var index = word.endIndex
        guard let number = NameNumber.read(scalars, at: &index, allowsRange: false), index == scalars.endIndex else {
            return nil
        }
        return [
            first, NameToken(.word, word.startIndex..<word.endIndex, hasSpaceBefore: false),
            NameToken(.number(number), word.endIndex..<index, hasSpaceBefore: false),
        ]
    }

    /// Reads letters, a dot or none, and a number.
    private func mark(_ scalars: ArraySlice<Unicode.Scalar>, at index: inout Int) -> NameToken? {
        let letters = scalars[index...].prefix(10).prefix { $0.isLetter || "#°№".unicodeScalars.contains($0) }
        guard !letters.isEmpty else { return nil }
        var next = letters.endIndex
        if next < scalars.endIndex, text.scalars[next] == "." { next += 1 }
        let name = String(scalars: letters)
        guard let number = NameNumber.read(scalars, at: &next), number.digits > 0 || name == "#",
            let mark = NameMark(glued: name, digits: number.digits)
        else { return nil }
        // A model such as `T-800` is no volume.
        if name != "#", number.text.hasPrefix("-") { return nil }
        let token = NameToken(.mark(mark, number), letters.startIndex..<next, hasSpaceBefore: false)
        index = next
        return token
    }

    // MARK: Hyphens

    /// Splits `X-Men-V1-067` into `X-Men`, `V1`, `067`, but not `X-23` and `Catch-22`.
    private func behindHyphens(_ range: Range<Int>) -> [NameToken]? {
        var tails: [NameToken] = []
        var end = range.upperBound
        while let hyphen = text.scalars[range.lowerBound..<end].lastIndex(where: \.isHyphen), hyphen > range.lowerBound,
            let tokens = numbers(dateStart(endingAt: end, in: range) ?? hyphen + 1..<end), let first = tokens.first,
            tokens.allSatisfy(isUnmistakable)
        {
            tails.insert(contentsOf: tokens, at: 0)
            end = first.range.lowerBound - 1
        }
        guard !tails.isEmpty, end > range.lowerBound else { return nil }
        return [NameToken(.word, range.lowerBound..<end, hasSpaceBefore: false)] + tails
    }

    /// The place of a date with hyphens in it that ends at `end` and has another hyphen before it.
    private func dateStart(endingAt end: Int, in range: Range<Int>) -> Range<Int>? {
        [10, 7].lazy.map { end - $0 }.first { start in
            start - 1 > range.lowerBound && text.scalars[start - 1].isHyphen
                && NameDate(digits: text.scalars[start..<end]) != nil
        }.map { $0..<end }
    }

    private func isUnmistakable(_ token: NameToken) -> Bool {
        if let number = token.number { number.isPadded || number.digits >= 3 } else { true }
    }

    /// Splits `001-Title` at its first hyphen.
    private func beforeHyphen(_ range: Range<Int>) -> [NameToken]? {
        let scalars = text.scalars[range]
        guard let hyphen = scalars.firstIndex(where: \.isHyphen), hyphen > range.lowerBound else { return nil }
        let head = range.lowerBound..<hyphen
        guard let tokens = numbers(head), tokens.count == 1, isUnmistakable(tokens[0]) else { return nil }
        let dash = NameToken(.dash, hyphen..<(hyphen + 1), hasSpaceBefore: false)
        let rest = (hyphen + 1)..<range.upperBound
        return tokens + [dash] + (rest.isEmpty ? [] : [NameToken(.word, rest, hasSpaceBefore: false)])
    }

    // MARK: Scripts without spaces

    /// Splits `ワンピース第1巻` before `第`, and `ワンピース01` before the number; `20世紀少年` has no counter and stays.
    private func eastAsian(_ range: Range<Int>) -> [NameToken]? {
        let scalars = text.scalars[range]
        guard scalars.contains(where: \.isEastAsian) else { return nil }
        var tokens: [NameToken] = []
        var wordStart = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound {
            let start = index
            guard let token = counted(scalars, at: &index) else {
                // The rest of a number that counts nothing is not looked at again.
                index =
                    scalars[start...].indices.dropFirst().first { !scalars[$0].isDigit || !scalars[$0 - 1].isDigit }
                    ?? range.upperBound
                continue
            }
            if wordStart < start { tokens.append(NameToken(.word, wordStart..<start, hasSpaceBefore: false)) }
            tokens.append(token)
            wordStart = index
        }
        if wordStart < range.upperBound {
            tokens.append(NameToken(.word, wordStart..<range.upperBound, hasSpaceBefore: false))
        }
        return tokens
    }

    /// Reads `第1巻`, `卷01`, `12話`, `全12巻`, `2019年5月`, or a number behind such letters; else leaves `index`.
    private func counted(_ scalars: ArraySlice<Unicode.Scalar>, at index: inout Int) -> NameToken? {
        let start = index
        var next = start
        let lead = scalars[next]
        let isOrdinal = "第제全卷巻".unicodeScalars.contains(lead)
        if isOrdinal { next += 1 }
        guard next < scalars.endIndex, isOrdinal || lead.isDigit else { return nil }
        let number = NameNumber.read(scalars, at: &next) ?? (isOrdinal ? NameNumber.readKanji(scalars, at: &next) : nil)
        guard let number, !number.text.hasPrefix("-") else { return nil }

        func token(_ kind: NameToken.Kind) -> NameToken {
            index = next
            return NameToken(kind, start..<next, hasSpaceBefore: false)
        }
        if next < scalars.endIndex, let mark = NameMark(counter: scalars[next]) {
            next += 1
            return token(.mark(lead == "全" ? .count : mark, number))
        }
        if lead == "卷" || lead == "巻" { return token(.mark(.volume, number)) }
        if isOrdinal { return nil }
        if let date = date(scalars, year: number, at: &next) { return token(.date(date)) }
        let isBehindLetters = start > scalars.startIndex && scalars[start - 1].isEastAsian
        return isBehindLetters && next == scalars.endIndex ? token(.number(number)) : nil
    }

    /// Reads the `年` behind a year, and the `5月` or `5月号` behind that.
    private func date(_ scalars: ArraySlice<Unicode.Scalar>, year: NameNumber, at index: inout Int) -> NameDate? {
        guard year.isYear, let value = year.integer, index < scalars.endIndex,
            "年년".unicodeScalars.contains(scalars[index])
        else { return nil }
        index += 1
        var next = index
        var date = NameDate(year: value)
        if let month = NameNumber.read(scalars, at: &next, allowsRange: false)?.integer, (1...12).contains(month),
            next < scalars.endIndex, "月월".unicodeScalars.contains(scalars[next])
        {
            date.month = month
            index = next + 1
            if index < scalars.endIndex, scalars[index] == "号" { index += 1 }
        }
        return date
    }
}
