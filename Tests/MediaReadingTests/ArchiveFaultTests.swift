// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("Every fault of an archive has its class and a reason")
struct ArchiveFaultTests {
    private static let page = Picture.png(width: 8, height: 8)

    @Test(arguments: Container.all)
    func `an archive cut anywhere has no end`(container: Container) throws {
        let comic = try container.comic()
        for length in stride(from: 600, to: comic.count - 1, by: max(1, comic.count / 40)) {
            // What comes behind the end of a tar, and of what is packed, is not needed.
            let isEnding = comic[length...].allSatisfy { $0 == 0 } || container.description == "tar packed by zstandard"
            guard !isEnding else { continue }
            let facts = try facts(of: Array(comic[..<length]), checksParts: true)
            #expect(facts.findings.map(\.problem) == [.archiveTruncated], "\(length) of \(comic.count)")
            #expect(!facts.endIsPresent)
            #expect(facts.format == container.format)
        }
    }

    @Test(arguments: Container.all)
    func `an archive whose middle was not written yet is not whole`(container: Container) throws {
        var comic = try container.comic()
        // Of what is packed as a whole nothing can be made out in the middle but that it is damaged.
        guard !container.description.contains("packed"), container.format != .cb7 else { return }
        let middle = (comic.count / 3)..<(comic.count * 2 / 3)
        comic.replaceSubrange(middle, with: [UInt8](repeating: 0, count: middle.count))
        let facts = try facts(of: comic, checksParts: true)
        #expect(facts.findings.map(\.problem) == [.archiveTruncated])
        #expect(!facts.endIsPresent)
    }

    @Test(arguments: Container.all)
    func `bytes that are flipped anywhere never stop the reader`(container: Container) throws {
        let comic = try container.archive([
            ("1.png", Picture.png(width: 2, height: 2)), ("ComicInfo.xml", Array("<ComicInfo/>".utf8)),
        ])
        for index in stride(from: 0, to: comic.count, by: max(1, comic.count / 600)) {
            var damaged = comic
            damaged[index] ^= 0xFF
            _ = try facts(of: damaged)
            _ = try thumbnail(of: damaged)
            let analysis = try pages(of: damaged)
            #expect(analysis.decoded + analysis.skipped + analysis.damaged == analysis.pages)
        }
    }

    @Test(arguments: Container.summed)
    func `a page whose bytes changed is found by its checksum`(container: Container) throws {
        var comic = try container.archive([("1.png", Self.page), ("2.png", Self.page + [1, 2, 3])])
        guard let start = comic.indices.first(where: { comic[$0...].starts(with: Self.page) }) else { return }
        comic[start + 60] ^= 1
        let analysis = try pages(of: comic)
        #expect([analysis.pages, analysis.damaged] == [2, 1])
        #expect(analysis.findings.map(\.problem) == [.archiveCorrupt])
        #expect(analysis.findings[0].detail.hasPrefix("page 1 of 2: 1.png: "))
    }

    @Test(arguments: [RarWriter.Version.four, .five])
    func `a RAR behind a password says so, names or pages`(version: RarWriter.Version) throws {
        var page = RarWriter.Entry("1.png", Self.page)
        page.isEncrypted = true
        var options = RarWriter.Options()
        var found = try facts(of: RarWriter.archive([page, RarWriter.Entry("2.png", Self.page)], version, options))
        #expect(found.findings == [Finding(.archiveEncrypted, "1.png needs a password")])
        #expect(found.pages == 2)
        options.hidesNames = true
        found = try facts(of: RarWriter.archive([page], version, options))
        #expect(found.findings == [Finding(.archiveEncrypted, "the names in the archive need a password")])
        #expect(found.format == .cbr && found.endIsPresent)
    }

