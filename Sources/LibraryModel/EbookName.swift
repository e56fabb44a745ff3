// SPDX-License-Identifier: MIT

/// What only the names of ebooks say: an author before or behind the title, and the series in brackets behind it.
///
/// Two names with a dash between may be author and title, title and author, or series and title, and many a series is
/// named like a person. So an author is only told where it looks like nothing else: `Herbert, Frank`, `J. R. R.
/// Tolkien`, `Title by Author`, calibre's `Title (12)/Title - Author`, and a common given name in the full form
/// `Frank Herbert - Dune (1965)`.
enum EbookName {
    struct Split: Equatable {
        var author: String
        var title: String
    }

    /// What the rest of the name, and the folder, say of the book.
    struct Hints {
        /// Whether a number parts the series from the title.
        var isNumbered: Bool

        var hasYear: Bool
        var folder: SeriesName?
        var seriesInBrackets: String?
    }

    /// Takes the author out of the series or the title; a name without number is the title's.
    static func read(_ name: inout BookName, _ hints: Hints) {
        if hints.isNumbered {
            if let split = split(name.series, hasYear: false, folder: nil) {
                name.writers = writers(split.author)
                name.series = SeriesName.unfolded(split.title)
            } else if isEvident(name.series) {
                name.writers = writers(name.series)
                name.series = ""
            } else if let split = name.title.flatMap({ split($0, hasYear: false, folder: nil) }) {
                name.writers = writers(split.author)
                name.title = split.title
            }
        } else {
            let whole = [name.series, name.title ?? ""].filter { !$0.isEmpty }.joined(separator: " - ")
            if let split = split(whole, hasYear: hints.hasYear, folder: hints.folder) {
                name.writers = writers(split.author)
                name.title = SeriesName.unfolded(split.title)
                name.series = ""
            } else if name.title == nil {
                name.title = name.series.isEmpty ? nil : name.series
                name.series = ""
            }
            if let series = hints.seriesInBrackets { name.series = series }
        }
    }

    /// Divides what is outside of brackets into author and title; `nil` where there may be no author in it.
    static func split(_ text: String, hasYear: Bool, folder: SeriesName?) -> Split? {
        if let by = text.firstRange(of: " by ") {
            let author = NamePhrase.trimmed(String(text[by.upperBound...]))
            if words(author).count > 1, isPerson(author) {
                return Split(author: author, title: NamePhrase.trimmed(String(text[..<by.lowerBound])))
            }
        }
        guard let first = text.firstRange(of: " - "), let last = lastDash(in: text) else { return nil }
        let head = NamePhrase.trimmed(String(text[..<first.lowerBound]))
        let rest = NamePhrase.trimmed(String(text[first.upperBound...]))
        let front = NamePhrase.trimmed(String(text[..<last.lowerBound]))
        let tail = NamePhrase.trimmed(String(text[last.upperBound...]))
        if let folder, SeriesName.key(front.unicodeScalars) == folder.key, words(tail).count > 1, isPerson(tail) {
            return Split(author: tail, title: front)
        }
        switch (isEvident(head), isEvident(tail)) {
        case (true, false): return Split(author: head, title: rest)
        case (false, true): return Split(author: tail, title: front)
        case (true, true): return nil
        case (false, false):
            let isName = hasYear && GivenName.isCommon(words(head).first ?? "") && isPerson(head) && !isPerson(rest)
            return isName ? Split(author: head, title: rest) : nil
        }
    }

    /// The persons of a text that was told to be an author, each with the given name first.
    static func writers(_ author: String) -> [String] {
        let hasOneComma = author.filter { $0 == "," }.count == 1 && !author.contains("&")
        if hasOneComma, let comma = author.firstIndex(of: ",") {
            let given = NamePhrase.trimmed(String(author[author.index(after: comma)...]))
            // `Frank Herbert, Brian Herbert` are two.
            if words(String(author[..<comma])).count == 1 || words(given).count == 1 {
                return [given + " " + author[..<comma]]
            }
        }
        return author.split(whereSeparator: { $0 == "&" || $0 == "," || $0 == ";" })
            .map { NamePhrase.trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    /// Whether a text is a person's name and looks like nothing else.
    private static func isEvident(_ text: String) -> Bool {
        guard isPerson(text) else { return false }
        if text.contains(",") { return SeriesName.unfolded(text) == text }
        return words(text).contains { isInitial($0) }
    }

    /// Whether a text may be the names of one person or several.
    static func isPerson(_ text: String) -> Bool {
        let all = words(text.filter { $0 != "," && $0 != "&" && $0 != ";" })
        guard (2...6).contains(all.count), let first = all.first, let last = all.last else { return false }
        return isCapitalised(first) && isCapitalised(last)
            && all.allSatisfy { isCapitalised($0) || particles.contains($0) }
    }

    private static func isCapitalised(_ word: Substring) -> Bool {
        guard let first = word.first, first.isUppercase, !wordsOfTitles.contains(word.lowercased()) else {
            return false
        }
        return word.allSatisfy { $0.isLetter || $0 == "." || $0 == "'" || $0 == "-" || $0 == "’" }
    }

    /// Whether a word is of the kind of `J.` and `J.R.R.`.
    private static func isInitial(_ word: Substring) -> Bool {
        let letters = word.split(separator: ".", omittingEmptySubsequences: false)
        return word.last == "." && letters.count > 1 && letters.dropLast().allSatisfy { $0.count == 1 }
    }

    private static func words(_ text: String) -> [Substring] { text.split(separator: " ") }

    private static func lastDash(in text: String) -> Range<String.Index>? {
        guard let hyphen = text.indices.last(where: { text[$0...].hasPrefix(" - ") }) else { return nil }
        return hyphen..<text.index(hyphen, offsetBy: 3)
    }

    private static let particles: Set<Substring> = [
        "de", "van", "von", "der", "den", "la", "le", "du", "da", "di", "del", "dos", "bin", "al", "ten", "ter", "y",
    ]

    private static let wordsOfTitles: Set<String> = [
        "the", "a", "an", "of", "in", "on", "at", "to", "for", "with", "and", "is", "my", "no", "vol", "part", "book",
        "das", "die", "les", "il", "el",
    ]
}

extension NamePhrase {
    /// The words before the number that brackets end with, as in `(Mistborn, #1)`; a bare number has to be `certain`.
    func seriesBeforeNumber(isCertain: Bool) -> String? {
        guard let last = tokens.indices.last, last > 0 else { return nil }
        var end = last
        if let mark = marks().last, mark.tokens.upperBound == tokens.count {
            end = mark.tokens.lowerBound
        } else {
            guard let number = number(last), isCertain || number.isPadded, !number.isYear else { return nil }
        }
        let series = text(0..<end)
        return tokens[0..<end].contains(where: \.isWord) ? series : nil
    }

    /// The number that the phrase ends with, with its mark or without.
    var lastNumber: NameNumber? { marks().last?.value.number ?? number(tokens.count - 1) }
}
