// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import MediaReading

@Suite("A converted book holds all that the original does")
struct ConversionTests {
    static let sources = Container.all.filter { $0.format != .cbz }

    @Test(arguments: sources)
    func `a book of every kind is converted and proved by workers, and is the same book`(container: Container) throws {
        let original = try container.comic()
        let book = try ConvertedBook(byWorkers: try OpenFile(original), promised: container.format)
        #expect(book.isProved)
        #expect(book.figures?.entries == 4 && book.figures?.pages == 3 && book.figures?.damagedPages == 0)
        let (before, after) = (try facts(of: original, hashes: .file), try facts(of: book.bytes, hashes: .file))
        #expect(after.format == .cbz && after.findings == [] && after.pages == 3)
        #expect(after.metadata == before.metadata)
        #expect(after.hash == book.figures?.hash)
        if Container.summed.contains(where: { $0.description == container.description }) {
            #expect(after.fingerprint == before.fingerprint)
        }
        let names = (1...3).map { "Book/\($0).png" } + ["Book/ComicInfo.xml"]
        #expect(try book.contents().map(\.name) == names)
        #expect(try book.directory().records.map(\.method.rawValue) == [0, 0, 0, 8])
    }

    @Test(arguments: sources)
    func `entries stay what and where they were, among them folders, documents and what is empty`(
        container: Container
    ) throws {
        let page = Picture.png(width: 8, height: 8)
        let files: [(name: String, bytes: [UInt8])] = [
            ("ComicInfo.xml", Array("<ComicInfo/>".utf8)), ("z.png", page), ("a/b/empty.txt", []), ("a/2.jpg", page),
            ("scan.bmp", BMPWriter.direct(bits: 24)), ("./1.png", page),
            ("note", [UInt8](repeating: 65, count: 70_000)),
        ]
        let book = try ConvertedBook(try container.archive(files))
        #expect(book.isProved)
        let contents = try book.contents()
        #expect(contents.map(\.name) == files.map(\.name))
        #expect(contents.map(\.bytes) == files.map(\.bytes))
        // What no packer makes smaller is stored.
        #expect(try book.directory().records.map(\.method.rawValue) == [8, 0, 0, 0, 8, 0, 8])
    }

    @Test func `folders are entries too, and names of every script are kept in UTF-8`() throws {
        let page = Picture.png(width: 8, height: 8)
        var folder = TarWriter.Entry("Été 日本/", [])
        folder.type = "5"
        // An accent of its own is not made one with its letter.
        let names = ["Été 日本/1.png", "e\u{301}.png", "e\u{E9}.png", "🙂.png"]
        let tar = TarWriter.archive([folder] + names.map { TarWriter.Entry($0, page) })
        let book = try ConvertedBook(byWorkers: try OpenFile(tar), promised: .cbt)
        #expect(book.isProved)
        let directory = try book.directory()
        #expect(directory.entries.map(\.name) == (["Été 日本/"] + names).map { Array($0.utf8) })
        #expect(!directory.records.map(\.namesAreUTF8).contains(false))
        #expect(directory.entries.map(\.kind) == [.directory, .file, .file, .file, .file])

        // “ページ” in Shift-JIS.
        let stored = [0x83, 0x79, 0x81, 0x5B, 0x83, 0x57] + Array(".png".utf8)
        for archive in [
            TarWriter.archive([TarWriter.Entry(stored, page)]),
            RarWriter.archive([RarWriter.Entry(stored, page)], .four),
        ] {
            let japanese = try ConvertedBook(byWorkers: try OpenFile(archive))
            #expect(japanese.isProved)
            #expect(try japanese.contents().map(\.name) == ["ページ.png"])
        }
    }

