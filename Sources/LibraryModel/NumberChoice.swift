// SPDX-License-Identifier: MIT

/// Chooses the number of a book where no mark tells it, among the numbers in its name.
///
/// The order is that of certainty: the number right behind the name of the folder's series; a number alone between
/// dashes; one with leading zeros; one at the end of a part of the name; one of three digits or more in the middle;
/// the one that the name begins with, where it stands apart. Years are for another rule. In `100 Bullets 050`,
/// `Blade Runner 2049 03` and `52 001` it is the last number, in `Batman 12 - Year 1` the first.
struct NumberChoice {
    let phrase: NamePhrase

    /// How many tokens spell the name of the folder's series; their numbers are a part of it.
    let known: Int

    /// Whether no folder has a name that a book with a bare number could belong to.
    let isAtRoot: Bool

    /// Whether it is a book that may have a title without a series, such as `Fahrenheit 451`.
    let isEbook: Bool

    /// The place of the volume's mark, before which numbers belong to the name: `Ranma 1-2 v05`; 0 for none.
    let volume: Int

    /// Whether a token has been understood as something else.
    let isTaken: (Int) -> Bool

    /// The place of the number's token.
    func choose() -> Int? {
        let first = phrase.start
        let free = phrase.tokens.indices.dropFirst(known).filter { index in
            guard let number = phrase.number(index), !isTaken(index) else { return false }
            return !number.isYear && number.digits <= NameNumber.mostDigits
        }
        let inner = free.filter {
            $0 != first && isWholeOrFlashback($0) && (isPadded($0) || $0 >= volume && !isNamed($0))
        }
        let hasPadded = inner.contains(where: isPadded)
        if known > 0, free.contains(known), isPadded(known) || !hasPadded { return known }
        if free.contains(first), isAhead(first), !hasPadded { return first }
        return inner.first(where: isAlone) ?? inner.first(where: isPadded) ?? inner.first(where: isLast)
            ?? inner.first(where: isLong) ?? (free.contains(first) && isApart(first) ? first : nil)
    }

    /// The only number below zero that a series has had is that of a month when many began before their beginning.
    private func isWholeOrFlashback(_ index: Int) -> Bool {
        guard let text = phrase.number(index)?.text, text.hasPrefix("-") else { return true }
        return text == "-1"
    }

    /// Whether zeros lead, and not those of a name such as `James Bond 007 02`.
    private func isPadded(_ index: Int) -> Bool {
        guard let number = phrase.number(index), number.isPadded else { return false }
        return !(phrase.number(index + 1)?.isPadded ?? false)
    }

    /// Whether the word before it takes it into the name: `Season 8`, `Year 1`.
    private func isNamed(_ index: Int) -> Bool {
        phrase.word(index - 1).map { ["season", "year", "act", "phase", "level"].contains($0.lowercased()) } ?? false
    }

    private func isAlone(_ index: Int) -> Bool {
        index > 0 && phrase.tokens[index - 1].isDash && isLast(index)
    }

    /// Whether nothing of the same part of the name follows, or only what is no title.
    private func isLast(_ index: Int) -> Bool {
        if isEbook { return index + 1 < phrase.tokens.count && phrase.tokens[index + 1].isDash }
        if phrase.isEnd(index) || isTaken(index + 1) || phrase.isBeforeNoise(index) { return true }
        if phrase.year(index + 1) != nil { return phrase.isEnd(index + 1) || phrase.isBeforeNoise(index + 1) }
        return phrase.count(from: index + 1) != nil
            || phrase.format(startingAt: index + 1, notBehind: phrase.tokens.count) != nil
    }

    /// Whether it is in the middle and has too many digits for a word of a title.
    private func isLong(_ index: Int) -> Bool {
        guard let number = phrase.number(index), number.digits >= 3, index > 0, !isEbook else { return false }
        let before = phrase.word(index - 1)?.lowercased()
        return before.map { !["the", "of", "a", "and", "les", "die", "der"].contains($0) } ?? false
    }

    /// Whether the name begins with it as a list does: `01 - Title`, `12. Title`, and no more numbers of weight.
    private func isAhead(_ index: Int) -> Bool {
        isPadded(index) && phrase.isEnd(index) && index + 1 < phrase.tokens.count
            || phrase.tokens[index].isClosed && phrase.text.scalars[phrase.tokens[index].range.upperBound] == "."
    }

    /// Whether the number that the name begins with is no word of a title, such as that of `100 Bullets`.
    private func isApart(_ index: Int) -> Bool { isPadded(index) || isLast(index) && !isAtRoot }
}
