// SPDX-License-Identifier: MIT
import LibraryModel
import MediaReading
import Support
import Testing

@Suite("Bad input becomes a finding with a reason")
struct BadInputTests {
    @Test func `an empty file is empty and has no end`() throws {
        let facts = try facts(of: [])
        #expect(facts.findings == [Finding(.archiveEmpty, "the file is empty")])
        #expect(!facts.endIsPresent)
        #expect(facts.fingerprint == nil)
        #expect(facts.state == .error)
    }

    @Test func `a text file is no archive`() throws {
        let facts = try facts(of: Array("Dear reader".utf8))
        #expect(facts.findings == [Finding(.unsupportedFormat, "the file is not an archive")])
        #expect(facts.format == nil)
        #expect(facts.endIsPresent)
        #expect(facts.fingerprint != nil)
        #expect(facts.state == .unsupported)
    }

    @Test func `a file of zeros is still being written`() throws {
        #expect(try !facts(of: [UInt8](repeating: 0, count: 1000)).endIsPresent)
    }

    @Test func `a comic cut anywhere has no end`() throws {
        let comic = BookBuilder.comic(pages: 3)
        for length in stride(from: 4, to: comic.count, by: 97) {
            let facts = try facts(of: Array(comic[..<length]))
            #expect(facts.findings.map(\.problem) == [.archiveTruncated])
            #expect(!facts.endIsPresent)
        }
        #expect(try facts(of: BookBuilder.truncatedComic()).state == .error)
    }

    @Test(arguments: [MediaFormat.cbz, .epub])
    func `a book whose middle was not written yet is not whole, though its end is there`(format: MediaFormat) throws {
        let whole = format == .epub ? BookBuilder.epub3(title: "T") : BookBuilder.comic(pages: 5)
        #expect(try facts(of: whole, promised: format, checksParts: true).state == .ready)
        let headers = whole.indices.dropLast(4).filter { Array(whole[$0..<($0 + 4)]) == Array("PK\u{3}\u{4}".utf8) }
        var partial = whole
        let middle = headers[headers.count - 3]..<(headers[headers.count - 1] + 1)
        partial.replaceSubrange(middle, with: [UInt8](repeating: 0, count: middle.count))
        let facts = try facts(of: partial, promised: format, checksParts: true)
        #expect(!facts.endIsPresent)
        #expect(facts.findings.map(\.problem) == [.archiveTruncated])
        #expect(facts.findings.first?.detail == "3 of its \(headers.count) parts are not there yet")
    }

