// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("A name in an archive is a name and nothing else")
struct ArchiveNameTests {
    private static let page = Picture.png(width: 8, height: 8)

    /// The pages of an archive of these bytes, as they are shown.
    private func pageNames(_ bytes: [UInt8]) throws -> [String] {
        let file = try OpenFile(bytes)
        let source = try ByteSource(descriptor: file.descriptor)
        let head = try source.bytes(at: 0, count: min(source.size, ContainerKind.headLength))
        guard case .comic(let pages, _) = try OpenBook(source, head: head, promised: .cbz).contents else { return [] }
        return pages.map(\.shown)
    }

    @Test func `undeclared names are read in the encoding that they are in`() throws {
        // 漫画_第1巻 and ページ in Shift-JIS; größer, château and naïve in CP437.
        let manga: [UInt8] = [0x96, 0x9F, 0x89, 0xE6, 0x5F, 0x91, 0xE6, 0x31, 0x8A, 0xAA]
        let page: [UInt8] = [0x83, 0x79, 0x81, 0x5B, 0x83, 0x57]
        let german: [UInt8] = [0x67, 0x72, 0x94, 0xE1, 0x65, 0x72]
        let french: [UInt8] = [0x63, 0x68, 0x83, 0x74, 0x65, 0x61, 0x75]
        let naive: [UInt8] = [0x6E, 0x61, 0x8B, 0x76, 0x65]
        let cases: [([[UInt8]], [String])] = [
            ([manga, page], ["ページ.png", "漫画_第1巻.png"]), ([german, french], ["château.png", "größer.png"]),
            ([naive], ["naïve.png"]), ([Array("été".utf8), Array("日本".utf8)], ["été.png", "日本.png"]),
            ([[0x91, 0xE6, 0x31, 0x8A, 0xAA]], ["第1巻.png"]),
            // The first says nothing, the second decides for both.
            ([[0x81, 0x5B], page], ["ー.png", "ページ.png"]),
        ]
        for (names, expected) in cases {
            let names = names.map { $0 + Array(".png".utf8) }
            let zip = ZipWriter.archive(
                names.map { name in
                    var entry = ZipWriter.Entry(name, Self.page)
                    entry.declaresText = false
                    return entry
                }
            )
            #expect(try pageNames(zip).sorted() == expected.sorted())
            let rar = RarWriter.archive(names.map { RarWriter.Entry($0, Self.page) }, .four)
            #expect(try pageNames(rar).sorted() == expected.sorted())
            let tar = TarWriter.archive(names.map { TarWriter.Entry($0, Self.page) })
            #expect(try pageNames(tar).sorted() == expected.sorted())
        }
    }

    @Test func `RAR 4 codes names in UTF-16 beside the plain one`() throws {
        var entry = RarWriter.Entry("__/_.png", Self.page)
        entry.unicodeName = "漫画\\ö.png"
        #expect(try pageNames(RarWriter.archive([entry], .four)) == ["漫画/ö.png"])
    }

    @Test(arguments: Container.all)
    func `names that lead out of the archive are pages like others, and nothing is opened`(container: Container) throws
    {
        let names = ["../../etc/passwd.png", "/etc/shadow.png", "C:/x.png", "a/../../b.png"]
        let book = try container.archive(names.map { ($0, Self.page) })
        #expect(try Set(pageNames(book)) == Set(names))
        #expect(try pages(of: book).decoded == 4)
    }

    @Test func `links and devices are no pages, whatever they are called`() throws {
        let target = Array("/etc/hostname".utf8)
        var zipLink = ZipWriter.Entry("0.png", target)
        zipLink.mode = 0o120777
        var zipDevice = ZipWriter.Entry("1.png", [])
        zipDevice.mode = 0o020666
        var tarLink = TarWriter.Entry("0.png", [])
        tarLink.type = "2"
        var tarDevice = TarWriter.Entry("1.png", [])
        tarDevice.type = "3"
        var rarLink = RarWriter.Entry("0.png", target)
        rarLink.isLink = true
        var sevenZipLink = SevenZipWriter.Entry("0.png", target)
        sevenZipLink.mode = 0o120777
        let books = [
            ZipWriter.archive([zipLink, zipDevice, ZipWriter.Entry("2.png", Self.page)]),
            TarWriter.archive([tarLink, tarDevice, TarWriter.Entry("2.png", Self.page)]),
            RarWriter.archive([rarLink, RarWriter.Entry("2.png", Self.page)], .four),
            RarWriter.archive([rarLink, RarWriter.Entry("2.png", Self.page)], .five),
            SevenZipWriter.archive([sevenZipLink, SevenZipWriter.Entry("2.png", Self.page)]),
        ]
        for book in books {
            #expect(try pageNames(book) == ["2.png"])
            #expect(try thumbnail(of: book).outcome == .thumbnail(width: 8, height: 8, findings: []))
            #expect(try pages(of: book).decoded == 1)
        }
    }

    @Test(arguments: [
        (["10.png", "2.png", "cover.jpg"], ["cover.jpg", "2.png", "10.png"]),
        (
            ["a/1.png", "a/Folder.JPG", "b/1.png", "b/cover.png"],
            ["a/Folder.JPG", "a/1.png", "b/1.png", "b/cover.png"]
        ),
        (["1/1.png", "!_Front Cover 01.png", "x.png"], ["!_Front Cover 01.png", "1/1.png", "x.png"]),
        (["1.png", "cover2.png", "cover1.png"], ["cover1.png", "cover2.png", "1.png"]),
        (
            ["1.png", "back cover.png", "discover.png", "variant cover.png"],
            ["1.png", "back cover.png", "discover.png", "variant cover.png"]
        ),
        (["1/cover.png", "0.png"], ["0.png", "1/cover.png"]),
    ])
    func `covers come first, and all else as people number it`(names: [String], order: [String]) throws {
        #expect(try pageNames(Container.zip.archive(names.map { ($0, Self.page) })) == order)
    }

    @Test(arguments: Container.all)
    func `where no name says what it is, what begins as a picture is a page`(container: Container) throws {
        let book = try container.archive([
            ("2", Self.page), ("1.scan", jpeg(width: 20, height: 20)), ("notes", Array("no picture, but long".utf8)),
            ("x.txt", Self.page),
        ])
        #expect(try pageNames(book) == ["1.scan", "2"])
        #expect(try facts(of: book).pages == 2)
        #expect(try thumbnail(of: book).outcome == .thumbnail(width: 20, height: 20, findings: []))
        #expect(try pages(of: book).decoded == 2)
    }

    @Test(arguments: [Container.zip, .tar] + Container.rars)
    func `the page that a comic declares to be its front is its thumbnail`(container: Container) throws {
        let info = "<ComicInfo><Pages><Page Image=\"0\"/><Page Image=\"2\" Type=\"FrontCover\"/></Pages></ComicInfo>"
        let pages = (1...3).map { ("\($0).png", Picture.png(width: 10 * $0, height: 10)) }
        let book = try container.archive(pages + [("ComicInfo.xml", Array(info.utf8))])
        // In a solid archive all else would have to be unpacked to know it.
        let width = container.description.contains("solid") ? 10 : 30
        #expect(try thumbnail(of: book).outcome == .thumbnail(width: width, height: 10, findings: []))
    }
}
