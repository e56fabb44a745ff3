// SPDX-License-Identifier: MIT

/// What stands in one pair of brackets: `(2012)`, `(of 4)`, `[English]`, `(v2)`; most of it is the group's signature.
struct NameBracket {
    private(set) var date: NameDate?
    private(set) var count: Int?
    private(set) var language: String?
    private(set) var format: PublicationFormat?

    /// The artist of a circle, of `[Circle (Artist)]`.
    private(set) var artist: String?

    /// Numbers, which count where the rest of the name has none.
    private(set) var marks: [NamePhrase.Marked] = []

    private let inner: NamePhrase

    /// Reads brackets that are `isAhead` of the name or not; numbers only of loud ones behind its beginning.
    init(_ inner: NamePhrase, isSquare: Bool, isAhead: Bool, isLoud: Bool) {
        self.inner = inner
        readDate()
        if inner.tokens.count <= 4 { readDescription() }
        if isLoud { readNumbers(isAhead: isAhead, isSquare: isSquare) }
        if isAhead, isSquare, inner.tokens.count > 1, case .group(let range, _)? = inner.tokens.last?.kind {
            artist = inner.text.string(range)
        }
    }

    private mutating func readDate() {
        if let found = inner.dates().first {
            date = found.value
            if let issue = found.value.issue { marks.append(.init(mark: .issue, number: NameNumber(issue))) }
        } else if let year = inner.tokens.indices.lazy.compactMap(inner.year).first {
            date = NameDate(year: year)
        } else if inner.tokens.count == 1, let number = inner.number(0), number.digits == 4, let year = number.integer,
            (1800..<NameDate.years.lowerBound).contains(year)
        {
            date = NameDate(year: year)
        }
    }

    private mutating func readDescription() {
        for index in inner.tokens.indices {
            guard let word = inner.word(index) else { continue }
            // A short word in company is a name or an article as well: `(Dan Slott)`, `[Oshi no Ko]`.
            if inner.tokens.count == 1 || word.count > 3 { language = language ?? NameLanguage.tag(word) }
            format = format ?? inner.format(startingAt: index, notBehind: inner.tokens.count)?.value
        }
    }

    /// Reads `(of 4)`, `(1 of 4)`, `(#12)`, `[03]`, `(v2)`, `(v1 001)`.
    private mutating func readNumbers(isAhead: Bool, isSquare: Bool) {
        if let found = inner.count(from: 0), inner.tokens.count == 2 {
            count = found.value
        } else if let number = inner.number(0), let found = inner.count(from: 1) {
            count = found.value
            marks.append(.init(mark: .issue, number: number))
        } else if isAhead || isRevision(isSquare: isSquare) {
            return
        } else if let number = inner.number(0), inner.tokens.count == 1, number.digits <= 3 {
            marks.append(.init(mark: .issue, number: number))
        } else {
            let found = inner.marks()
            marks += found.map(\.value)
            if let last = found.last, last.value.mark == .volume, let number = inner.number(last.tokens.upperBound) {
                marks.append(.init(mark: .issue, number: number))
            }
        }
    }

    /// Whether it is the `[v2]` of a file that was scanned again.
    private func isRevision(isSquare: Bool) -> Bool {
        guard inner.tokens.count == 1, case .mark(.volume, let number) = inner.tokens[0].kind else { return false }
        return number.digits == 1 && isSquare
    }
}
