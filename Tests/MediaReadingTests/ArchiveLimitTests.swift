// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("No archive costs more than its limits")
struct ArchiveLimitTests {
    private static let page = Picture.png(width: 8, height: 8)

    @Test func `more entries than are read are too many`() throws {
        let count = ArchiveLimits.entries + 1
        let names = (0..<count).map { "\($0).png" }
        let books = [
            ZipWriter.archive(names.map { ZipWriter.Entry($0, []) }, isLarge: true),
            RarWriter.archive(names.map { RarWriter.Entry($0, []) }, .four),
            RarWriter.archive(names.map { RarWriter.Entry($0, []) }, .five),
            SevenZipWriter.archive(names.map { SevenZipWriter.Entry($0, []) }),
            Array(repeatElement(TarWriter.header(TarWriter.Entry("1.png", [])), count: count).joined()),
        ]
        for book in books {
            let found = try facts(of: book)
            #expect(found.findings.map(\.problem) == [.tooLarge])
            #expect(found.findings[0].detail.contains("\(count) entries"))
            #expect(found.pages == 0)
        }
    }

    @Test(arguments: [Container.zip, .sevenZip] + Container.rars)
    func `a name longer than any file's makes the book too large`(container: Container) throws {
        let name = String(repeating: "n", count: ArchiveLimits.nameLength)
        let found = try facts(of: try container.archive([("\(name).png", Self.page)]))
        #expect(found.findings == [Finding(.tooLarge, "a name in the archive has 4100 bytes, more than 4096")])
    }

    @Test func `a directory longer than its limit is not read`() throws {
        let size = ArchiveLimits.directorySize + 1
        let start = SevenZipWriter.file([], [], offset: 0, size: size)
        let found = try facts(of: start)
        #expect(found.findings == [Finding(.tooLarge, "the archive has a header of \(size) bytes")])
    }

    @Test func `an archive that would unpack to far more than it holds is a bomb`() throws {
        var bomb = ZipWriter.Entry("1.png", Self.page)
        bomb.size = 2 << 30
        let zip = ZipWriter.archive([bomb])
        var large = TarWriter.Entry("1.png", [])
        large.size = 2 << 30
        let tar = try Packer.gzip.pack(TarWriter.archive([large]))
        for book in [zip, tar] {
            let found = try facts(of: book)
            #expect(found.findings.map(\.problem) == [.bomb])
            #expect(found.findings[0].detail.contains("unpack to 214748"))
            #expect(try thumbnail(of: book).outcome == .noThumbnail(found.findings))
            #expect(try pages(of: book).findings == found.findings)
        }
    }

    @Test func `what is large without packing is allowed up to its limit`() throws {
        try ArchiveLimits.check(unpacked: ArchiveLimits.unpackedSize, of: ArchiveLimits.unpackedSize)
        try ArchiveLimits.check(unpacked: ArchiveLimits.freeSize, of: 10)
        #expect(throws: Finding.self) {
            try ArchiveLimits.check(unpacked: ArchiveLimits.unpackedSize + 1, of: ArchiveLimits.unpackedSize)
        }
        #expect(throws: Finding.self) { try ArchiveLimits.check(unpacked: ArchiveLimits.freeSize + 1, of: 10) }
    }

    @Test func `an unpacker that would remember too much is not begun`() throws {
        let lzma2 = SevenZipWriter.Coder([0x21], [40])
        let found = try facts(of: SevenZipWriter.archive([SevenZipWriter.Entry("1.png", Self.page)], lzma2))
        #expect(found.findings == [Finding(.tooLarge, "1.png is packed with a dictionary of 4096 MiB")])
    }

    @Test func `an entry that says it is larger than any picture is not unpacked`() throws {
        var large = ZipWriter.Entry("1.png", Self.page)
        large.size = UInt32(ArchiveLimits.pictureSize + 1)
        guard case .noThumbnail(let findings) = try thumbnail(of: ZipWriter.archive([large])).outcome else {
            Issue.record("made of a lie")
            return
        }
        #expect(findings.map(\.problem) == [.tooLarge])
        #expect(try pages(of: ZipWriter.archive([large])).skipped == 1)
    }

    @Test func `an entry that goes on beyond its size is cut there`() throws {
        for packer in Packer.allCases {
            var page = ZipWriter.Entry("1.png", Self.page)
            page.packed = try packer.packForZip(Self.page)
            for size in [Self.page.count - 1, Self.page.count + 1, 1] {
                page.size = UInt32(size)
                let analysis = try pages(of: ZipWriter.archive([page]))
                #expect(analysis.damaged == 1, "\(packer) \(size)")
                #expect(!analysis.findings.contains { $0.detail.contains("\n") }, "\(packer) \(size)")
            }
        }
    }

    @Test func `a large archive is opened by what says what is in it`() throws {
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        let gap = 600 << 20
        let page = TarWriter.Entry("2.png", Self.page)
        var large = TarWriter.Entry("1.bmp", [])
        large.size = gap
        let tar = try OpenFile()
        var end = try tar.put(TarWriter.header(large), at: 0) + gap
        end = try tar.put(TarWriter.archive([page]), at: end)
        for _ in 0..<2 {
            let before = try worker.bytesRead()
            let task = WorkRequest.Task.facts(readsMetadata: true, checksParts: true)
            try worker.send(
                WorkerProtocol.encode([WorkRequest(id: 1, task: task, promised: .cbt)]),
                [tar.descriptor]
            )
            guard case .facts(let facts) = try WorkerProtocol.report(in: worker.receive()).outcome else {
                Issue.record("no report of facts")
                return
            }
            #expect(facts.findings == [])
            #expect(facts.pages == 2)
            #expect(try worker.bytesRead() - before < 1 << 20)
        }
    }
}
