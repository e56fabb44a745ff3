// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("What cannot be converted whole is not converted, and the reason is told")
struct ConversionRefusalTests {
    private let page = Picture.png(width: 8, height: 8)

    private func tar(_ names: String...) -> [UInt8] {
        TarWriter.archive(names.map { TarWriter.Entry($0, page) })
    }

    /// That the only finding is of this class and has these words in it, and that no byte was written.
    private func expectRefusal(
        _ original: [UInt8],
        _ problem: ProblemClass,
        _ words: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let book = try ConvertedBook(original)
        #expect(book.findings.map(\.problem) == [problem], sourceLocation: location)
        #expect(book.findings.first?.detail.contains(words) ?? false, "\(book.findings)", sourceLocation: location)
        let empty = try ConvertedBook.comparison(of: original, with: [])
        guard case .notConverted = empty else {
            Issue.record("compared: \(empty)", sourceLocation: location)
            return
        }
    }

    @Test func `two entries of one name are refused, and so are a file and a folder of one`() throws {
        try expectRefusal(tar("1.png", "2.png", "1.png"), .conversionFailed, "two entries are named 1.png")
        for version in [RarWriter.Version.four, .five] {
            let entry = RarWriter.Entry("1.png", page)
            try expectRefusal(RarWriter.archive([entry, entry], version), .conversionFailed, "two entries")
        }
        var folder = TarWriter.Entry("a/", [])
        folder.type = "5"
        try expectRefusal(
            TarWriter.archive([folder, TarWriter.Entry("a", page), TarWriter.Entry("1.png", page)]),
            .conversionFailed,
            "two entries are named a"
        )
    }

    @Test(arguments: [
        "../1.png", "a/../../1.png", "a/..", "..", "/1.png", "..\\1.png", "a\\..\\1.png", "\\1.png", "C:\\1.png",
        "c:/1.png",
    ])
    func `a name that leads out of its folder is refused`(name: String) throws {
        try expectRefusal(tar("2.png", name), .conversionFailed, "out of the folder")
    }

    @Test(arguments: ["a..png", "...png", "..a/1.png", "C:1.png", "a/./1.png", ".../1.png"])
    func `a name that only looks like that is kept`(name: String) throws {
        let book = try ConvertedBook(tar("2.png", name))
        #expect(book.isProved)
        #expect(try book.contents().map(\.name) == ["2.png", name])
    }

    @Test func `links and devices are refused, for a ZIP would not keep them`() throws {
        for type: Character in ["1", "2", "3", "6"] {
            var link = TarWriter.Entry("link.png", [])
            link.type = type
            let archive = TarWriter.archive([TarWriter.Entry("1.png", page), link])
            try expectRefusal(archive, .conversionFailed, "link.png is a link or a device")
        }
        for version in [RarWriter.Version.four, .five] {
            var link = RarWriter.Entry("link.png", Array("1.png".utf8))
            link.isLink = true
            let archive = RarWriter.archive([RarWriter.Entry("1.png", page), link], version)
            try expectRefusal(archive, .conversionFailed, "link.png is a link or a device")
        }
        var link = SevenZipWriter.Entry("link.png", Array("1.png".utf8))
        link.mode = 0o120777
        let archive = SevenZipWriter.archive([SevenZipWriter.Entry("1.png", page), link])
        try expectRefusal(archive, .conversionFailed, "link.png is a link or a device")
    }

    @Test func `a name that no ZIP can say is refused`() throws {
        let page = RarWriter.Entry("1.png", page)
        let names: [[UInt8]] = [[0xFF, 0xFE, 0x2E, 0x70], [0x61, 0, 0x62]]
        for name in names {
            let archive = RarWriter.archive([page, RarWriter.Entry(name, [1])], .five)
            try expectRefusal(archive, .conversionFailed, "no known encoding")
        }
        try expectRefusal(
            RarWriter.archive([page, RarWriter.Entry("", [1])], .five),
            .conversionFailed,
            "an entry has no name"
        )
    }

    @Test func `what is a ZIP already, a document or no archive at all is not converted`() throws {
        try expectRefusal(BookBuilder.comic(pages: 1), .conversionFailed, "is a ZIP archive already")
        try expectRefusal(BookBuilder.epub2(title: "T"), .conversionFailed, "is a ZIP archive already")
        try expectRefusal(Array("%PDF-1.4\n".utf8), .conversionFailed, "is a PDF document")
        try expectRefusal(Array("no book".utf8), .unsupportedFormat, "not an archive")
        try expectRefusal([], .archiveEmpty, "empty")
        try expectRefusal(TarWriter.archive([TarWriter.Entry("a.txt", [1])]), .archiveEmpty, "no pages")
    }

