// SPDX-License-Identifier: MIT

/// Rows under headings, in columns as wide as what stands in them.
struct Table {
    struct Column {
        var title: String
        var isNumber = false
    }

    /// What no column is made narrower than, however narrow the terminal.
    static let narrowest = 6
    private static let gap = "  "

    var columns: [Column]
    private(set) var rows: [[String]] = []

    /// Columns by their headings; one that begins with `>` holds numbers and is set to the right.
    init(_ titles: [String]) {
        columns = titles.map {
            $0.hasPrefix(">") ? Column(title: String($0.dropFirst()), isNumber: true) : Column(title: $0)
        }
    }

    init(_ titles: String...) {
        self.init(titles)
    }

    /// Adds a row; what is absent is shown as `-`.
    mutating func add(_ cells: [String?]) {
        precondition(cells.count == columns.count, "\(cells.count) cells in a table of \(columns.count) columns")
        rows.append(cells.map { ShownText.escaped($0 ?? "-") })
    }

    /// The heading and the rows as lines, truncated to `width` columns where one is given.
    ///
    /// The widest columns give way, so that short facts stay whole.
    func lines(width: Int?) -> [String] {
        let cells = [columns.map(\.title)] + rows
        let natural = columns.indices.map { column in
            cells.reduce(0) { max($0, ShownText.width($1[column])) }
        }
        let widths = width.map { Table.fit(natural, into: $0 - Table.gap.count * (columns.count - 1)) } ?? natural
        return cells.map { line($0, widths) }
    }

    static func fit(_ natural: [Int], into room: Int) -> [Int] {
        let widest = max(narrowest, natural.max() ?? narrowest)
        let limit = (narrowest...widest).last { limit in natural.reduce(0) { $0 + min($1, limit) } <= room }
        return natural.map { min($0, limit ?? narrowest) }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            let text = ShownText.truncated(cell, to: widths[column])
            let padding = String(repeating: " ", count: max(0, widths[column] - ShownText.width(text)))
            line += columns[column].isNumber ? padding + text : text + padding
            line += column == cells.count - 1 ? "" : Table.gap
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
