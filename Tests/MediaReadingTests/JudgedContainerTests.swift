// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import MediaReading

/// What other programs make of the same archives; each is asked where it is installed.
@Suite("Other programs list the same entries, and what they pack is read")
struct JudgedContainerTests {
    /// The names and sizes of all files in an archive, by us.
    private func listing(of bytes: [UInt8]) throws -> [String: Int] {
        let file = try OpenFile(bytes)
        let source = try ByteSource(descriptor: file.descriptor)
        let head = try source.bytes(at: 0, count: min(source.size, ContainerKind.headLength))
        let book = try OpenBook(source, head: head, promised: .cbz)
        let files = book.archive.entries.filter { $0.kind == .file }
        return Dictionary(uniqueKeysWithValues: files.map { ($0.shown, $0.size) })
    }

    private func strange(_ container: Container) throws -> [UInt8] {
        try container.archive([
            ("Book/1.png", Picture.png(width: 8, height: 8)), ("Book/été 日本/2.png", Picture.png(width: 9, height: 9)),
            ("leer.txt", []), ("Book/10.png", Picture.png(width: 10, height: 10)),
        ])
    }

    @Test(arguments: Container.bsdtarReads)
    func `bsdtar lists what we list`(container: Container) throws {
        guard let bsdtar = Judge("bsdtar") else { return }
        let book = try strange(container)
        let directory = try TemporaryDirectory()
        try directory.write("book", book)
        let answer = try #require(try bsdtar.run(["-tf", "book"], in: directory.path))
        #expect(Set(answer.split(separator: "\n").map(String.init)) == Set(try listing(of: book).keys))
    }

    @Test(arguments: [Container.zip, .streamedZip, .sevenZip, .tar] + Container.zips + Container.rars)
    func `7z tests what we made and finds the same sizes`(container: Container) throws {
        guard let sevenZip = Judge("7z") else { return }
        let book = try strange(container)
        let directory = try TemporaryDirectory()
        try directory.write("book", book)
        // Debian's lists what RAR packs but does not unpack it, and takes no XZ within a ZIP but its own.
        if !["packed", "solid", "xz"].contains(where: { container.description.hasSuffix($0) }) {
            #expect(try sevenZip.run(["t", "book"], in: directory.path) != nil)
        }
        let answer = try #require(try sevenZip.run(["l", "-slt", "-ba", "book"], in: directory.path))
        var found: [String: Int] = [:]
        var name = ""
        for line in answer.split(separator: "\n") {
            if line.hasPrefix("Path = ") { name = String(line.dropFirst(7)) }
            if line.hasPrefix("Size = ") { found[name] = Int(line.dropFirst(7)) ?? 0 }
        }
        #expect(found == (try listing(of: book)))
    }

    @Test(arguments: Container.lsarReads)
    func `unar's lister lists what we list, and finds it whole`(container: Container) throws {
        guard let lsar = Judge("lsar") else { return }
        let book = try strange(container)
        let directory = try TemporaryDirectory()
        try directory.write("book", book)
        let answer = try #require(try lsar.run(["-t", "book"], in: directory.path))
        for name in try listing(of: book).keys {
            // Of a tar, and of what is empty, it has nothing to compare.
            #expect(answer.contains("\(name)... OK.") || answer.contains("\(name)... Unknown."), "\(answer)")
        }
    }

    @Test(arguments: [
        ["-t7z", "-m0=LZMA"], ["-t7z", "-m0=LZMA2"], ["-t7z", "-m0=LZMA2", "-ms=off"], ["-t7z", "-m0=PPMd"],
        ["-t7z", "-m0=BZip2"], ["-t7z", "-m0=Deflate"], ["-t7z", "-m0=Copy"], ["-t7z", "-m0=LZMA", "-mhc=off"],
        ["-t7z", "-m0=BCJ", "-m1=LZMA2"], ["-t7z", "-m0=Delta:4", "-m1=LZMA2"], ["-tzip", "-mm=Deflate"],
        ["-tzip", "-mm=BZip2"], ["-tzip", "-mm=LZMA"], ["-tzip", "-mm=XZ"], ["-tzip", "-mm=PPMd"], ["-ttar"],
    ])
    func `what 7z packs is read, pages, metadata and thumbnail`(options: [String]) throws {
        let book = try #require(try packed(options))
        let facts = try facts(of: book, checksParts: true)
        #expect(facts.findings == [])
        #expect(facts.pages == 12 && facts.metadata.text(.title) == "Packed")
        #expect(try thumbnail(of: book).outcome == .thumbnail(width: 60, height: 61, findings: []))
        let analysis = try pages(of: book)
        #expect(analysis.decoded == 12 && analysis.findings == [])
    }

    @Test(arguments: [["-t7z"], ["-t7z", "-mhe=on"], ["-tzip"], ["-tzip", "-mem=AES256"]])
    func `what 7z encrypts needs a password`(options: [String]) throws {
        let book = try #require(try packed(options + ["-psecret"]))
        #expect(try facts(of: book).findings.map(\.problem) == [.archiveEncrypted])
    }

    @Test(arguments: [["-t7z", "-m0=Deflate64"], ["-tzip", "-mm=Deflate64"], ["-t7z", "-m0=ARM64", "-m1=LZMA2"]])
    func `what 7z packs and we do not is unsupported by name`(options: [String]) throws {
        let book = try #require(try packed(options))
        let findings = try facts(of: book).findings
        #expect(findings.map(\.problem) == [.unsupportedFormat])
        #expect(findings[0].detail.contains(options[1].hasSuffix("64") && options.count == 2 ? "deflate64" : "ARM64"))
    }

    @Test(arguments: ["ustar", "pax", "gnutar", "v7"])
    func `what bsdtar writes is read`(format: String) throws {
        guard let bsdtar = Judge("bsdtar") else { return }
        let directory = try library()
        #expect(try bsdtar.run(["-cf", "out", "--format", format, "Book"], in: directory.path) != nil)
        let file = try OpenFile(reading: directory.path.appending("out"))
        let facts = BookReader(descriptor: file.descriptor, promised: .cbt).facts(
            readsMetadata: true,
            checksParts: true
        )
        #expect(facts.findings == [] && facts.pages == 12 && facts.metadata.text(.title) == "Packed")
    }

    /// A folder with a book's files, which pack well.
    private func library() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("Book/Teil")
        for number in 1...12 {
            try directory.write(FilePath("Book/Teil/\(number).png"), Picture.png(width: 60, height: 60 + number))
        }
        try directory.write("Book/ComicInfo.xml", Array(BookBuilder.comicInfo(["Title": "Packed"]).utf8))
        return directory
    }

    /// The book as 7z packs it; empty where that is not installed.
    private func packed(_ options: [String]) throws -> [UInt8]? {
        let sevenZip = try #require(Judge("7z"))
        let directory = try library()
        let answer = try sevenZip.run(["a", "-bd"] + options + ["out", "Book"], in: directory.path)
        guard answer != nil else { return nil }
        let suffix = options[0].dropFirst(2)
        // It adds the extension where the format has one of its own.
        return try OpenFile(reading: directory.path.appending("out.\(suffix)")).contents
    }
}

extension Container {
    /// A solid RAR 4 is what libarchive refuses, and behind an empty file lsar is at a loss in it as libunarr is.
    private static let easyRars = rars.filter { $0.description != "rar four, solid" }
    fileprivate static let bsdtarReads = [zip, streamedZip, sevenZip, tar] + easyRars + packedTars
    fileprivate static let lsarReads = [zip, sevenZip, tar] + easyRars
}
