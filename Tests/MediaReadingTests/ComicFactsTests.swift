// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("A comic tells its pages, its fingerprint and its ComicInfo")
struct ComicFactsTests {
    @Test func `a plain comic is ready with its pages counted`() throws {
        let facts = try facts(of: BookBuilder.comic(pages: 3))
        #expect(facts.format == .cbz)
        #expect(facts.pages == 3)
        #expect(facts.findings.isEmpty)
        #expect(facts.endIsPresent)
        #expect(facts.state == .ready)
    }

    @Test func `pages are in natural order and junk is none`() throws {
        let names = [
            "b/10.jpg", "b/2.JPG", "a/1.png", "__MACOSX/b/._2.jpg", "b/Thumbs.db", "b/.hidden.png", "@eaDir/2.jpg",
            "b/notes.txt", "b/", "B/1.webp",
        ]
        let file = try OpenFile(ZipWriter.archive(names.map { ZipWriter.Entry($0, [1]) }))
        let archive = try EntryReader(ByteSource(descriptor: file.descriptor), checksParts: true)
        #expect(PageOrder.pages(of: archive).map(\.shown) == ["a/1.png", "B/1.webp", "b/2.JPG", "b/10.jpg"])
    }

    @Test func `a new ComicInfo or another packing leaves the fingerprint, another page changes it`() throws {
        let pages = (1...3).map { ZipWriter.Entry("p\($0).png", [UInt8($0)]) }
        let tag = ZipWriter.Entry("meta/comicINFO.XML", text: "<ComicInfo/>")
        let plain = try facts(of: ZipWriter.archive(pages)).fingerprint
        #expect(plain != nil)
        #expect(try facts(of: ZipWriter.archive(pages + [tag])).fingerprint == plain)
        #expect(try facts(of: ZipWriter.archive([tag] + pages.reversed())).fingerprint == plain)
        #expect(
            try facts(of: ZipWriter.archive(pages.dropLast() + [ZipWriter.Entry("p3.png", [9])])).fingerprint != plain
        )
        #expect(try facts(of: ZipWriter.archive(pages.dropLast())).fingerprint != plain)
    }

    @Test func `every field of a ComicInfo is read in its shape`() throws {
        let info = BookBuilder.comicInfo([
            "Title": " The  First\nDay ", "Series": "Saga", "Number": "1.5", "Count": "12", "Volume": "-1",
            "Summary": "Two\nlines", "Year": "2012", "Month": "3", "Day": "14", "Writer": "Brian K. Vaughan, Ann Other",
            "CoverArtist": "Fiona Staples", "Genre": "Fantasy; War", "LanguageISO": "en", "Manga": "YesAndRightToLeft",
            "Web": "https://a.example/1 https://b.example/2", "GTIN": "978-0-306-40615-7", "CommunityRating": "4.5",
            "PageCount": "3", "StoryArc": "Chapter One", "AgeRating": "Mature 17+", "Publisher": "Image &amp; Co",
        ])
        let facts = try facts(of: BookBuilder.comic(pages: 1, comicInfo: info))
        let metadata = facts.metadata
        #expect(facts.findings.isEmpty)
        #expect(metadata.text(.title) == "The First Day")
        #expect(metadata.text(.number) == "1.5")
        #expect(metadata.integer(.count) == 12)
        #expect(metadata.integer(.volume) == nil)
        #expect(metadata.text(.summary) == "Two\nlines")
        #expect([metadata.integer(.year), metadata.integer(.month), metadata.integer(.day)] == [2012, 3, 14])
        #expect(metadata.list(.writers) == ["Brian K. Vaughan", "Ann Other"])
        #expect(metadata.list(.coverArtists) == ["Fiona Staples"])
        #expect(metadata.list(.genres) == ["Fantasy", "War"])
        #expect(metadata.text(.manga) == "right_to_left")
        #expect(metadata.list(.links) == ["https://a.example/1", "https://b.example/2"])
        #expect(metadata.text(.isbn) == "9780306406157")
        #expect(metadata.decimal(.communityRating) == 4.5)
        #expect(metadata.text(.publisher) == "Image & Co")
        #expect(metadata.facts.values.allSatisfy { $0.source == .comicinfo })
    }

    @Test func `the ComicInfo nearest to the root counts`() throws {
        let entries = [
            ZipWriter.Entry("a/b/ComicInfo.xml", text: BookBuilder.comicInfo(["Title": "deep"])),
            ZipWriter.Entry("z/comicinfo.xml", text: BookBuilder.comicInfo(["Title": "near"])),
            ZipWriter.Entry("p.png", [1]),
        ]
        #expect(try facts(of: ZipWriter.archive(entries)).metadata.text(.title) == "near")
    }

    @Test func `a trade number that is no ISBN is an identifier`() throws {
        let info = BookBuilder.comicInfo(["GTIN": "76194134192703111", "Manga": "Unknown"])
        let metadata = try facts(of: BookBuilder.comic(pages: 1, comicInfo: info)).metadata
        #expect(metadata.text(.isbn) == nil)
        #expect(metadata.list(.identifiers) == ["gtin:76194134192703111"])
        #expect(metadata.text(.manga) == nil)
    }

    @Test func `metadata is left alone where it is not wanted`() throws {
        let comic = BookBuilder.comic(pages: 1, comicInfo: BookBuilder.comicInfo(["Title": "T"]))
        #expect(try facts(of: comic, readsMetadata: false).metadata.isEmpty)
    }

    @Test(arguments: [("utf-16", true), ("iso-8859-1", false), ("windows-1252", false)])
    func `a ComicInfo may come in another encoding`(encoding: String, isWide: Bool) throws {
        let text = "<?xml version=\"1.0\" encoding=\"\(encoding)\"?><ComicInfo><Title>Café</Title></ComicInfo>"
        let wide: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let narrow = text.unicodeScalars.map { UInt8($0.value) }
        let entries = [ZipWriter.Entry("p.png", [1]), ZipWriter.Entry("ComicInfo.xml", isWide ? wide : narrow)]
        #expect(try facts(of: ZipWriter.archive(entries)).metadata.text(.title) == "Café")
    }

    @Test func `deflated entries behind data descriptors are read`() throws {
        let info = BookBuilder.comicInfo(["Title": "Deflated", "Notes": String(repeating: "long ", count: 20_000)])
        let facts = try facts(of: deflatedArchive([("p1.png", [1, 2]), ("ComicInfo.xml", Array(info.utf8))]))
        #expect(facts.findings.isEmpty)
        #expect(facts.metadata.text(.title) == "Deflated")
        #expect(facts.metadata.text(.notes)?.count == 99_999)
    }

    @Test func `stored entries behind data descriptors are read`() throws {
        var info = ZipWriter.Entry("ComicInfo.xml", text: BookBuilder.comicInfo(["Title": "Piped"]))
        info.hasDataDescriptor = true
        let facts = try facts(of: ZipWriter.archive([info, ZipWriter.Entry("p.png", [1])]))
        #expect(facts.findings.isEmpty)
        #expect(facts.metadata.text(.title) == "Piped")
    }

    @Test func `a comment and a tail longer than one read are no obstacle`() throws {
        var comic = BookBuilder.comic(pages: 4, width: 300, height: 200)
        comic[comic.count - 2] = 5
        comic += Array("words".utf8)
        #expect(comic.count > 2 * ByteSource.tailLength)
        #expect(try facts(of: comic).pages == 4)
    }

    @Test func `the end of a ZIP64 is found`() throws {
        let entries = [ZipWriter.Entry("p1.png", [1]), ZipWriter.Entry("p2.png", [2])]
        let large = ZipWriter.archive(entries, isLarge: true)
        #expect(try facts(of: large).findings.isEmpty)
        #expect(try facts(of: large).pages == 2)
        #expect(try namesByLibarchive(large) == ["p1.png", "p2.png"])
        // An end that claims to be large and has nothing before it.
        let lone = Array(large.suffix(22))
        #expect(try facts(of: lone).findings.map(\.problem) == [.archiveTruncated])
    }

    @Test(arguments: [(MediaFormat.zip, MediaFormat.zip), (.cbr, .cbz), (.pdf, .cbz), (.epub, .cbz)])
    func `the bytes overrule the name`(promised: MediaFormat, expected: MediaFormat) throws {
        #expect(try facts(of: BookBuilder.comic(pages: 1), promised: promised).format == expected)
    }

    @Test func `what the builder writes satisfies libarchive`() throws {
        let archive = BookBuilder.comic(pages: 2, comicInfo: "<ComicInfo/>")
        #expect(try namesByLibarchive(archive) == ["page1.png", "page2.png", "ComicInfo.xml"])
    }
}

