// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("What is looked for is folded as what is found")
struct SearchTextTests {
    @Test(arguments: [
        ("Astérix", "asterix"), ("ASTE\u{301}RIX", "asterix"), ("Straße", "strasse"), ("SØREN", "soren"),
        ("Łódź", "lodz"), ("Ægir", "aegir"), ("İstanbul", "istanbul"), ("Ελλάδος", "ελλαδοσ"), ("ЁЛКА", "елка"),
        ("Ｂａｔｍａｎ", "batman"), ("Đặng", "dang"),
    ])
    func `case, accents and forms of fonts do not count`(text: String, word: String) {
        #expect(SearchText(text).words == [word])
    }

    @Test func `letters and figures are words of their own, and zeros in front do not count`() {
        #expect(SearchText("Bone v01 #012.5 x000").words == ["bone", "v", "1", "12", "5", "x", "0"])
        #expect(SearchText("٣").words == ["3"])
    }

    @Test func `scripts without spaces become pairs, and the last character`() {
        #expect(SearchText("進撃の巨人").words == ["進撃", "撃の", "の巨", "巨人", "人"])
        #expect(SearchText("進撃 12 abc").words == ["進撃", "撃", "12", "abc"])
        #expect(SearchText("ไทย").words == ["ไท", "ทย", "ย"])
    }

    @Test(arguments: [
        ("ワンピース", "わんぴーす"), ("ﾜﾝﾋﾟｰｽ", "わんぴーす"), ("か\u{3099}", "が"), ("ハ\u{309A}", "ぱ"),
        ("\u{1112}\u{1161}\u{11AB}", "한"),
    ])
    func `kana of either kind and what a file system took apart are one`(text: String, folded: String) {
        #expect(SearchText(text).runs.map(\.text) == [folded])
    }

    @Test(arguments: ["", "!!!", "\u{0}\u{0}", "🦸‍♂️🔥", "\"*^:()-", "\u{202E}", "\u{301}"])
    func `signs alone are no query`(text: String) {
        #expect(SearchQuery(text) == nil)
    }

    @Test func `quotes and operators are words or nothing`() throws {
        let query = try #require(SearchQuery("\"a\" OR title:x* NEAR(b, 2) AND NOT {c}"))
        #expect(query.words.map(\.text) == ["a", "or", "title", "x", "near", "b", "2", "and", "not", "c"])
    }

    @Test func `words and their number are bounded`() throws {
        let long = String(repeating: "x", count: 100_000)
        #expect(SearchText(long).words.map(\.count) == [SearchText.longestWord])
        let many = try #require(SearchQuery((0..<1000).map { "w\(String($0, radix: 2))" }.joined(separator: " ")))
        #expect(many.words.count == SearchQuery.mostWords)
        #expect(SearchText(String(repeating: "界", count: 100_000)).words.count == SearchText.longestText)
    }

    @Test(arguments: [
        ("watchmen", "wathcmen", 1), ("watchmen", "watchmn", 1), ("watchmen", "watchmenn", 1),
        ("watchmen", "wotchmen", 1), ("watchmen", "wotchmin", 2), ("watchmen", "watch", nil), ("abcd", "badc", 2),
        ("abcdefgh", "hgfedcba", nil),
    ])
    func `a letter too much, too little, another, or two swapped is one typo`(a: String, b: String, distance: Int?) {
        let (first, second) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
        #expect(EditDistance.between(first, second, limit: 2) == distance)
        #expect(EditDistance.between(second, first, limit: 2) == distance)
    }

    @Test func `a book's words stand in one column each, and a hostile list ends`() {
        var metadata = BookMetadata()
        metadata.note(.title, .text("Saga One"), from: .comicinfo)
        metadata.note(.series, .text("Saga"), from: .comicinfo)
        metadata.note(.writers, .list(["Brian K. Vaughan"]), from: .comicinfo)
        metadata.note(.tags, .list((0..<100_000).map { "tag\($0)" }), from: .comicinfo)
        let text = BookText(name: FileName("Saga 001 (Digital).cbz"), metadata: metadata)
        #expect(text.title == "saga one" && text.series == "" && text.name == "1 digital")
        #expect(text.people == "brian k vaughan")
        #expect(text.words.count <= BookText.mostWords + 1)
    }
}