    @Test func `parts that are not asked for are not looked at`() throws {
        var comic = BookBuilder.comic(pages: 5)
        comic.replaceSubrange(2000..<9000, with: [UInt8](repeating: 0, count: 7000))
        #expect(try facts(of: comic).state == .ready)
        #expect(
            try facts(of: comic, checksParts: true).findings.map(\.detail) == [
                "1 of its 5 parts are not there yet"
            ]
        )
    }

    @Test func `an archive inside an archive that was cut is not taken for it`() throws {
        let inner = ZipWriter.Entry("inner.zip", BookBuilder.comic(pages: 2))
        let outer = ZipWriter.archive([ZipWriter.Entry("p.png", [1, 2, 3]), inner, ZipWriter.Entry("q.png", [4])])
        let end = 30 + 5 + 3 + 30 + 9 + inner.contents.count
        for extra in [0, 1, 20] {
            let facts = try facts(of: Array(outer[..<(end + extra)]))
            #expect(facts.pages == 0)
            #expect(facts.state == .error)
        }
    }

    @Test func `an encrypted page makes the book unreadable`() throws {
        let facts = try facts(of: BookBuilder.encryptedComic())
        #expect(facts.findings == [Finding(.archiveEncrypted, "page1.png needs a password")])
    }

    @Test func `an archive without pages is empty`() throws {
        #expect(try facts(of: BookBuilder.archiveWithoutPages()).findings.map(\.problem) == [.archiveEmpty])
    }

    @Test func `a volume of several is told apart`() throws {
        var comic = BookBuilder.comic(pages: 1)
        comic[comic.count - 18] = 2
        #expect(try facts(of: comic).findings.map(\.problem) == [.archiveMultivolume])
        let first = Array("PK\u{7}\u{8}".utf8) + BookBuilder.truncatedComic()
        #expect(try facts(of: first).findings.map(\.problem) == [.archiveMultivolume])
    }

    @Test func `a directory that contradicts itself is corrupt`() throws {
        var comic = BookBuilder.comic(pages: 2)
        comic[comic.count - 12] = 3
        #expect(try facts(of: comic).findings.map(\.problem) == [.archiveCorrupt])
    }

    @Test func `bytes that are flipped anywhere never stop the reader`() throws {
        let info = BookBuilder.comicInfo(["Title": "T", "Year": "2001"])
        let comic = BookBuilder.comic(pages: 1, comicInfo: info, width: 2, height: 2)
        for index in comic.indices {
            var damaged = comic
            damaged[index] ^= 0xFF
            _ = try facts(of: damaged)
            _ = try thumbnail(of: damaged)
        }
    }

    @Test func `a damaged ComicInfo is a finding and the pages stay`() throws {
        var info = ZipWriter.Entry("ComicInfo.xml", text: BookBuilder.comicInfo(["Title": "T"]))
        info.checksum = 1
        let facts = try facts(of: ZipWriter.archive([info, ZipWriter.Entry("p.png", [1])]))
        #expect(facts.pages == 1)
        #expect(facts.findings.map(\.problem) == [.archiveCorrupt])
        #expect(facts.findings[0].detail.hasPrefix("ComicInfo.xml: "))
    }

    @Test func `readable fields survive broken XML`() throws {
        let info = "<ComicInfo>\n<Title>One & Two</Title>\n<Series>Saga\n<Number>4</Number>\n<Writer>Ann</Wri"
        let facts = try facts(of: BookBuilder.comic(pages: 1, comicInfo: info))
        #expect(facts.state == .ready)
        #expect(facts.findings.map(\.problem) == [.metadataInvalid])
        #expect(facts.findings[0].detail.contains("line 2"))
        #expect(facts.metadata.text(.title)?.hasPrefix("One") == true)
        #expect(facts.metadata.text(.series) == "Saga")
        #expect(facts.metadata.text(.number) == "4")
        #expect(facts.metadata.list(.writers) == ["Ann"])
    }

    @Test func `a field that is no number is named and the others stay`() throws {
        let info = BookBuilder.comicInfo(["Title": "T", "Year": "abc", "Month": "13", "Day": "2"])
        let facts = try facts(of: BookBuilder.comic(pages: 1, comicInfo: info))
        #expect(facts.metadata.text(.title) == "T")
        #expect(facts.metadata.integer(.day) == 2)
        #expect(
            facts.findings.map(\.detail) == [
                "ComicInfo.xml: Month is “13”, not a number in its range",
                "ComicInfo.xml: Year is “abc”, not a number in its range",
            ]
        )
    }

    @Test func `a ComicInfo of no XML at all is a warning`() throws {
        let facts = try facts(of: BookBuilder.comic(pages: 1, comicInfo: "just words"))
        #expect(facts.findings.map(\.problem) == [.metadataInvalid])
        #expect(facts.state == .ready)
    }

    @Test func `entities that a document declares are not expanded, and nothing is loaded`() throws {
        let info = """
            <?xml version="1.0"?>
            <!DOCTYPE ComicInfo [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "/etc/hostname">]>
            <ComicInfo><Title>x&b;&f;y</Title></ComicInfo>
            """
        let facts = try facts(of: BookBuilder.comic(pages: 1, comicInfo: info))
        #expect(facts.metadata.text(.title) == "xy")
    }

    @Test func `names that are not UTF-8 or hold newlines are pages like others`() throws {
        let strange = ZipWriter.Entry([0xE9, 0x0A, 0x81] + Array(".png".utf8), Picture.png(width: 4, height: 4))
        let comic = ZipWriter.archive([strange])
        #expect(try facts(of: comic).pages == 1)
        #expect(try facts(of: comic).findings.isEmpty)
        guard case .thumbnail = try thumbnail(of: comic).outcome else {
            Issue.record("no thumbnail")
            return
        }
        var damaged = strange
        damaged.isEncrypted = true
        let finding = try facts(of: ZipWriter.archive([damaged])).findings[0]
        #expect(finding.detail == "Θ\u{FFFD}ü.png needs a password")
    }
}
