// SPDX-License-Identifier: MIT
import LibraryModel
import MediaReading
import Support
import SystemPackage
import Testing

@Suite("A PDF tells how many pages it has, and whether all of it is there")
struct PDFFactsTests {
    private let pages = PDFWriter(pages: [PDFWriter.colours(), PDFWriter.colours(), PDFWriter.Page()])

    private func isEndMissing(_ bytes: [UInt8]) throws -> Bool {
        try !facts(of: bytes, promised: .pdf).endIsPresent
    }

    @Test(arguments: [MediaFormat.pdf, .cbz, .epub])
    func `it is known by its first bytes, whatever its name promises`(promised: MediaFormat) throws {
        let facts = try facts(of: pages.bytes, promised: promised, checksParts: true, hashes: [.koreader, .file])
        #expect(facts.findings == [])
        #expect(facts.format == .pdf && facts.pages == 3 && facts.endIsPresent)
        #expect(facts.fingerprint != nil && facts.hash?.count == 32 && facts.koreaderHash?.count == 16)
    }

    @Test func `pdfinfo counts the same pages and reads the same information`() throws {
        guard let judge = Judge("pdfinfo") else { return }
        var writer = pages
        writer.information = [("Title", "(Saga)"), ("Author", "<FEFF004B00FC00620072>"), ("Keywords", "(space, war)")]
        let directory = try TemporaryDirectory()
        try directory.write("a.pdf", writer.bytes)
        let answer = try #require(try judge.run(["a.pdf"], in: directory.path))
        let facts = try facts(of: writer.bytes, promised: .pdf)
        for (line, value) in [
            ("Pages", "\(facts.pages)"), ("Title", facts.metadata.text(.title)),
            ("Author", facts.metadata.list(.writers).first),
            ("Keywords", facts.metadata.list(.tags).joined(separator: ", ")),
        ] {
            let said = answer.split(separator: "\n").first { $0.hasPrefix("\(line):") }
            #expect(said?.drop { $0 != " " }.drop { $0 == " " } == value.map { $0[...] }, "\(line)")
        }
    }

    @Test func `one that is still being copied has no end`() throws {
        var writer = pages
        writer.objects = [PDFWriter.stream("", [UInt8](repeating: 7, count: 5000))]
        let whole = writer.bytes
        for length in stride(from: 5, to: whole.count - 6, by: 211) {
            let facts = try facts(of: Array(whole[..<length]), promised: .pdf)
            #expect(!facts.endIsPresent, "\(length) of \(whole.count) bytes")
            #expect(facts.format == .pdf)
        }
    }

    @Test func `bytes behind the end do no harm, and zeros in its place are no end`() throws {
        #expect(try !isEndMissing(pages.bytes + Array("\r\n\0\0 <!-- served by -->".utf8)))
        #expect(try isEndMissing(Array(pages.bytes.dropLast(30)) + [UInt8](repeating: 0, count: 30)))
        #expect(try isEndMissing(pages.bytes + [UInt8](repeating: 0, count: 4000)))
    }

    @Test(arguments: [["--linearize"], ["--object-streams=generate"], ["--qdf"]])
    func `what qpdf makes of it has its end, and cut it has none`(options: [String]) throws {
        guard let qpdf = Judge("qpdf") else { return }
        var writer = pages
        writer.objects = [PDFWriter.jpeg(jpeg(width: 300, height: 300), width: 300, height: 300)]
        writer.pages.append(PDFWriter.picture(PDFWriter.firstObject))
        let directory = try TemporaryDirectory()
        try directory.write("a.pdf", writer.bytes)
        try #require(try qpdf.run(options + ["a.pdf", "b.pdf"], in: directory.path) != nil)
        let made = try OpenFile(reading: directory.path.appending("b.pdf")).contents
        let facts = try facts(of: made, promised: .pdf, checksParts: true)
        #expect(facts.findings == [] && facts.pages == 4 && facts.endIsPresent)
        for length in stride(from: 20, to: made.count - 100, by: 97) {
            #expect(try isEndMissing(Array(made[..<length])), "\(length) of \(made.count) bytes")
        }
    }

