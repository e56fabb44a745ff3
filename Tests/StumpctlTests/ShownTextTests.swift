// SPDX-License-Identifier: MIT
import Testing

@testable import stumpctl

@Suite("A stranger's text neither breaks a line nor commands the terminal")
struct ShownTextTests {
    @Test(arguments: [
        ("Saga 1.cbz", "Saga 1.cbz"), ("a\nb\tc\rd", #"a\nb\tc\rd"#), ("\u{1b}[2Jx", #"\u{1b}[2Jx"#),
        ("a\u{7f}\u{9b}b", #"a\u{7f}\u{9b}b"#), ("\u{202e}gpj", #"\u{202e}gpj"#), ("進撃の巨人", "進撃の巨人"),
        ("a\r\nb", #"a\r\nb"#),
    ])
    func `what would act on the terminal is shown as what it is`(text: String, shown: String) {
        #expect(ShownText.escaped(text) == shown)
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("進撃", 4), ("한글", 4), ("ｱｲ", 2), ("e\u{301}", 1), ("📚", 2), ("a\u{200b}b", 2),
        ("👩‍👩‍👧", 2), ("…", 1),
    ])
    func `a text is as wide as a terminal shows it`(text: String, width: Int) {
        #expect(ShownText.width(text) == width)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("進撃の巨人", 10, "進撃の巨人"), ("進撃の巨人", 9, "進撃の巨…"),
        ("進撃の巨人", 8, "進撃の…"), ("abc", 1, "…"),
    ])
    func `what does not fit is cut and says so`(text: String, columns: Int, shown: String) {
        #expect(ShownText.truncated(text, to: columns) == shown)
        #expect(ShownText.width(shown) <= columns)
    }

    @Test(arguments: [
        ("Saga/1.cbz", 10, "Saga/1.cbz"), ("Saga/1.cbz", 9, "…ga/1.cbz"), ("進撃の巨人", 9, "…撃の巨人"),
        ("進撃の巨人", 8, "…の巨人"), ("abc", 1, "…"),
    ])
    func `of a path that does not fit the end is kept`(text: String, columns: Int, shown: String) {
        #expect(ShownText.tail(text, of: columns) == shown)
        #expect(ShownText.width(shown) <= columns)
    }

    @Test(arguments: [
        ("", 5, [""]), ("a bc", 5, ["a bc"]), ("one two three", 7, ["one two", "three"]),
        ("one abcdefghij x", 4, ["one", "abcd", "efgh", "ij x"]), ("進撃の巨人", 4, ["進撃", "の巨", "人"]),
        ("進撃", 1, ["進", "撃"]),
    ])
    func `a sentence is broken between words, and a long word where it must be`(
        text: String,
        columns: Int,
        lines: [String]
    ) {
        #expect(ShownText.wrapped(text, to: columns) == lines)
    }
}