    @Test func `a 7z behind a password says so, names or pages`() throws {
        let page = SevenZipWriter.Entry("1.png", Self.page)
        var found = try facts(of: SevenZipWriter.archive([page], .aes))
        #expect(found.findings == [Finding(.archiveEncrypted, "1.png needs a password")])
        found = try facts(of: SevenZipWriter.archive([page], .aes, hidesNames: true))
        #expect(found.findings == [Finding(.archiveEncrypted, "the names in the archive need a password")])
    }

    @Test(arguments: [RarWriter.Version.four, .five])
    func `a volume of several is told apart`(version: RarWriter.Version) throws {
        var page = RarWriter.Entry("1.png", Self.page)
        page.isSplit = true
        var options = RarWriter.Options()
        for (volume, isLast) in [(1, false), (2, false), (3, true)] {
            options.volume = volume
            options.isLastVolume = isLast
            page.isSplit = !isLast
            let found = try facts(of: RarWriter.archive([page], version, options))
            #expect(found.findings.map(\.problem) == [.archiveMultivolume])
            #expect(version == .four || found.findings[0].detail == "the archive is volume \(volume) of several")
        }
        // The only volume of one is an archive like others.
        options = RarWriter.Options()
        options.volume = 1
        page.isSplit = false
        #expect(try facts(of: RarWriter.archive([page], version, options)).state == .ready)
    }

    @Test func `what no library unpacks is named`() throws {
        var page = ZipWriter.Entry("1.png", Self.page)
        page.packed = (9, Self.page)
        var old = RarWriter.Entry("1.png", Self.page)
        old.compression = 15
        var newest = RarWriter.Entry("1.png", Self.page)
        newest.compression = 1
        var large = RarWriter.Entry("1.png", Self.page)
        large.compression = 10 << 10 | 3 << 7
        let zstandard = SevenZipWriter.Coder([0x04, 0xF7, 0x11, 0x01], [1, 5, 3, 0, 0])
        let books: [([UInt8], String)] = [
            (ZipWriter.archive([page]), "deflate64"), (RarWriter.archive([old], .four), "RAR 1.5"),
            (RarWriter.archive([newest], .five), "RAR 7"),
            (RarWriter.archive([large], .five), "RAR 5 with a dictionary of 128 MiB"),
            (SevenZipWriter.archive([SevenZipWriter.Entry("1.png", Self.page)], zstandard), "Zstandard"),
        ]
        for (book, method) in books {
            let reason = "1.png is packed by \(method), which this version does not unpack"
            let found = try facts(of: book)
            #expect(found.findings == [Finding(.unsupportedFormat, reason)])
            #expect(found.state == .unsupported)
            #expect(found.pages == 1)
            #expect(try thumbnail(of: book).outcome == .noThumbnail(found.findings))
            let analysis = try pages(of: book)
            #expect([analysis.pages, analysis.skipped, analysis.findings.count] == [1, 1, 0])
        }
    }

    @Test(arguments: Container.all)
    func `an archive without pages is empty`(container: Container) throws {
        let texts = try container.archive([("readme.txt", Array("no pages".utf8))])
        #expect(try facts(of: texts).findings == [Finding(.archiveEmpty, "the archive holds no pages")])
        let inner = try container.archive([("1.cbz", Container.zip.comic()), ("2.cbz", Container.zip.comic())])
        let reason = "the archive holds no pages but 2 archives, which are not opened"
        #expect(try facts(of: inner).findings == [Finding(.archiveEmpty, reason)])
    }

    @Test func `archives of nothing are empty`() throws {
        let books = [
            ZipWriter.archive([]), RarWriter.archive([], .four), RarWriter.archive([], .five),
            SevenZipWriter.file([], [], offset: 0, size: 0), SevenZipWriter.archive([]),
        ]
        for book in books {
            #expect(try facts(of: book).findings.map(\.problem) == [.archiveEmpty])
        }
    }

    @Test func `a file that is packed and no archive is no book`() throws {
        for packer in [Packer.gzip, .bzip2, .xz, .zstandard] {
            for bytes in [Self.page, try packer.pack(Container.tar.comic())] {
                let found = try facts(of: try packer.pack(bytes), promised: .cbt)
                #expect(found.findings.map(\.problem) == [.unsupportedFormat])
                #expect(found.findings[0].detail.hasSuffix("and no tar archive is within"))
            }
        }
    }

