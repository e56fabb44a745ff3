// SPDX-License-Identifier: MIT

/// Reads the name of a book's file, rule by rule; what one rule has understood the next ones leave alone.
///
/// The order, from the most certain to the least: the words that spell the folder's series; brackets; dates; marks
/// (`v01`, `c012`, `#3`); a bare number (``NumberChoice``) with the count behind it; a bare year. What stands before
/// the first of these and behind the last is for ``NameDivision``, the authors of ebooks for ``EbookName``. Each rule
/// goes over the tokens once, so that the time is linear in the length of the name.
struct BookNameParser {
    private let phrase: NamePhrase
    private let tokenizer: NameTokenizer
    private let folder: SeriesName?
    private let isEbook: Bool

    /// How many tokens at the beginning spell the folder's series; 0 where they do not.
    private let known: Int

    private var name = BookName()

    /// The tokens that have been understood.
    private var taken: Set<Int> = []

    /// Those of them that part the series from the title.
    private var anchors: Set<Int> = []

    /// The years, each with the place of its token.
    private var years: [(place: Int, date: NameDate)] = []

    /// Whether a mark says that the book is beside the run.
    private var isSpecial = false

    /// What brackets say of numbers, which counts only where the rest of the name says nothing.
    private var asides: [NamePhrase.Marked] = []

    /// The series that an ebook names behind its title.
    private var seriesInBrackets: String?

    init(_ file: FileName, folder: SeriesName?) {
        var stem = file
        // A converted book may have two extensions, and Kobo's has another before the last.
        while MediaFormat(name: stem) != nil || stem.lowercasedExtension == Array("kepub".utf8) { stem = stem.stem }
        isEbook = MediaFormat(name: file) == .epub
        self.folder = folder
        let text = NameText(stem.text)
        tokenizer = NameTokenizer(text)
        phrase = NamePhrase(text: text, tokens: tokenizer.tokens())
        known = folder.map(phrase.prefix(spelling:)) ?? 0
    }

    mutating func parse() -> BookName {
        readBrackets()
        readDates()
        readMarks()
        readNumber()
        for aside in asides { note(aside) }
        readBareYear()
        readYears()
        divide()
        if isEbook {
            let hints = EbookName.Hints(
                isNumbered: !anchors.isEmpty,
                hasYear: !years.isEmpty,
                folder: folder,
                seriesInBrackets: seriesInBrackets
            )
            EbookName.read(&name, hints)
        }
        complete()
        return name
    }

    private func isTaken(_ index: Int) -> Bool { taken.contains(index) }

    private mutating func take(_ tokens: Range<Int>, isAnchor: Bool = true) {
        taken.formUnion(tokens)
        if isAnchor { anchors.formUnion(tokens) }
    }

    // MARK: Brackets

    private mutating func readBrackets() {
        for (index, token) in phrase.tokens.enumerated() {
            guard case .group(let range, let isLoud) = token.kind else { continue }
            taken.insert(index)
            let inner = NamePhrase(text: phrase.text, tokens: tokenizer.tokens(in: range))
            let isSquare = phrase.text.scalars[token.range.lowerBound] == "["
            if isEbook, let series = inner.seriesBeforeNumber(isCertain: isSquare) {
                seriesInBrackets = series
                name.number = name.number ?? inner.lastNumber?.text
                continue
            }
            let note = NameBracket(inner, isSquare: isSquare, isAhead: index < phrase.start, isLoud: isLoud)
            if let date = note.date { years.append((index, date)) }
            asides += note.marks
            name.language = name.language ?? note.language
            name.format = name.format ?? note.format
            name.count = name.count ?? note.count
            if name.writers.isEmpty { name.writers = note.artist.map { [$0] } ?? [] }
        }
    }

    // MARK: Dates and marks

    private mutating func readDates() {
        for found in phrase.dates(from: known) {
            let place = found.tokens.lowerBound
            years.append((place, found.value))
            take(found.tokens, isAnchor: place > phrase.start || found.value.issue != nil)
            guard let issue = found.value.issue else { continue }
            name.number = name.number ?? String(issue)
            if let word = phrase.word(place - 1), NameMark(word: word, hasDot: true) == .issue {
                take(place - 1..<place)
            }
        }
    }

    private mutating func readMarks() {
        let marks = phrase.marks(from: known).filter { !$0.tokens.contains(where: isTaken) }
        for found in marks {
            if isName(found, before: marks) { continue }
            take(found.tokens)
            note(found.value)
            readCount(behind: found.tokens)
        }
    }

    /// Whether it is the `No. 8` of `Kaiju No. 8 v03`, behind which comes the number that counts.
    private func isName(
        _ found: NamePhrase.Found<NamePhrase.Marked>,
        before marks: [NamePhrase.Found<NamePhrase.Marked>]
    ) -> Bool {
        guard found.value.mark == .issue, found.tokens.count == 2, !found.value.number.isPadded,
            phrase.word(found.tokens.lowerBound) != "#", let last = marks.last
        else { return false }
        return last.tokens.lowerBound > found.tokens.lowerBound
            || phrase.tokens[found.tokens.upperBound...].contains { $0.number?.isPadded ?? false }
    }

