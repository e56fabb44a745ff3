// SPDX-License-Identifier: MIT

/// What the name of a folder says of the series in it.
///
/// `Saga (2012-2018) [Image]` is `Saga`, from 2012 to 2018. What stands in brackets and behind the first mark of a
/// volume or range is about the run or the files, not the name; numbers without leading zeros are a part of it, as in
/// `100 Bullets` and `Blade Runner 2049`.
package struct SeriesName: Equatable, Sendable {
    /// Empty only where the folder's name is.
    package var name: String

    package var startYear: Int?
    package var endYear: Int?

    /// `2` of `Batman v2`; a folder of one volume is often named so.
    package var volume: String?

    /// Whether the folder has only a number for a name, such as `Vol. 1`, so that a book's own name says more.
    package var isMerelyNumbered = false

    package init(folder: FileName) {
        let text = NameText(folder.text)
        let tokenizer = NameTokenizer(text)
        let phrase = NamePhrase(text: text, tokens: tokenizer.tokens())
        var end = phrase.tokens.count
        if let mark = phrase.marks().first(where: { $0.value.mark != .issue }) {
            end = mark.tokens.lowerBound
            if mark.value.mark == .volume { volume = mark.value.number.text }
        }
        for (index, token) in phrase.tokens.enumerated() {
            switch token.kind {
            case .number(let number) where index > 0 && (number.isPadded || number.isRange): end = min(end, index)
            case .date where index > 0: end = min(end, index)
            default: break
            }
        }
        let own = phrase.text(0..<end)
        isMerelyNumbered = own.isEmpty
        name = SeriesName.unfolded(own)
        readYears(phrase, tokenizer)
        if own.isEmpty {
            name = SeriesName.nameInBrackets(phrase) ?? NamePhrase.trimmed(text.string(text.scalars.indices))
        }
    }

    /// Letters and digits in lower case, by which two spellings of one name are known as such.
    var key: [Unicode.Scalar] { SeriesName.key(name.unicodeScalars) }

    static func key(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
        text.filter { $0.isLetter || $0.isDigit }.flatMap { $0.properties.lowercaseMapping.unicodeScalars }
    }

    /// Puts an article in front again that was moved behind a comma: `Walking Dead, The`.
    static func unfolded(_ name: String) -> String {
        guard let comma = name.lastIndex(of: ",") else { return name }
        let article = name[name.index(after: comma)...].drop { $0 == " " }
        guard comma > name.startIndex, foldedArticles.contains(article.lowercased()) else { return name }
        return article.hasSuffix("'") ? "\(article)\(name[..<comma])" : "\(article) \(name[..<comma])"
    }

    private static let foldedArticles: Set<String> = [
        "the", "a", "an", "le", "la", "les", "l'", "der", "die", "das", "el", "los", "las", "il", "lo", "gli", "de",
        "het",
        "een", "o", "os", "as",
    ]

    private mutating func readYears(_ phrase: NamePhrase, _ tokenizer: NameTokenizer) {
        for token in phrase.tokens {
            var tokens = [token]
            if case .group(let inner, _) = token.kind { tokens = tokenizer.tokens(in: inner) }
            let years = NamePhrase(text: phrase.text, tokens: tokens)
            if let date = years.dates().first?.value {
                startYear = startYear ?? date.year
                endYear = endYear ?? date.endYear
            } else if token.isGroup, let year = years.tokens.indices.lazy.compactMap(years.year).first {
                startYear = startYear ?? year
            }
        }
    }

    /// The words of the first brackets, where nothing is outside of them: `[Oshi no Ko] (2020)`.
    private static func nameInBrackets(_ phrase: NamePhrase) -> String? {
        guard case .group(let inner, _)? = phrase.tokens.first?.kind, phrase.tokens.allSatisfy(\.isGroup) else {
            return nil
        }
        let name = NamePhrase.trimmed(phrase.text.string(inner))
        return name.isEmpty ? nil : name
    }
}