    @Test func `RAR 2 wrote no end, and who writes none today has cut his archive`() throws {
        var options = RarWriter.Options()
        options.hasEnd = false
        var page = RarWriter.Entry("1.png", Self.page)
        for version in [RarWriter.Version.four, .five] {
            #expect(
                try facts(of: RarWriter.archive([page], version, options)).findings.map(\.problem) == [
                    .archiveTruncated
                ]
            )
        }
        page.compression = 20
        let found = try facts(of: RarWriter.archive([page], .four, options))
        #expect(found.endIsPresent && found.pages == 1)
    }

    @Test(arguments: [RarWriter.Version.four, .five], [false, true])
    func `headers of a RAR that lie and sum up never stop the reader`(version: RarWriter.Version, packs: Bool) throws {
        var options = RarWriter.Options()
        options.packs = packs
        options.isSolid = packs
        let entries = (1...2).map { RarWriter.Entry("\($0).png", Self.page) }
        let book = RarWriter.archive(entries, version, options)
        let file = try OpenFile(book)
        let records = try RarDirectory(ByteSource(descriptor: file.descriptor)).records
        let main = (version == .four ? 7 : 8)..<records[0].headerOffset
        for header in [main] + records.map({ $0.headerOffset..<$0.data.lowerBound }) {
            let sum = version == .four ? 2 : 4
            for index in header.dropFirst(sum) {
                for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF, book[index] ^ 0x10] {
                    var lie = book
                    lie[index] = value
                    let checksum = CRC32.value(of: lie[header.dropFirst(sum)])
                    for byte in 0..<sum { lie[header.lowerBound + byte] = UInt8(checksum >> (byte * 8) & 0xFF) }
                    try readAll(lie)
                }
            }
        }
    }

    @Test func `headers of a 7z that lie and sum up never stop the reader`() throws {
        var entries = ["1.png", "a", "2.png"].map { SevenZipWriter.Entry($0, $0 == "a" ? [] : Self.page) }
        entries[0].mode = 0o100644
        let book = SevenZipWriter.archive(entries, SevenZipWriter.Coder([0x21], [24]))
        let contents = Array(book[32..<(32 + 2 * Self.page.count)])
        let header = Array(book[(32 + contents.count)...])
        for index in header.indices {
            for value: UInt8 in [0, 1, 2, 0x7F, 0x80, 0xFF, header[index] ^ 0x10] {
                var lie = header
                lie[index] = value
                try readAll(SevenZipWriter.file(contents, lie, offset: contents.count, size: lie.count))
            }
        }
    }

    @Test func `headers of a tar that lie and sum up never stop the reader`() throws {
        let book = TarWriter.archive([TarWriter.Entry("1.png", Self.page), TarWriter.Entry("2.png", Self.page)])
        for index in 0..<512 where !(148..<156).contains(index) {
            for value: UInt8 in [0, 0x31, 0x4C, 0x53, 0x78, 0x80, 0xFF] {
                var lie = book
                lie[index] = value
                let sum = lie[..<148].reduce(0) { $0 + Int($1) } + lie[156..<512].reduce(0) { $0 + Int($1) } + 256
                let digits = String(sum, radix: 8)
                lie.replaceSubrange(148..<154, with: (String(repeating: "0", count: 6 - digits.count) + digits).utf8)
                try readAll(lie)
            }
        }
    }

    /// Asks for everything that is ever asked of a book.
    private func readAll(_ bytes: [UInt8]) throws {
        _ = try facts(of: bytes, checksParts: true)
        _ = try thumbnail(of: bytes)
        let analysis = try pages(of: bytes)
        #expect(analysis.decoded + analysis.skipped + analysis.damaged == analysis.pages)
    }
}
