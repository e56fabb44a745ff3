// SPDX-License-Identifier: MIT

/// The facts of one thing, a line each; those that are absent are left out.
struct FactSheet {
    private var facts: [(label: String, value: String)] = []

    mutating func add(_ label: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        facts.append((label, ShownText.escaped(value)))
    }

    mutating func add(_ label: String, _ number: (some BinaryInteger)?) {
        add(label, number.map { String($0) })
    }

    mutating func add(_ label: String, _ list: [String]) {
        add(label, list.joined(separator: ", "))
    }

    var lines: [String] { lines(width: nil) }

    /// A line a fact; where there is a width, what is longer goes on in the next line, below its beginning.
    func lines(width: Int?) -> [String] {
        let room = facts.reduce(0) { max($0, $1.label.count) } + 2
        return facts.flatMap { fact in
            let values = width.map { ShownText.wrapped(fact.value, to: $0 - room) } ?? [fact.value]
            return values.enumerated().map { index, value in
                let label = index == 0 ? fact.label : ""
                return label + String(repeating: " ", count: room - label.count) + value
            }
        }
    }
}
