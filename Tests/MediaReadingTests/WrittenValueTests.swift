// SPDX-License-Identifier: MIT
import Testing

@testable import MediaReading

@Suite("Values are read as people write them")
struct WrittenValueTests {
    @Test(arguments: [
        ("1", "1"), ("001", "1"), (" 007 ", "7"), ("#3", "3"), ("# 3", "3"), ("No. 5", "5"), ("Issue 12", "12"),
        ("Vol. 2", "2"),
        ("v03", "3"), ("1.5", "1.5"), ("1,5", "1.5"), ("01.50", "1.50"), ("1.0", "1"), (",5", "0.5"), (".5", "0.5"),
        ("½", "0.5"), ("1½", "1.5"), ("1/2", "0.5"), ("-1", "-1"), ("\u{2212}1", "-1"), ("0", "0"), ("000", "0"),
        ("-½", "-0.5"),
        ("12a", "12a"), ("012A", "12A"), ("1.MU", "1.MU"), ("１２", "12"), ("1,000", "1000"), ("1,000,000", "1000000"),
        ("0,125", "0.125"), ("1-2", "1-2"), ("1.2.3", "1.2.3"), ("2012-03", "2012-03"), ("Annual 2", "Annual 2"),
        ("∞", "∞"),
        ("", ""), ("3/4", "3/4"), ("Violet", "Violet"),
    ])
    func `a number in a series`(written: String, text: String) {
        #expect(WrittenNumber.issue(written).text == text)
    }

    @Test(arguments: [
        ("3 of 6", "3", 6), ("03 (of 06)", "3", 6), ("#3 of 6", "3", 6), ("3 of many", "3 of many", nil),
        ("of 6", "of 6", nil),
    ])
    func `a number of so many`(written: String, text: String, count: Int?) {
        #expect(WrittenNumber.issue(written) == WrittenNumber.Issue(text: text, count: count))
    }

    @Test(arguments: [
        ("3", 3), ("3.0", 3), ("1,000", 1000), ("3rd", 3), ("Volume 4", 4), ("-1", -1), ("+2", 2), ("3.5", nil),
        ("1e3", nil),
        ("0x10", nil), ("", nil), ("three", nil), ("99999999999999999999", nil),
        (String(repeating: "1", count: 5000), nil),
    ])
    func `a whole number`(written: String, number: Int?) {
        #expect(WrittenNumber.integer(written) == number)
    }

    @Test(arguments: [
        ("2012-03-14", [2012, 3, 14]), ("2012-03-14T22:00:00+00:00", [2012, 3, 14]), ("2012-03", [2012, 3]),
        ("2012", [2012]),
        ("2012/3/4", [2012, 3, 4]), ("20120314", [2012, 3, 14]), ("14.03.2012", [2012, 3, 14]), ("03/04/2012", [2012]),
        ("March 2012", [2012, 3]), ("14 Mar 2012", [2012, 3]), ("c. 1998", [1998]), ("2012-13-40", [2012]),
        ("2012-02-99", [2012, 2]), ("Mayor 1998", [1998]), ("0101-01-01", []), ("soon", []), ("", []), ("12", []),
    ])
    func `a date`(written: String, parts: [Int]) {
        let date = WrittenDate(written)
        #expect([date?.year, date?.month, date?.day].compactMap(\.self) == parts)
    }

    @Test(arguments: [
        ("A, B;C", ["A", "B", "C"]), ("A,, ;B,", ["A", "B"]), ("A, a", ["A"]), ("\"Lee, Ann\", B", ["Lee, Ann", "B"]),
        ("A、B，C", ["A", "B", "C"]), ("\"A\" or B, C", ["\"A\" or B", "C"]), ("", []), ("\"", ["\""]),
    ])
    func `a list`(written: String, items: [String]) {
        #expect(NameList.items(written) == items)
    }

    @Test(arguments: [
        ("Downey, Jr., Lee", ["Downey, Jr.", "Lee"]), ("Lee, Stan; Kirby, Jack", ["Stan Lee", "Jack Kirby"]),
        ("Ann Lee; Bo, Cy", ["Ann Lee", "Bo", "Cy"]),
    ])
    func `a list of people`(written: String, people: [String]) {
        #expect(NameList.people(written) == people)
    }

    @Test(arguments: [
        ("en", "en"), ("EN", "en"), ("eng", "en"), ("ger", "de"), ("deu", "de"), ("en_US", "en-US"), ("en-us", "en-US"),
        ("zh-hant-TW", "zh-Hant-TW"), ("zho", "zh"), ("English", "en"), ("日本語", "ja"), ("Portuguese (Brazilian)", nil),
        ("Brazilian Portuguese", "pt-BR"), ("fil", "fil"), ("iw", "he"), ("es-419", "es-419"), ("de_DE.UTF-8", "de-DE"),
        ("ja-Latn-hepburn", "ja-Latn"), ("und", nil), ("", nil), ("x", nil), ("klingon", nil), ("12", nil),
    ])
    func `a language`(written: String, tag: String?) {
        #expect(LanguageTag.normalized(written) == tag)
    }

    @Test(arguments: [
        ("978-0-306-40615-7", "9780306406157"), ("urn:isbn:0306406152", "9780306406157"),
        ("ISBN 0-8044-2957-x", "9780804429573"), ("ISBN-13: 978-0-306-40615-7", "9780306406157"),
        ("isbn10:0306406152", "9780306406157"), ("eISBN 978 0 306 40615 7 (pbk.)", "9780306406157"),
        ("978–0–306–40615–7", "9780306406157"), ("9780306406157 51999", "9780306406157"),
        ("9780306406158", nil), ("0306406153", nil), ("1234567890128", nil), ("", nil), ("X", nil), ("0000000000", nil),
        ("9790060115615", nil), ("9780306406157x", nil), ("76194134192703111", nil), ("ISBN", nil),
        ("978030640615X", nil),
    ])
    func `an ISBN has a right check digit and 13 digits`(written: String, expected: String?) {
        #expect(ISBN(written)?.text == expected)
    }

    @Test(arguments: [
        ("<p>a</p><!-- x --><p>b</p>", "a\nb"), ("&lt;p&gt;a&lt;/p&gt;", "a"), ("<style>p {}</style>a", "a"),
        ("a &mdash; b&#8217;s &#150; &eacute;", "a — b’s – é"), ("<h2>a</h2>b", "a\nb"),
    ])
    func `descriptions become plain text`(markup: String, text: String) {
        #expect(MarkupText.plain(markup) == text)
    }

    @Test func `a description that is all tags without ends takes no longer than its length`() {
        let hostile = String(repeating: "<a", count: 500_000)
        #expect(MarkupText.plain(hostile) == hostile)
        #expect(MarkupText.plain(String(repeating: "&a", count: 500_000)).utf8.count == 1_000_000)
    }
}
