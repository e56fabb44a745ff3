// SPDX-License-Identifier: MIT

/// A date as it stands in the name of a book or folder: `2014`, `2014-05-24`, `2012-2016`, `34-2019`, `May 2014`.
struct NameDate: Equatable, Sendable {
    var year: Int

    /// Where the name gives a span, such as that of a series that ended.
    var endYear: Int?

    var month: Int?
    var day: Int?

    /// What magazines number anew each year.
    var issue: Int?

    /// What a number of four digits has to be to be taken for a year.
    static let years = 1900...2099

    init(year: Int, endYear: Int? = nil, month: Int? = nil, day: Int? = nil, issue: Int? = nil) {
        self.year = year
        self.endYear = endYear
        self.month = month
        self.day = day
        self.issue = issue
    }

    /// Takes one word of digits with hyphens or dots between them, and nothing else.
    init?(digits word: ArraySlice<Unicode.Scalar>) {
        // Every part of a date is short, and so is a date.
        guard word.count >= 5, word.count <= 12 else { return nil }
        let separator: Unicode.Scalar = word.contains(".") ? "." : "-"
        let parts = word.split(omittingEmptySubsequences: false) { $0 == separator || separator == "-" && $0 == "–" }
        guard parts.allSatisfy({ $0.allSatisfy(\.isDigit) }) else { return nil }
        let numbers = parts.map { Int(String(scalars: $0)) ?? 0 }
        let lengths = parts.map(\.count)
        let date: NameDate? =
            switch (separator, lengths.count, lengths[0], lengths.last) {
            case (_, 1, 8, _): NameDate(year: numbers[0] / 10_000, month: numbers[0] / 100 % 100, day: numbers[0] % 100)
            case (_, 3, 4, 2) where lengths[1] == 2: NameDate(year: numbers[0], month: numbers[1], day: numbers[2])
            case (_, 3, 2, 4) where lengths[1] == 2: NameDate(dayOrMonth: numbers[0], numbers[1], year: numbers[2])
            case ("-", 2, 4, 4) where numbers[0] < numbers[1]: NameDate(year: numbers[0], endYear: numbers[1])
            case ("-", 2, 4, 0): NameDate(year: numbers[0])
            case ("-", 2, 4, 1), ("-", 2, 4, 2): NameDate(year: numbers[0], second: numbers[1])
            case ("-", 2, 1...3, 4): NameDate(year: numbers[1], issue: numbers[0])
            default: nil
            }
        guard let date, date.isPlausible else { return nil }
        self = date
    }

    /// Takes two numbers of which one is the month, and which only a day over 12 tells apart.
    private init(dayOrMonth first: Int, _ second: Int, year: Int) {
        self.init(year: year, month: second > 12 ? first : second, day: second > 12 ? second : first)
    }

    /// Takes a year and what follows it: a month, or the number of a weekly.
    private init(year: Int, second: Int) {
        self.init(year: year, month: second <= 12 ? second : nil, issue: second > 12 ? second : nil)
    }

    var isPlausible: Bool {
        NameDate.years.contains(year) && (endYear.map(NameDate.years.contains) ?? true)
            && (month.map((1...12).contains) ?? true) && (day.map((1...31).contains) ?? true)
    }

    /// The month that a word names, in the languages that libraries are kept in; `nil` for any other word.
    ///
    /// Of `Sep-Oct` it is the first.
    static func month(_ word: String) -> Int? {
        let first = word.lowercased().prefix { $0 != "-" && $0 != "." && $0 != "," }
        return monthNames[String(first)]
    }

    private static let monthNames: [String: Int] = {
        let names = [
            "january jan januar jänner januari janvier enero ene gennaio gen janeiro",
            "february feb februar februari février fevrier févr febrero febbraio fevereiro fev",
            "march mar märz maart mrt mars marzo março", "april apr avril avr abril abr aprile",
            "may mai mei mayo maggio mag maio",
            "june jun juni juin junio giugno giu junho", "july jul juli juillet juil julio luglio lug julho",
            "august aug augustus août aout agosto ago",
            "september sep sept septembre septiembre settembre set setembro",
            "october oct oktober okt octobre octubre ottobre ott outubro", "november nov novembre noviembre novembro",
            "december dec dezember dez décembre decembre diciembre dic dicembre dezembro",
        ]
        var months: [String: Int] = [:]
        for (index, names) in names.enumerated() {
            for name in names.split(separator: " ") { months[String(name)] = index + 1 }
        }
        return months
    }()

    /// What quarterlies are named for before the year.
    static let seasons: Set<String> = ["spring", "summer", "autumn", "fall", "winter"]
}

extension NamePhrase {
    /// The dates that are more than a bare year, from `start` on.
    func dates(from start: Int = 0) -> [Found<NameDate>] {
        var found: [Found<NameDate>] = []
        var index = start
        while index < tokens.count {
            if let date = date(at: index), date.value.isPlausible {
                found.append(date)
                index = date.tokens.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    private func date(at index: Int) -> Found<NameDate>? {
        if case .date(let date) = tokens[index].kind { return Found(value: date, tokens: index..<(index + 1)) }
        func found(_ year: Int?, month: Int?, day: Int? = nil, count: Int) -> Found<NameDate>? {
            year.map { Found(value: NameDate(year: $0, month: month, day: day), tokens: index..<(index + count)) }
        }
        if let month = month(index) {
            // May 2014; May 24, 2014
            if let year = year(index + 1) { return found(year, month: month, count: 2) }
            return day(index + 1).flatMap { found(year(index + 2), month: month, day: $0, count: 3) }
        }
        if let year = year(index) {
            // 2014 May; 2014 05 24 where dots were between
            if let month = month(index + 1), isEnd(index + 1) { return found(year, month: month, count: 2) }
            guard text.isDotted, let month = number(index + 1), let day = number(index + 2), month.digits == 2,
                day.digits == 2
            else { return nil }
            return found(year, month: month.integer, day: day.integer, count: 3)
        }
        // 24 May 2014
        guard let day = day(index), let month = month(index + 1) else { return nil }
        return found(year(index + 2), month: month, day: day, count: 3)
    }

    func year(_ index: Int) -> Int? {
        guard let number = number(index), number.isYear else { return nil }
        return number.integer
    }

    private func month(_ index: Int) -> Int? { word(index).flatMap(NameDate.month) }

    private func day(_ index: Int) -> Int? {
        guard let day = number(index)?.integer, (1...31).contains(day) else { return nil }
        return day
    }
}
