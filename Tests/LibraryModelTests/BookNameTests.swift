// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("The name of a file tells of its book")
struct BookNameTests {
    @Test(arguments: BookNameTable.rows)
    func `a name says what its row in the table says`(row: String) throws {
        let sides = row.split(separator: " => ", maxSplits: 1)
        try #require(sides.count == 2, "\(row)")
        let path = sides[0].split(separator: "/").map { FileName(String($0)) }
        let file = try #require(path.last)
        let name = BookName(file, folder: path.count > 1 ? path[0] : nil)
        #expect(inTheTable(name) == String(sides[1]), "\(row)")
    }

    @Test func `the table is as long as the field is wide`() {
        #expect(BookNameTable.rows.count >= 300)
        #expect(Set(BookNameTable.rows).count == BookNameTable.rows.count)
    }

    @Test func `no name is too strange, and a folder's name is never lost`() {
        var random = Xorshift(seed: 11)
        let pieces = [
            "(", ")", "[", "]", "{", "}", " ", " ", " ", "-", " - ", ".", "_", ",", "#", "'", "~", "½", "%20", "+", "&",
            "1", "001", "2012", "99999999999", "1.5", "v", "v01", "c012", "T03", "S02E012", "Vol.", "Ch. ", "No. ",
            "of 4",
            "第", "1巻", "話", "全", "年", "5月", "권", "Annual", "TPB", "May ", "Batman", "The ", "by ", "é", "\u{301}",
            "\u{FFFD}", "\u{202E}", "１", "（", "😀", "2014-05-24", "-1", "II", "Book One",
        ]
        for _ in 0..<600 {
            var text = ""
            while text.utf8.count < 200, random.next() % 12 != 0 {
                text += pieces[Int(random.next() % UInt64(pieces.count))]
            }
            let file = FileName(bytes: Array((text + [".cbz", ".epub", ".pdf", ""][Int(random.next() % 4)]).utf8))
            #expect(!BookName(file, folder: FileName("Saga (2012)")).series.isEmpty, "\(text)")
            _ = BookName(file)
            _ = SeriesName(folder: FileName(text))
        }
    }

    @Test(arguments: ["[1]", "(", "- ", "c001-", "第1", "1 of ", "A, B & ", "a-001-", "v1 ", "1.", ".cbz"])
    func `a name as long as a disk allows is read like any other`(piece: String) {
        let text = String(repeating: piece, count: 255 / piece.utf8.count)
        for ending in [".cbz", ".epub"] {
            let name = BookName(FileName(String(text.dropLast(5)) + ending), folder: FileName("Saga"))
            #expect(!name.series.isEmpty)
        }
    }

    @Test func `a name that is not UTF-8 is read as well as it can be`() {
        let name = BookName(FileName(bytes: [0xFF, 0xFE] + Array(" 012 (1999).cbz".utf8)), folder: nil)
        #expect(name.number == "12")
        #expect(name.year == 1999)
    }

    @Test func `a name fills in what no better source has said`() {
        var metadata = BookMetadata()
        metadata.note(.series, .text("The Batman"), from: .comicinfo)
        metadata.note(.year, .integer(2010), from: .comicinfo)
        BookName(FileName("Batman 001 (of 4) (2011-11) - Knife Trick [English] (TPB).cbz")).fill(&metadata)
        #expect(metadata.text(.series) == "The Batman")
        #expect(metadata.integer(.year) == 2010)
        #expect(metadata.integer(.month) == nil)
        #expect(metadata.text(.number) == "1")
        #expect(metadata.facts[.number]?.source == .filename)
        #expect(metadata.integer(.count) == 4)
        #expect(metadata.text(.title) == "Knife Trick")
        #expect(metadata.text(.language) == "en")
        #expect(metadata.text(.format) == "TPB")
        #expect(metadata.list(.writers).isEmpty)
    }

    @Test func `only a whole volume is a fact`() {
        var metadata = BookMetadata()
        BookName(FileName("Saga v01-03 (2012-11).cbz")).fill(&metadata)
        #expect(metadata.integer(.volume) == nil)
        #expect(metadata.text(.number) == "1-3")
        #expect(metadata.integer(.month) == 11)
    }

    /// A name in the form of the table.
    private func inTheTable(_ name: BookName) -> String {
        var date = name.year.map(String.init)
        for part in [name.month, name.day] {
            if let part, let before = date { date = before + (part < 10 ? "-0" : "-") + String(part) }
        }
        let fields = [
            ("n", name.number), ("v", name.volume), ("of", name.count.map(String.init)), ("y", date),
            ("t", name.title), ("f", name.format?.rawValue), ("l", name.language),
            ("w", name.writers.isEmpty ? nil : name.writers.joined(separator: "; ")),
        ]
        let series = name.series.isEmpty ? "-" : name.series
        return ([series] + fields.compactMap { key, value in value.map { "\(key):\($0)" } }).joined(separator: " | ")
    }
}
