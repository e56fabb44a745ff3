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

    var lines: [String] {
        let room = facts.reduce(0) { max($0, $1.label.count) }
        return facts.map { $0.label + String(repeating: " ", count: room - $0.label.count + 2) + $0.value }
    }
}
