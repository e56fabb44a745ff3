// SPDX-License-Identifier: MIT

/// What a word or a sign says of the number beside it.
enum NameMark: Equatable, Sendable {
    /// `#12`, `No. 12`, `Heft 12`.
    case issue

    /// `v01`, `Vol. 1`, `Tome 3`, `第1巻`; also what in Europe counts the albums of a series.
    case volume

    /// `c012`, `Ch. 12`, `Episode 12`, `第12話`.
    case chapter

    /// `全12巻`: how many there are.
    case count

    /// `S01`, which counts like a volume, but only right before a number of its own.
    case season

    /// `SP01`, by which Kavita's users mark what is beside the run.
    case special

    /// `p001`, which says where a chapter begins and is not of interest.
    case page

    /// The mark that stands right before the digits of the same word, as in `v01`.
    init?(glued letters: String, digits: Int) {
        let letters = letters.lowercased()
        switch letters {
        case "v": self = .volume
        case "t" where digits <= 3: self = .volume
        case "c" where digits >= 2: self = .chapter
        case "e" where digits >= 2: self = .chapter
        case "p" where digits >= 2: self = .page
        case "s" where digits == 2: self = .season
        case "sp": self = .special
        case "#", "n°", "nº", "№", "n": self = .issue
        default:
            // A letter that is not above counts for nothing: `c2c` is no chapter.
            guard letters.count > 1, let mark = NameMark.words[letters] ?? NameMark.dottedWords[letters] else {
                return nil
            }
            self = mark
        }
    }

    /// The mark that is a word of its own before a number.
    init?(word: String, hasDot: Bool) {
        let word = word.lowercased()
        guard let mark = NameMark.words[word] ?? (hasDot ? NameMark.dottedWords[word] : nil) else { return nil }
        self = mark
    }

    /// The mark that an East Asian counter behind a number makes, as in `12話`.
    init?(counter: Unicode.Scalar) {
        switch counter {
        case "巻", "卷", "冊", "册", "集", "권": self = .volume
        case "話", "话", "回", "章", "화", "회", "장", "편": self = .chapter
        case "号", "號", "期", "호": self = .issue
        default: return nil
        }
    }

    private static let words: [String: NameMark] = {
        let names: [(NameMark, String)] = [
            (
                .issue,
                "# no nr issue issues iss heft ausgabe prog num núm numero número numéro nummer nº n° № edição выпуск zeszyt číslo"
            ),
            (.volume, "vol vols volume volumes volumen tome tomes tomo tom том band bd deel dl bind díl kötet cilt"),
            (.volume, "book livre libro buch boek livro książka книга"),
            (
                .chapter,
                "ch chp chap chapter chapters chapitre capitulo capítulo capitolo kapitel hoofdstuk rozdział bölüm глава"
            ),
            (.chapter, "ep eps episode épisode episodio folge"),
        ]
        var words: [String: NameMark] = [:]
        for (mark, names) in names {
            for name in names.split(separator: " ") { words[String(name)] = mark }
        }
        return words
    }()

    /// Too short to count without their dot.
    private static let dottedWords: [String: NameMark] = [
        "v": .volume, "t": .volume, "c": .chapter, "cap": .chapter, "kap": .chapter, "n": .issue,
    ]
}

extension NamePhrase {
    /// Every mark from `start` on, of one word or of a word and a number.
    func marks(from start: Int = 0) -> [Found<Marked>] {
        var found: [Found<Marked>] = []
        var index = start
        while index < tokens.count {
            if let mark = mark(at: index) {
                found.append(mark)
                index = mark.tokens.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    private func mark(at index: Int) -> Found<Marked>? {
        if case .mark(let mark, let number) = tokens[index].kind {
            // A season that counts nothing is a part of the name.
            if mark == .season, !isBeforeNumber(index) { return nil }
            return Found(value: Marked(mark: mark, number: number), tokens: index..<(index + 1))
        }
        guard let word = word(index) else { return nil }
        let end = tokens[index].range.upperBound
        let hasDot = tokens[index].isClosed && text.scalars[end] == "."
        guard let mark = NameMark(word: word, hasDot: hasDot) else { return nil }
        let isCounting = mark == .volume && !hasDot
        let named = isCounting || hasDot ? self.word(index + 1).flatMap { NameNumber(word: $0) } : nil
        guard let number = number(index + 1) ?? (mark == .volume ? named : nil), !number.text.hasPrefix("-") else {
            return nil
        }
        return Found(value: Marked(mark: mark, number: number), tokens: index..<(index + 2))
    }

    private func isBeforeNumber(_ index: Int) -> Bool {
        guard tokens.indices.contains(index + 1) else { return false }
        switch tokens[index + 1].kind {
        case .number: return true
        case .mark(let mark, _): return mark == .chapter
        default: return false
        }
    }

    /// The `of 4` behind a number, in the languages where it is one word.
    func count(from index: Int) -> Found<Int>? {
        guard let word = word(index), NamePhrase.of.contains(word.lowercased()),
            let count = number(index + 1)?.integer, count > 0
        else { return nil }
        return Found(value: count, tokens: index..<(index + 2))
    }

    private static let of: Set<String> = ["of", "von", "de", "sur", "di", "van"]
}