    @Test func `passwords and volumes are refused as they are by who reads the book`() throws {
        var locked = RarWriter.Entry("2.png", page)
        locked.isEncrypted = true
        for version in [RarWriter.Version.four, .five] {
            let archive = RarWriter.archive([RarWriter.Entry("1.png", page), locked], version)
            try expectRefusal(archive, .archiveEncrypted, "2.png needs a password")
            var options = RarWriter.Options()
            options.hidesNames = true
            try expectRefusal(RarWriter.archive([locked], version, options), .archiveEncrypted, "password")
            options = RarWriter.Options()
            (options.volume, options.isLastVolume) = (1, false)
            try expectRefusal(
                RarWriter.archive([RarWriter.Entry("1.png", page)], version, options),
                .archiveMultivolume,
                "volume"
            )
        }
        let aes = SevenZipWriter.archive([SevenZipWriter.Entry("1.png", page)], .aes)
        try expectRefusal(aes, .archiveEncrypted, "password")
    }

    @Test(arguments: ConversionTests.sources)
    func `a book that was cut anywhere is not converted`(container: Container) throws {
        let whole = try container.comic()
        let places = stride(from: 0, to: whole.count, by: max(1, whole.count / 60))
        for count in Array(places) + (1...20).map({ whole.count - $0 }) {
            let book = try ConvertedBook(Array(whole.prefix(count)))
            // A tar is filled up with zeros behind its end.
            if case .compared = book.compared, container.format == .cbt, count > whole.count - 1024 {
                #expect(try book.contents().count == 4)
                continue
            }
            #expect(!book.findings.isEmpty, "cut after \(count) of \(whole.count)")
            #expect(book.findings.first?.problem != .conversionFailed, "\(book.findings)")
        }
    }

    @Test(arguments: ConversionTests.sources)
    func `an entry whose checksum is wrong is refused`(container: Container) throws {
        // Where there is no checksum no bit is known to be wrong.
        guard Container.summed.contains(where: { $0.description == container.description }) else { return }
        let comic = try container.archive([
            ("1.png", page), ("2.txt", Array(repeating: 65, count: 999)), ("3.png", page),
        ])
        var (refused, kept) = (0, 0)
        for place in stride(from: 40, to: comic.count, by: 37) {
            var damaged = comic
            damaged[place] ^= 0x10
            let book = try ConvertedBook(damaged)
            if book.isProved {
                kept += 1
                let contents = try book.contents()
                #expect(contents.map(\.bytes.count) == [page.count, 999, page.count])
                #expect(contents[0].bytes == page && contents[2].bytes == page, "\(place)")
            } else {
                refused += 1
            }
        }
        #expect(refused > 20, "\(refused) refused, \(kept) kept")
    }

    @Test func `what there is no room for is not begun`() throws {
        let original = try Container.rars[0].comic()
        let whole = try ConvertedBook(original)
        let enough = try #require(whole.figures?.bytes)
        for room in [0, -5, enough - 1] {
            let file = try OpenFile(original)
            let output = try OpenFile()
            let reader = BookReader(descriptor: file.descriptor, promised: .cbr)
            guard case .notWritten(let finding) = reader.convert(room: room, writingTo: output.descriptor) else {
                Issue.record("converted into \(room) bytes")
                return
            }
            #expect(finding.problem == .conversionFailed)
            #expect(finding.detail.hasPrefix("needs ") && finding.detail.hasSuffix(" and \(max(0, room)) are free"))
            #expect(output.contents.isEmpty)
        }
        // What is asked for is never too little, and little more than is needed.
        #expect(try ConvertedBook(original, room: enough + 4 * 400).isProved)
    }

    @Test func `a disk that is full is told, and costs no worker`() throws {
        let book = try OpenFile(try Container.rars[3].comic())
        let full = open("/dev/full", O_RDWR | O_CLOEXEC)
        try #require(full >= 0)
        defer { close(full) }
        let reader = BookReader(descriptor: book.descriptor, promised: .cbr)
        let words = "writing failed: No space left on device"
        #expect(reader.convert(room: .max, writingTo: full) == .notWritten(Finding(.conversionFailed, words)))

        // A limit is reached half-way.
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        let output = try OpenFile()
        let directory = try TemporaryDirectory()
        guard let prlimit = Judge("prlimit") else { return }
        #expect(try prlimit.run(["--pid", "\(worker.process)", "--fsize=10000"], in: directory.path) != nil)
        let request = WorkRequest(id: 1, task: .conversion(room: .max), promised: .cbr)
        for _ in 0..<2 {
            try worker.send(WorkerProtocol.encode([request]), [book.descriptor, output.descriptor])
            let outcome = try WorkerProtocol.report(in: worker.receive()).outcome
            #expect(outcome == .notWritten(Finding(.conversionFailed, "writing failed: File too large")))
        }
        #expect(output.contents.count == 10_000)
        #expect(worker.end() == 0)
    }
}