/// An archive as libarchive packs it when it cannot go back: deflated, sizes behind the bytes.
private func deflatedArchive(_ files: [(name: String, contents: [UInt8])]) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var used = 0
    let archive = try #require(archive_write_new())
    archive_write_set_format_zip(archive)
    archive_write_set_bytes_in_last_block(archive, 1)
    let count = buffer.count
    return try buffer.withUnsafeMutableBytes { bytes in
        try #require(archive_write_open_memory(archive, bytes.baseAddress, count, &used) == ARCHIVE_OK)
        for file in files {
            let entry = try #require(archive_entry_new())
            archive_entry_set_pathname(entry, file.name)
            archive_entry_set_mode(entry, 0o100644)
            try #require(archive_write_header(archive, entry) == ARCHIVE_OK)
            try #require(archive_write_data(archive, file.contents, file.contents.count) == file.contents.count)
            archive_entry_free(entry)
        }
        try #require(archive_write_close(archive) == ARCHIVE_OK)
        archive_write_free(archive)
        return Array(bytes.prefix(used))
    }
}

private func namesByLibarchive(_ bytes: [UInt8]) throws -> [String] {
    let archive = try #require(archive_read_new())
    defer { archive_read_free(archive) }
    archive_read_support_format_zip_seekable(archive)
    return try bytes.withUnsafeBytes { bytes in
        try #require(archive_read_open_memory(archive, bytes.baseAddress, bytes.count) == ARCHIVE_OK)
        var names: [String] = []
        var entry: OpaquePointer?
        var code = archive_read_next_header(archive, &entry)
        while code == ARCHIVE_OK {
            names.append(String(cString: try #require(archive_entry_pathname(entry))))
            var contents = [UInt8](repeating: 0, count: Int(archive_entry_size(entry)) + 1)
            #expect(archive_read_data(archive, &contents, contents.count) == contents.count - 1)
            code = archive_read_next_header(archive, &entry)
        }
        #expect(code == ARCHIVE_EOF)
        return names
    }
}
