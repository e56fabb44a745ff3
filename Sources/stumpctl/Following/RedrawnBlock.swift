// SPDX-License-Identifier: MIT

/// Lines at the bottom of a terminal that are drawn again in the same place.
///
/// A terminal that was made narrower since has broken the lines, so that they take more rows than were drawn.
struct RedrawnBlock {
    private static let eraseBelow = "\u{1b}[J"

    /// How wide the lines are that stand there now.
    private var drawn: [Int] = []

    /// What to write so that `lines` stand where the ones before stood; the cursor is left behind the last.
    mutating func drawing(_ lines: [String], columns: Int) -> String {
        let start = erasing(columns: columns)
        drawn = lines.map(ShownText.width)
        return start + lines.joined(separator: "\n")
    }

    /// What to write so that nothing stands there any more, and other lines may.
    mutating func erasing(columns: Int) -> String {
        guard !drawn.isEmpty else { return "" }
        let rows = drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
        drawn = []
        return "\r" + (rows > 1 ? "\u{1b}[\(rows - 1)A" : "") + RedrawnBlock.eraseBelow
    }
}