    private mutating func note(_ marked: NamePhrase.Marked) {
        switch marked.mark {
        case .issue, .chapter: name.number = name.number ?? marked.number.text
        case .volume, .season: name.volume = name.volume ?? marked.number.text
        case .count: name.count = name.count ?? marked.number.integer
        case .special: isSpecial = true
        case .page: break
        }
    }

    private mutating func readCount(behind number: Range<Int>) {
        guard let count = phrase.count(from: number.upperBound) else { return }
        name.count = name.count ?? count.value
        take(count.tokens)
        takePart(before: number.lowerBound)
    }

    private mutating func takePart(before place: Int) {
        guard let word = phrase.word(place - 1)?.lowercased(), ["part", "pt", "teil"].contains(word) else { return }
        take(place - 1..<place)
    }

    // MARK: Numbers and years

    private mutating func readNumber() {
        guard name.number == nil else { return }
        let choice = NumberChoice(
            phrase: phrase,
            known: known,
            isAtRoot: folder == nil,
            isEbook: isEbook,
            volume: name.volume == nil ? 0 : anchors.min() ?? 0,
            isTaken: isTaken
        )
        guard let index = choice.choose() ?? numberLikeYear(), let number = phrase.number(index) else { return }
        name.number = number.text
        take(index..<index + 1)
        takePart(before: index)
        readCount(behind: index..<index + 1)
    }

    /// The place of a number such as `1977` that is no year, since the year in brackets is a later one.
    ///
    /// A weekly gets that far, while what lies in the future of its book is the scene of a story: `Spider-Man 2099`.
    private func numberLikeYear() -> Int? {
        let isBehindSeries = known > 0 && !isTaken(known) && phrase.year(known) != nil && phrase.isEnd(known)
        if isBehindSeries, !years.isEmpty { return known }
        guard let year = years.last?.date.year, !anchors.contains(where: { phrase.tokens[$0].number == nil }) else {
            return nil
        }
        return phrase.tokens.indices.dropFirst(max(known, phrase.start + 1)).first {
            !isTaken($0) && phrase.isEnd($0) && (phrase.year($0) ?? year) < year
        }
    }

    /// Reads the year of `Batman 001 2011` and `Judge Dredd Annual 1983`; one far ahead is a part of the name.
    private mutating func readBareYear() {
        let place = phrase.tokens.indices.last { phrase.year($0) != nil && !isTaken($0) }
        guard years.isEmpty, let place, place >= known, place > phrase.start, let year = phrase.year(place),
            year < 2040,
            anchors.max() ?? 0 < place, phrase.isEnd(place) || phrase.isBeforeNoise(place)
        else { return }
        years.append((place, NameDate(year: year)))
        take(place..<place + 1)
        if let season = phrase.word(place - 1), place - 1 > phrase.start, NameDate.seasons.contains(season.lowercased())
        {
            take(place - 1..<place)
            name.title = "\(season) \(year)"
        }
    }

    /// Takes the last date for that of the book, and a year before the number for that of the run.
    private mutating func readYears() {
        guard let last = years.max(by: { $0.place < $1.place }), let first = years.min(by: { $0.place < $1.place })
        else {
            return
        }
        name.year = last.date.year
        name.month = last.date.month
        name.day = last.date.day
        if first.place < last.place, name.volume == nil, let number = anchors.min(), first.place < number {
            name.volume = String(first.date.year)
        }
    }

    // MARK: Texts

    private mutating func divide() {
        let endOfUnnumbered = years.map(\.place).filter { $0 > phrase.start }.min() ?? phrase.tokens.count
        var division = NameDivision(
            phrase: phrase,
            known: known,
            isAtRoot: folder == nil,
            taken: taken,
            first: anchors.min() ?? endOfUnnumbered,
            anchors: anchors
        )
        division.divide()
        name.series = division.series
        if !division.title.isEmpty { name.title = division.title }
        name.format = name.format ?? division.format ?? (isSpecial ? .special : nil)
        name.language = name.language ?? division.language
    }

    private mutating func complete() {
        if let folder {
            name.isSeriesOfFolder = name.series.isEmpty
            let format = PublicationFormat(phrase: name.series.lowercased())
            if name.series.isEmpty || SeriesName.key(name.series.unicodeScalars) == folder.key {
                name.series = folder.name
            } else if format != nil, format == name.format {
                name.series = folder.name + " " + name.series
            }
        }
        // `[Oshi no Ko] v01`, where the name itself is in brackets.
        if name.series.isEmpty, case .group(let inner, _)? = phrase.tokens.first?.kind {
            name.series = NamePhrase.trimmed(phrase.text.string(inner))
        }
        // A volume that stands alone is what the book is in its series; a year is when that began.
        let isYear = name.volume.flatMap { Int($0) }.map { $0 >= 1000 } ?? false
        if name.number == nil, !isYear { name.number = name.volume }
    }
}
