// SPDX-License-Identifier: MIT

/// In what form a book was published; the raw value is what taggers write into `Format`.
package enum PublicationFormat: String, CaseIterable, Sendable {
    case annual = "Annual"
    case special = "Special"
    case oneShot = "One-Shot"
    case tradePaperback = "TPB"
    case hardcover = "Hardcover"
    case graphicNovel = "Graphic Novel"
    case omnibus = "Omnibus"
    case compendium = "Compendium"
    case absolute = "Absolute"
    case anthology = "Anthology"
    case boxSet = "Box Set"
    case freeComicBookDay = "FCBD"
    case preview = "Preview"
    case directorsCut = "Director's Cut"

    /// Whether the word belongs to the name of the series: `Batman Annual` counts apart from `Batman`, a paperback of
    /// `Saga` is `Saga`.
    var isPartOfSeries: Bool {
        switch self {
        case .oneShot, .tradePaperback, .hardcover, .graphicNovel, .directorsCut: false
        default: true
        }
    }

    /// How many words the longest name of a format has.
    static let longestPhrase = 4

    /// The format that the words, in lower case with one space between them, are the name of.
    init?(phrase: String) {
        guard let format = PublicationFormat.phrases[phrase] else { return nil }
        self = format
    }

    private static let phrases: [String: PublicationFormat] = [
        "annual": .annual, "annuals": .annual, "special": .special, "specials": .special, "one-shot": .oneShot,
        "one shot": .oneShot, "oneshot": .oneShot, "tpb": .tradePaperback, "tp": .tradePaperback,
        "trade paperback": .tradePaperback, "softcover": .tradePaperback, "hc": .hardcover, "hardcover": .hardcover,
        "hard cover": .hardcover, "gn": .graphicNovel, "ogn": .graphicNovel, "graphic novel": .graphicNovel,
        "original graphic novel": .graphicNovel, "omnibus": .omnibus, "compendium": .compendium,
        "absolute": .absolute, "absolute edition": .absolute, "anthology": .anthology, "box set": .boxSet,
        "boxset": .boxSet, "box-set": .boxSet, "fcbd": .freeComicBookDay, "free comic book day": .freeComicBookDay,
        "preview": .preview, "director's cut": .directorsCut, "directors cut": .directorsCut, "単行本": .tradePaperback,
        "読み切り": .oneShot, "読切": .oneShot, "hors-série": .special, "hors série": .special, "hs": .special,
        "sonderheft": .special, "sonderband": .special, "speciale": .special, "especial": .special, "spécial": .special,
        "intégrale": .omnibus, "integrale": .omnibus, "integral": .omnibus, "integraal": .omnibus,
        "gesamtausgabe": .omnibus,
    ]
}

extension NamePhrase {
    /// The format whose name the words that end before `end` are, and where they begin.
    func format(endingAt end: Int, notBefore start: Int) -> Found<PublicationFormat>? {
        formats(start: { max(start, end - $0) }, end: { _ in end })
    }

    /// The format whose name the words from `start` on are.
    func format(startingAt start: Int, notBehind end: Int) -> Found<PublicationFormat>? {
        formats(start: { _ in start }, end: { min(end, start + $0) })
    }

    private func formats(start: (Int) -> Int, end: (Int) -> Int) -> Found<PublicationFormat>? {
        for length in stride(from: PublicationFormat.longestPhrase, to: 0, by: -1) {
            let range = start(length)..<max(start(length), end(length))
            let words = range.compactMap(word)
            guard words.count == range.count, !words.isEmpty else { continue }
            if let format = PublicationFormat(phrase: words.joined(separator: " ").lowercased()) {
                return Found(value: format, tokens: range)
            }
        }
        return nil
    }
}
