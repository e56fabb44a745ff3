// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

/// A comic in one of the containers.
struct Container: CustomStringConvertible, Sendable {
    let description: String
    let format: MediaFormat
    private let make: @Sendable ([(name: String, bytes: [UInt8])]) throws -> [UInt8]

    init(
        _ description: String,
        _ format: MediaFormat,
        _ make: @escaping @Sendable ([(name: String, bytes: [UInt8])]) throws -> [UInt8]
    ) {
        (self.description, self.format, self.make) = (description, format, make)
    }

    func archive(_ files: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
        try make(files)
    }

    /// Three pages in a folder, and what they are tagged with.
    func comic(title: String = "Kept", tint: UInt8 = 0) throws -> [UInt8] {
        let pages = (1...3).map { number in
            ("Book/\(number).png", Picture.png(width: 50, height: 60, tint: tint + UInt8(number)))
        }
        return try make(pages + [("Book/ComicInfo.xml", Array(BookBuilder.comicInfo(["Title": title]).utf8))])
    }

    static let zip = Container("zip", .cbz) { files in
        ZipWriter.archive(files.map { ZipWriter.Entry($0.name, $0.bytes) })
    }

    static let zips = Packer.allCases.map { packer in
        Container("zip of \(packer)", .cbz) { files in
            ZipWriter.archive(
                try files.map { file in
                    var entry = ZipWriter.Entry(file.name, file.bytes)
                    entry.packed = try packer.packForZip(file.bytes)
                    // Bit 1 says that LZMA marks its end.
                    if packer == .lzma { entry.flags = 2 }
                    return entry
                }
            )
        }
    }

    static let streamedZip = Container("zip with data descriptors", .cbz) { files in
        ZipWriter.archive(
            files.map { file in
                var entry = ZipWriter.Entry(file.name, file.bytes)
                entry.hasDataDescriptor = true
                return entry
            },
            isLarge: true
        )
    }

    static let rars = [RarWriter.Version.four, .five].flatMap { version in
        [("stored", false, false), ("packed", true, false), ("solid", true, true)].map { name, packs, isSolid in
            Container("rar \(version), \(name)", .cbr) { files in
                var options = RarWriter.Options()
                options.packs = packs
                options.isSolid = isSolid
                return RarWriter.archive(files.map { RarWriter.Entry($0.name, $0.bytes) }, version, options)
            }
        }
    }

    static let sevenZip = Container("7z", .cb7) { files in
        SevenZipWriter.archive(files.map { SevenZipWriter.Entry($0.name, $0.bytes) })
    }

    static let tar = Container("tar", .cbt) { files in
        TarWriter.archive(files.map { TarWriter.Entry($0.name, $0.bytes) })
    }

    static let oldTar = Container("tar without a mark", .cbt) { files in
        TarWriter.archive(files.map { TarWriter.Entry($0.name, $0.bytes) }, isMarked: false)
    }

    static let packedTars = [Packer.gzip, .bzip2, .xz, .zstandard].map { packer in
        Container("tar packed by \(packer)", .cbt) { try packer.pack(try tar.archive($0)) }
    }

    /// Those that keep checksums.
    static let summed = [zip, streamedZip, sevenZip] + zips + rars
    static let all = summed + [tar, oldTar] + packedTars
}

@Suite("A comic is read out of every container alike")
struct ContainerTests {
    @Test(arguments: Container.all)
    func `pages, metadata and thumbnail are there`(container: Container) throws {
        let comic = try container.comic()
        let facts = try facts(of: comic, promised: container.format, checksParts: true)
        #expect(facts.findings == [])
        #expect(facts.state == .ready && facts.endIsPresent)
        #expect(facts.format == container.format)
        #expect(facts.pages == 3)
        #expect(facts.metadata.text(.title) == "Kept")
        #expect(facts.fingerprint != nil)
        let made = try thumbnail(of: comic, promised: container.format)
        #expect(made.outcome == .thumbnail(width: 50, height: 60, findings: []))
        let analysis = try pages(of: comic, promised: container.format)
        #expect([analysis.pages, analysis.decoded, analysis.skipped, analysis.damaged] == [3, 3, 0, 0])
        #expect(analysis.findings == [])
    }

    @Test(arguments: Container.all)
    func `what a file is decides, and its name only chooses among what fits`(container: Container) throws {
        let comic = try container.comic()
        #expect(try facts(of: comic, promised: .pdf).format == container.format)
        let plain: [MediaFormat: MediaFormat] = [.cbz: .zip, .cbr: .rar, .cb7: .sevenZip, .cbt: .tar]
        let other = try #require(plain[container.format])
        #expect(try facts(of: comic, promised: other).format == other)
        #expect(try facts(of: comic, promised: other).pages == 3)
    }

    @Test func `a book is the same in every container that keeps checksums, however it is tagged`() throws {
        let fingerprints = try Container.summed.map { try facts(of: $0.comic()).fingerprint }
        #expect(Set(fingerprints).count == 1)
        for container in Container.summed {
            #expect(try facts(of: container.comic(title: "Other")).fingerprint == fingerprints[0])
        }
    }

    @Test(arguments: Container.all)
    func `another page is another book`(container: Container) throws {
        #expect(try facts(of: container.comic()).fingerprint != facts(of: container.comic(tint: 9)).fingerprint)
    }

    @Test(arguments: Container.all)
    func `a page that does not decode passes its turn to the next`(container: Container) throws {
        let page = Picture.png(width: 20, height: 30)
        let comic = try container.archive([
            ("2.png", page), ("1.png", Array(page.dropLast(200))), ("0.jpg", Array("no picture".utf8)),
        ])
        guard case .thumbnail(20, 30, let findings) = try thumbnail(of: comic).outcome else {
            Issue.record("no thumbnail")
            return
        }
        #expect(findings.map(\.problem) == [.imageCorrupt, .imageCorrupt])
        #expect(findings.map { $0.detail.prefix(5) } == ["0.jpg", "1.png"])
        let analysis = try pages(of: comic)
        #expect([analysis.decoded, analysis.damaged] == [1, 2])
    }

    @Test(arguments: Container.all)
    func `a comic that begins with its document and ends with its first page is read`(container: Container) throws {
        let comic = try container.archive(
            [("ComicInfo.xml", Array("<ComicInfo><Title>T</Title></ComicInfo>".utf8)), ("empty.txt", [])]
                + [9, 8, 3, 1].map { ("\($0).png", Picture.png(width: 30 + $0, height: 30)) }
        )
        #expect(try facts(of: comic).metadata.text(.title) == "T")
        #expect(try thumbnail(of: comic).outcome == .thumbnail(width: 31, height: 30, findings: []))
        #expect(try pages(of: comic).decoded == 4)
    }
}
