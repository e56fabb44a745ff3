// SPDX-License-Identifier: MIT
import Testing

@testable import stumpctl

@Suite("A table is as wide as what stands in it, and no wider than the terminal")
struct TableTests {
    private var table: Table = {
        var table = Table(">ID", "NAME", "STATE")
        table.add(["7", "進撃の巨人", "ready"])
        table.add(["42", "line\nfeed and a long tail", nil])
        return table
    }()

    @Test func `columns line up, numbers to the right, wide characters counted twice`() {
        #expect(
            table.lines(width: nil) == [
                "ID  NAME                        STATE",
                " 7  進撃の巨人                  ready",
                #"42  line\nfeed and a long tail  -"#,
            ]
        )
    }

    @Test(arguments: [20, 24, 30, 36, 80])
    func `no line is wider than the terminal`(width: Int) {
        let lines = table.lines(width: width)
        #expect(lines.allSatisfy { ShownText.width($0) <= width })
        #expect(lines[2].contains("…") == (width < 37))
        #expect(lines[0].hasPrefix("ID  NAME"))
    }

    @Test(arguments: [
        ([2, 10, 5], 17, [2, 10, 5]), ([2, 10, 5], 14, [2, 7, 5]), ([2, 20, 30], 32, [2, 15, 15]),
        ([2, 20, 30], 45, [2, 20, 23]), ([5, 40, 40], 50, [5, 22, 22]), ([3, 9, 9], 2, [3, 6, 6]),
    ])
    func `the widest columns give way`(natural: [Int], room: Int, fitted: [Int]) {
        #expect(Table.fit(natural, into: room) == fitted)
    }

    @Test func `facts that are absent are left out of a sheet`() {
        var sheet = FactSheet()
        sheet.add("path", "a\u{1b}b")
        sheet.add("hash", nil as String?)
        sheet.add("writers", [])
        sheet.add("pages", 20)
        #expect(sheet.lines == [#"path   a\u{1b}b"#, "pages  20"])
    }
}