    @Test func `one that was changed at its end is read as it is now`() throws {
        var writer = pages
        writer.information = [("Title", "(Old)")]
        let old = writer.bytes
        let table = old.count
        let object = "3 0 obj\n<< /Title (New) >>\nendobj\n"
        let size = PDFWriter.firstObject + 6
        let start = try #require(
            String(decoding: old.suffix(30), as: UTF8.self).split(separator: "\n").first { Int($0) != nil }
        )
        let place = String(table)
        let update =
            object + "xref\n3 1\n\(String(repeating: "0", count: 10 - place.count))\(place) 00000 n \n"
            + "trailer\n<< /Size \(size) /Root 1 0 R /Info 3 0 R /Prev \(start) >>\n"
            + "startxref\n\(table + object.utf8.count)\n%%EOF\n"
        let facts = try facts(of: old + Array(update.utf8), promised: .pdf)
        #expect(facts.findings == [] && facts.endIsPresent && facts.pages == 3)
        #expect(facts.metadata.text(.title) == "New")
    }

    @Test(arguments: [
        ["--encrypt", "secret", "owner", "256", "--"], ["--encrypt", "secret", "", "128", "--use-aes=n", "--"],
    ])
    func `one that needs a password says so`(options: [String]) throws {
        guard let qpdf = Judge("qpdf") else { return }
        let directory = try TemporaryDirectory()
        try directory.write("a.pdf", pages.bytes)
        try #require(try qpdf.run(["--allow-weak-crypto"] + options + ["a.pdf", "b.pdf"], in: directory.path) != nil)
        let locked = try OpenFile(reading: directory.path.appending("b.pdf")).contents
        let facts = try facts(of: locked, promised: .pdf)
        #expect(facts.findings == [Finding(.archiveEncrypted, "the document needs a password")])
        #expect(facts.endIsPresent)
        #expect(try thumbnail(of: locked, promised: .pdf).outcome == .noThumbnail(facts.findings))
    }

    @Test func `one that may be read without a password is read`() throws {
        guard let qpdf = Judge("qpdf") else { return }
        let directory = try TemporaryDirectory()
        try directory.write("a.pdf", pages.bytes)
        try #require(
            try qpdf.run(["--encrypt", "", "owner", "256", "--", "a.pdf", "b.pdf"], in: directory.path) != nil
        )
        let facts = try facts(of: OpenFile(reading: directory.path.appending("b.pdf")).contents, promised: .pdf)
        #expect(facts.findings == [] && facts.pages == 3)
    }

    @Test func `a broken table of objects is mended`() throws {
        var broken = pages.bytes
        let digits = try #require(broken.lastRange(of: "startxref\n")?.upperBound)
        broken[digits] = UInt8(ascii: "9")
        let facts = try facts(of: broken, promised: .pdf)
        #expect(facts.findings == [] && facts.pages == 3 && facts.endIsPresent)
    }

    @Test func `one of no sense is corrupt, one without pages too`() throws {
        let nonsense = Array("%PDF-1.7\nDear reader, there is nothing here.\n%%EOF\n".utf8)
        #expect(try facts(of: nonsense, promised: .pdf).findings.map(\.problem) == [.archiveCorrupt])
        #expect(try facts(of: PDFWriter(pages: []).bytes, promised: .pdf).findings.map(\.problem) == [.archiveCorrupt])
        #expect(try facts(of: Array("%PDF-1.7\n".utf8), promised: .pdf).findings.map(\.problem) == [.archiveTruncated])
    }

    @Test func `pages that were not written yet are missed`() throws {
        var partial = pages.bytes
        let page = try #require(partial.lastRange(of: "/Type /Page ")?.lowerBound)
        partial.replaceSubrange((page - 3)..<(page + 90), with: [UInt8](repeating: 0, count: 93))
        let facts = try facts(of: partial, promised: .pdf, checksParts: true)
        #expect(!facts.endIsPresent)
        #expect(facts.findings.map(\.problem) == [.archiveTruncated])
    }

    @Test func `every page is drawn, and one that is damaged is named`() throws {
        var writer = pages
        writer.pages.append(PDFWriter.Page(width: 800, height: 1200))
        let whole = try MediaReadingTests.pages(of: writer.bytes, promised: .pdf)
        #expect(whole.pages == 4 && whole.decoded == 4 && whole.damaged == 0 && whole.findings == [])
        #expect(whole.typical == PageAnalysis.Size(width: 833, height: 1250))

        writer.objects = [PDFWriter.stream("/Filter /FlateDecode", [1, 2, 3])]
        writer.pages[1].entries += " /Contents 5 0 R "
        let damaged = try MediaReadingTests.pages(of: writer.bytes, promised: .pdf)
        #expect(damaged.decoded == 3 && damaged.damaged == 1)
        #expect(damaged.findings.map(\.problem) == [.imageCorrupt])
        #expect(damaged.findings.first?.detail.hasPrefix("page 2 of 4 is damaged: ") == true)
    }
}

extension [UInt8] {
    /// Where an ASCII text stands last.
    fileprivate func lastRange(of text: String) -> Range<Int>? {
        let wanted = Array(text.utf8)
        return indices.reversed().first { self[$0...].starts(with: wanted) }.map { $0..<($0 + wanted.count) }
    }
}
