// SPDX-License-Identifier: MIT

/// One of the five fields of crontab(5): a list of numbers, ranges and `*`, some with steps.
struct CronField: Equatable, Sendable {
    /// What a field may hold.
    struct Kind: Sendable {
        /// Completes "the field for the …".
        var label: String
        var range: ClosedRange<Int>

        /// Names of the first numbers of the range, in its order.
        var names: [String] = []

        static let minute = Kind(label: "minute", range: 0...59)
        static let hour = Kind(label: "hour", range: 0...23)
        static let dayOfMonth = Kind(label: "day of the month", range: 1...31)
        static let month = Kind(
            label: "month",
            range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        )

        /// Both 0 and 7 are Sunday.
        static let dayOfWeek = Kind(
            label: "day of the week",
            range: 0...7,
            names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        )

        /// What `*` stands for: Sunday once.
        fileprivate var all: ClosedRange<Int> { range == 0...7 ? 0...6 : range }
    }

    /// The numbers it matches, a bit each.
    private var numbers: UInt64 = 0

    /// Whether it begins with `*`, which makes a field for days say nothing as long as the other one does.
    private(set) var beginsWithStar: Bool

    /// Reads one field of the schedule `schedule`.
    init(_ text: Substring, as kind: Kind, of schedule: String) throws(ScheduleFault) {
        beginsWithStar = text.hasPrefix("*")
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            do throws(Refusal) {
                try insert(String(entry), as: kind)
            } catch {
                throw .badEntry(
                    schedule,
                    field: kind.label,
                    entry: String(entry),
                    reason: error.reason,
                    instead: error.instead
                )
            }
        }
    }

    func contains(_ number: Int64) -> Bool { numbers & 1 << UInt64(number) != 0 }

    /// The first number it matches from one on.
    func first(from number: Int64) -> Int64? {
        let rest = number < 64 ? numbers >> UInt64(number) : 0
        return rest == 0 ? nil : number + Int64(rest.trailingZeroBitCount)
    }

    private struct Refusal: Error {
        var reason: String
        var instead: String
    }

    private mutating func insert(_ entry: String, as kind: Kind) throws(Refusal) {
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isRange = parts[0] == "*" || parts[0].contains("-")
        let range = try CronField.range(parts[0], as: kind)
        var step = 1
        if parts.count == 2 {
            guard isRange else {
                let instead = "the range that is meant, such as \"\(parts[0])-\(kind.all.upperBound)/\(parts[1])\""
                throw Refusal(reason: "has a step but no range", instead: instead)
            }
            guard let number = CronField.number(parts[1]), number > 0 else {
                let instead = "a whole number above zero after the stroke, such as \"\(parts[0])/2\""
                throw Refusal(reason: "has no step that leads anywhere", instead: instead)
            }
            step = number
        }
        for number in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            numbers |= 1 << UInt64(kind.all.contains(number) ? number : 0)
        }
    }

    private static func range(_ text: Substring, as kind: Kind) throws(Refusal) -> ClosedRange<Int> {
        if text == "*" { return kind.all }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let lower = try value(ends[0], as: kind)
        guard ends.count == 2 else { return lower...lower }
        var upper = try value(ends[1], as: kind)
        // As in "sat-sun": the Sunday after it.
        if kind.range == 0...7, upper == 0, lower > 0 { upper = 7 }
        guard lower <= upper else {
            let all = kind.all
            let instead = "two ranges, \"\(lower)-\(all.upperBound),\(all.lowerBound)-\(upper)\""
            throw Refusal(reason: "runs backwards", instead: instead)
        }
        return lower...upper
    }

    private static func value(_ text: Substring, as kind: Kind) throws(Refusal) -> Int {
        if let index = kind.names.firstIndex(of: text.lowercased()) { return kind.all.lowerBound + index }
        if let number = number(text), kind.range.contains(number) { return number }
        let bounds = "from \(kind.range.lowerBound) to \(kind.range.upperBound)"
        let names = kind.names.first.map { " or names such as \"\($0)\"" } ?? ""
        throw Refusal(
            reason: kind.names.isEmpty ? "is no number \(bounds)" : "is no number \(bounds), and no name",
            instead:
                "\"*\" for every \(kind.label), or numbers \(bounds)\(names), as lists \"a,b\", ranges \"a-b\" and "
                + "steps \"*/n\""
        )
    }

    /// A number of few digits and nothing else.
    private static func number(_ text: Substring) -> Int? {
        text.count <= 4 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? Int(text) : nil
    }
}
