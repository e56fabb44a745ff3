// SPDX-License-Identifier: MIT

/// Divides what is left of a name into the series and the title, and takes names of formats and noise out of both.
struct NameDivision {
    let phrase: NamePhrase

    /// How many tokens spell the name of the folder's series.
    let known: Int

    /// Whether there is no folder to name the series where the file does not.
    let isAtRoot: Bool

    /// The tokens that have been understood.
    let taken: Set<Int>

    /// The token that the series ends before.
    let first: Int

    /// The understood tokens that part the series from the title; none where the name has no number.
    let anchors: Set<Int>

    private(set) var series = ""
    private(set) var title = ""
    private(set) var format: PublicationFormat?
    private(set) var language: String?

    init(phrase: NamePhrase, known: Int, isAtRoot: Bool, taken: Set<Int>, first: Int, anchors: Set<Int>) {
        self.phrase = phrase
        self.known = known
        self.isAtRoot = isAtRoot
        self.taken = taken
        self.first = first
        self.anchors = anchors
    }

    private func text(_ range: Range<Int>) -> String {
        phrase.text(range) { taken.contains($0) }
    }

    mutating func divide() {
        series = readSeries()
        title = titleBehind(anchors.max().map { $0 + 1 } ?? first)
        if title.isEmpty { title = titleBetween() }
        if anchors.isEmpty, title.isEmpty { divideAtKnownSeries() }
        readFormatOfTitle()
        series = SeriesName.unfolded(withoutNoise(series))
        title = withoutNoise(title)
        if !title.unicodeScalars.contains(where: { $0.isLetter || $0.isDigit }) { title = "" }
    }

    /// The text before the numbers, without a format's name at its end that does not belong to a series.
    private mutating func readSeries() -> String {
        var begin = phrase.start
        // The `01` of `01 - Batman 003` is of a reading list; the `007` of `007 003` is not.
        if let number = phrase.number(begin), number.isPadded, !taken.contains(begin), phrase.isEnd(begin),
            begin + 1 < first
        {
            begin += 1
        }
        guard begin < first else { return "" }
        let end = (begin..<first).last { !taken.contains($0) && !phrase.tokens[$0].isDash }.map { $0 + 1 } ?? first
        guard let found = phrase.format(endingAt: end, notBefore: begin) else { return text(begin..<first) }
        format = found.value
        // It may be all the name there is.
        let isWhole = found.tokens.lowerBound == begin && isAtRoot
        let isKept = found.value.isPartOfSeries || isWhole || found.tokens.lowerBound < known
        return text(begin..<(isKept ? first : found.tokens.lowerBound))
    }

    /// The text from `begin` to the next brackets, or behind brackets if a dash leads it.
    private func titleBehind(_ begin: Int) -> String {
        var begin = begin
        while begin < phrase.tokens.count {
            guard let index = phrase.tokens.indices.dropFirst(begin).first(where: { !phrase.tokens[$0].isGroup }),
                index == begin || phrase.tokens[index].isDash
            else { return "" }
            let end = phrase.tokens.indices.dropFirst(index).first { phrase.tokens[$0].isGroup } ?? phrase.tokens.count
            let title = text(index..<end)
            if !title.isEmpty { return title }
            begin = end
        }
        return ""
    }

    /// The last text between two numbers, such as that behind a volume.
    private func titleBetween() -> String {
        let places = anchors.sorted()
        for (left, right) in zip(places, places.dropFirst()).reversed() where right > left + 1 {
            let text = text((left + 1)..<right)
            if !text.isEmpty { return text }
        }
        return ""
    }

    /// Takes what is behind the folder's series and a dash for the title of a book without a number.
    private mutating func divideAtKnownSeries() {
        guard known > 0, known < first, phrase.tokens[known].isDash else { return }
        title = text(known..<first)
        series = text(phrase.start..<known)
    }

    /// Takes the `Annual` of `Teen Titans v1 Annual 1` for a part of the series, and a title `TPB` for none.
    private mutating func readFormatOfTitle() {
        guard let found = PublicationFormat(phrase: title.lowercased()) else { return }
        format = format ?? found
        if found.isPartOfSeries, !series.isEmpty { series += " " + title }
        title = ""
    }

    /// A text without the words at its end that describe the file.
    private mutating func withoutNoise(_ text: String) -> String {
        var words = text.split(separator: " ")
        while let last = words.last.map(String.init) {
            if phrase.text.isDotted, NameLanguage.isName(last), !anchors.isEmpty || words.count > 1 {
                language = language ?? NameLanguage.tag(last)
            } else if !(phrase.text.isDotted ? NameNoise.isSceneNoise(last) : NameNoise.isNoise(last)) {
                break
            }
            words.removeLast()
        }
        return NamePhrase.trimmed(words.joined(separator: " "))
    }
}
