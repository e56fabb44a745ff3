// SPDX-License-Identifier: MIT

extension Duration {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads `250ms`, `2s`, `5m`, `1h` or `7d`: a whole number of at most nine digits and one unit.
    ///
    /// `nil` for anything else: a bare number has no unit that everybody would guess alike.
    package init?(text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard digits.count <= 9, let number = Int64(digits),
            let unit = Duration.units.first(where: { $0.suffix == suffix })
        else { return nil }
        self = .milliseconds(number * unit.milliseconds)
    }

    /// The duration as ``init(text:)`` reads it, in the largest unit that leaves no remainder; under a millisecond is cut.
    package var text: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0,
            let unit = Duration.units.first(where: { milliseconds.isMultiple(of: $0.milliseconds) })
        else { return "0s" }
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}
