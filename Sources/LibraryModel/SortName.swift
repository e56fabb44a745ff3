// SPDX-License-Identifier: MIT

/// The form of a name by which a shelf is put in order: `Sandman, The`.
///
/// An article goes behind the name where the language is known, or where no other language has such a word: `The`,
/// `Les`, `Das`, but not `Die`, `La` or `Los`, which would make `Hard, Die` and `Angeles, Los`. Signs in front go, so
/// that `[Oshi no Ko]` is under O. Numbers stay as they are, because ``NaturalOrder`` compares them by value.
package enum SortName {
    /// The sort name of a series' or book's name; `language` is a BCP 47 tag, or `nil` where it is not known.
    package static func sortName(of name: String, language: String? = nil) -> String {
        if let split = split(name, articles: articles(of: language)) { return split }
        let bare = name.drop { !($0.isLetter || $0.isNumber) }
        if bare.isEmpty || bare.count == name.count { return name }
        // The closing bracket goes with the one that opened the name.
        let closer = name.first.flatMap { closers[$0] }
        guard let closer, let close = bare.firstIndex(of: closer) else { return String(bare) }
        return String(bare[..<close] + bare[bare.index(after: close)...])
    }

    private static let closers: [Character: Character] = ["[": "]", "(": ")", "{": "}", "\"": "\"", "「": "」", "『": "』"]

    private static func split(_ name: String, articles: Set<String>) -> String? {
        for end in [name.firstIndex(of: " "), name.firstIndex { $0 == "'" || $0 == "’" }.map(name.index(after:))] {
            guard let end, articles.contains(name[..<end].lowercased().replacing("’", with: "'")) else { continue }
            let rest = name[end...].drop { $0 == " " }
            guard rest.contains(where: { $0.isLetter || $0.isNumber }), !isLetterForItself(name[..<end], before: rest)
            else { continue }
            return "\(rest), \(name[..<end])"
        }
        return nil
    }

    /// Whether an `A` is the letter, as in `A to Z` and `A + X`.
    private static func isLetterForItself(_ article: Substring, before rest: Substring) -> Bool {
        guard article == "A", let next = rest.split(separator: " ").first else { return false }
        return ["to", "is", "vs", "vs.", "+", "&", "and", "or", "as"].contains(next)
    }

    private static func articles(of language: String?) -> Set<String> {
        guard let language else { return unmistakable }
        let primary = language.prefix { $0 != "-" && $0 != "_" }.lowercased()
        return byLanguage[primary] ?? unmistakable
    }

    private static let unmistakable: Set<String> = [
        "the", "a", "an", "le", "les", "l'", "une", "der", "das", "ein", "eine", "het", "een", "'t", "il", "gli",
    ]

    private static let byLanguage: [String: Set<String>] = [
        "en": ["the", "a", "an"],
        "fr": ["le", "la", "les", "l'", "un", "une", "des"],
        "de": ["der", "die", "das", "ein", "eine"],
        "es": ["el", "la", "los", "las", "lo", "un", "una", "unos", "unas"],
        "it": ["il", "lo", "la", "i", "gli", "le", "l'", "un", "uno", "una", "un'"],
        "nl": ["de", "het", "een", "'t"],
        "pt": ["o", "a", "os", "as", "um", "uma"],
    ]
}

extension BookMetadata {
    /// Adds how the title is put on a shelf, where that is another way than it is written and nothing says it better.
    package mutating func completeSortTitle() {
        guard let source = facts[.title]?.source, let title = text(.title) else { return }
        let sorted = SortName.sortName(of: title, language: text(.language))
        if sorted != title { note(.sortTitle, .text(sorted), from: source) }
    }
}
