// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@Suite("Lines are put together again")
struct LineSplitterTests {
    @Test(arguments: 1...12)
    func `however many bytes come at once, the lines are the same`(size: Int) {
        let bytes = Array("one\nzwölf\n\n三\nrest".utf8)
        var lines: [String] = []
        var splitter = LineSplitter()
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines += splitter.absorb(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(lines == ["one", "zwölf", "三"])
    }
}
