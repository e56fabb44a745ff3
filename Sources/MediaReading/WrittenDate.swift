// SPDX-License-Identifier: MIT

/// Reads dates as programs and people write them: `2012-03-14T00:00:00Z`, `2012/3`, `20120314`, `14.03.2012`,
/// `March 2012`, `c. 1998`.
struct WrittenDate: Equatable {
    let year: Int
    private(set) var month: Int?
    private(set) var day: Int?

    /// Years that a book may have; programs write 0 and 101 for one that is not known.
    static let years = 1000...2999

    /// `nil` where no year can be found.
    init?(_ written: String) {
        let text = written.trimmed.prefix(100)
        let date = text.prefix { $0 != "T" && !$0.isWhitespace }
        let parts = date.split(omittingEmptySubsequences: false) { "-/.".contains($0) }
        let figures = parts.map { Self.figure($0) }
        if date.count == 8, let figure = Self.figure(date), let year = Self.year(figure / 10_000) {
            self.year = year
            note(month: figure / 100 % 100, day: figure % 100)
        } else if parts.first?.count == 4, let year = Self.year(figures[0] ?? 0) {
            self.year = year
            note(month: figures.dropFirst().first ?? nil, day: figures.dropFirst(2).first ?? nil)
        } else if parts.count == 3, parts[2].count == 4, let year = Self.year(figures[2] ?? 0) {
            self.year = year
            // With a slash either may be the month, and only the point is sure.
            if date.contains(".") { note(month: figures[1], day: figures[0]) }
        } else {
            let words = text.split { !$0.isLetter && !$0.isNumber }
            let years = words.lazy.filter { $0.count == 4 }.compactMap { Self.figure($0).flatMap { Self.year($0) } }
            guard let year = years.first else { return nil }
            self.year = year
            month = words.lazy.compactMap { Self.month(named: $0) }.first
        }
    }

    private static func year(_ figure: Int) -> Int? {
        years.contains(figure) ? figure : nil
    }

    private static func figure(_ text: Substring) -> Int? {
        text.allSatisfy(\.isASCIIDigit) ? Int(text) : nil
    }

    private mutating func note(month: Int?, day: Int?) {
        guard let month, (1...12).contains(month) else { return }
        self.month = month
        guard let day, (1...31).contains(day) else { return }
        self.day = day
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// The month of an English name or its beginning of at least three letters.
    static func month(named word: some StringProtocol) -> Int? {
        guard (3...9).contains(word.count) else { return nil }
        return months.firstIndex { $0.hasPrefix(word.lowercased()) }.map { $0 + 1 }
    }
}