    @Test func `the times of entries are kept to the second, and else are the file's own`() throws {
        let page = Picture.png(width: 8, height: 8)
        // 2009-02-13 23:31:31 UTC, which is odd.
        let instant = 1_234_567_891
        let windows = UInt64(instant + 11_644_473_600) * 10_000_000 + 5
        var rar = RarWriter.Entry("1.png", page)
        rar.modified = UInt32(instant)
        var windowsRar = RarWriter.Entry("1.png", page)
        windowsRar.windowsTime = windows
        var sevenZip = SevenZipWriter.Entry("1.png", page)
        sevenZip.windowsTime = windows
        var tar = TarWriter.Entry("1.png", page)
        tar.modified = instant
        for original in [
            RarWriter.archive([rar], .five), RarWriter.archive([windowsRar], .five), SevenZipWriter.archive([sevenZip]),
            TarWriter.archive([tar]),
        ] {
            let book = try ConvertedBook(original)
            #expect(book.isProved)
            #expect(try book.directory().entries.map { $0.modified?.wholeSeconds } == [Int64(instant)])
        }

        // RAR 4 has local time: here 2009-02-13 12:31:30, and a second more.
        var old = RarWriter.Entry("1.png", page)
        old.modified = 29 << 25 | 2 << 21 | 13 << 16 | 12 << 11 | 31 << 5 | 15
        old.isOddSecond = true
        var local = tm()
        (local.tm_year, local.tm_mon, local.tm_mday) = (109, 1, 13)
        (local.tm_hour, local.tm_min, local.tm_sec, local.tm_isdst) = (12, 31, 31, -1)
        let odd = try ConvertedBook(RarWriter.archive([old], .four))
        #expect(odd.isProved)
        #expect(try odd.directory().entries.map { $0.modified?.wholeSeconds } == [Int64(mktime(&local))])

        // A 7z need not have any.
        let file = try OpenFile(SevenZipWriter.archive([SevenZipWriter.Entry("1.png", page)]))
        let times = [timespec(tv_sec: 1_000_000_001, tv_nsec: 5), timespec(tv_sec: 1_000_000_001, tv_nsec: 999)]
        try #require(futimens(file.descriptor, times) == 0)
        let timeless = try ConvertedBook(byWorkers: file, promised: .cb7)
        #expect(timeless.isProved)
        #expect(try timeless.directory().entries.map { $0.modified?.wholeSeconds } == [1_000_000_001])
    }

    @Test(arguments: [0, 4_000_000_000, 8_589_934_591])
    func `a time that a ZIP has no room for is the nearest that it has`(instant: Int) throws {
        var entry = TarWriter.Entry("1.png", Picture.png(width: 8, height: 8))
        entry.modified = instant
        let book = try ConvertedBook(TarWriter.archive([entry]))
        #expect(book.isProved)
        #expect(try book.directory().entries[0].modified?.wholeSeconds == Int64(Int32(clamping: instant)))
    }

    @Test(arguments: sources)
    func `a page that does not decode is kept as it is, and told`(container: Container) throws {
        let page = Picture.png(width: 20, height: 30)
        let original = try container.archive([
            ("1.png", page), ("2.png", Array("no picture, but long enough for one".utf8)), ("3.png", page),
            ("4.jpg", []),
        ])
        let book = try ConvertedBook(original)
        #expect(book.isProved)
        #expect(book.figures?.pages == 4 && book.figures?.damagedPages == 2)
        #expect(try book.contents()[1].bytes == Array("no picture, but long enough for one".utf8))
    }

    @Test func `a book of 70,000 entries is converted`() throws {
        let files = (0..<70_000).map { TarWriter.Entry("\($0)", []) }
        let tar = TarWriter.archive(files + [TarWriter.Entry("p.png", Picture.png(width: 8, height: 8))])
        let book = try ConvertedBook(byWorkers: try OpenFile(tar), promised: .cbt)
        #expect(book.isProved)
        #expect(book.figures?.entries == 70_001 && book.figures?.pages == 1)
        guard let unzip = Judge("unzip") else { return }
        let directory = try TemporaryDirectory()
        try directory.write("book.zip", book.bytes)
        #expect(try unzip.run(["-tqq", "book.zip"], in: directory.path) != nil)
    }
}
