// SPDX-License-Identifier: MIT
import Testing

@testable import stumpctl

@Suite("A block of lines is drawn again where it stood")
struct RedrawnBlockTests {
    /// As much of a terminal as a block needs: rows of characters, broken at its width, and a cursor.
    private struct Screen {
        var columns: Int
        var rows: [String] = [""]
        private var row = 0
        private var column = 0

        init(columns: Int) {
            self.columns = columns
        }

        mutating func write(_ text: String) {
            var rest = Substring(text)
            while let character = rest.popFirst() {
                switch character {
                case "\r": column = 0
                case "\n": feed()
                case "\u{1b}": command(&rest)
                default: put(character)
                }
            }
        }

        /// Makes it narrower or wider; lines that were too long are broken, and the cursor stays with its text.
        mutating func resize(to columns: Int) {
            let lines = rows
            self = Screen(columns: columns)
            for (index, line) in lines.enumerated() { write((index == 0 ? "" : "\n") + line) }
        }

        private mutating func put(_ character: Character) {
            if column == columns { feed() }
            if rows[row].count > column { rows[row] = String(rows[row].prefix(column)) }
            rows[row].append(character)
            column += 1
        }

        private mutating func feed() {
            row += 1
            column = 0
            if row == rows.count { rows.append("") }
        }

        private mutating func command(_ rest: inout Substring) {
            let number = Int(rest.dropFirst().prefix { $0.isNumber }) ?? 1
            let end = rest.firstIndex { $0.isLetter } ?? rest.startIndex
            if rest[end] == "A" { row = max(0, row - number) }
            if rest[end] == "J" {
                rows = Array(rows.prefix(row + 1))
                rows[row] = String(rows[row].prefix(column))
            }
            rest = rest[rest.index(after: end)...]
        }
    }

    private var screen = Screen(columns: 20)
    private var block = RedrawnBlock()

    init() {
        screen.write("$ stumpctl follow\n")
    }

    private mutating func draw(_ lines: String...) {
        screen.write(block.drawing(lines, columns: screen.columns))
    }

    @Test mutating func `a block takes the place of the one before, whether it grows or shrinks`() {
        draw("one", "two")
        #expect(screen.rows == ["$ stumpctl follow", "one", "two"])
        draw("1", "2", "3")
        #expect(screen.rows == ["$ stumpctl follow", "1", "2", "3"])
        draw("end")
        #expect(screen.rows == ["$ stumpctl follow", "end"])
    }

    @Test mutating func `what is written between stands above`() {
        draw("one", "two")
        screen.write(block.erasing(columns: 20))
        screen.write("done\n")
        draw("two")
        #expect(screen.rows == ["$ stumpctl follow", "done", "two"])
        screen.write(block.erasing(columns: 20) + block.erasing(columns: 20))
        #expect(screen.rows == ["$ stumpctl follow", "done", ""])
    }

    @Test mutating func `lines as wide as the terminal break nothing`() {
        let full = String(repeating: "x", count: 20)
        draw(full, full)
        draw(full, "y")
        #expect(screen.rows == ["$ stumpctl follow", full, "y"])
    }

    @Test mutating func `a terminal made narrower has broken the lines, and all of them go`() {
        draw(String(repeating: "x", count: 20), String(repeating: "y", count: 9), "")
        screen.resize(to: 9)
        #expect(screen.rows.count == 7)
        draw("z")
        #expect(screen.rows == ["$ stumpct", "l follow", "z"])
    }
}
