// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

/// Files that are made to stop who reads them, each among fifty good books of one library.
@Suite("A file that is made to do harm costs itself, and no more", .timeLimit(.minutes(5)))
struct HostileBookTests {
    private static let isSlow = ProcessInfo.processInfo.environment["STUMP_SLOW_TESTS"] == "1"

    /// What a worker may need for the worst of them, in bytes.
    private static let memoryLimit = 400 << 20

    /// How long the worker may take for each of them.
    private static let limit = Duration.seconds(60)

    private struct Hostile: Sendable {
        var name: String
        var problem: ProblemClass
        var state: BookState
        var write: @Sendable (FileDescriptor) throws -> Void

        init(
            _ name: String,
            _ problem: ProblemClass,
            _ state: BookState,
            _ bytes: @autoclosure @escaping @Sendable () -> [UInt8]
        ) {
            self.init(name, problem, state) { try $0.put(bytes()) }
        }

        init(
            _ name: String,
            _ problem: ProblemClass,
            _ state: BookState,
            write: @escaping @Sendable (FileDescriptor) throws -> Void
        ) {
            (self.name, self.problem, self.state, self.write) = (name, problem, state, write)
        }
    }

    private static let books: [Hostile] = [
        Hostile("a page of two gigabytes.cbz", .bomb, .error, page(of: 2 << 30, checksum: 0x4DBD_F21C)),
        Hostile("archives in archives.cbz", .bomb, .error, nested()),
        Hostile("archives in archives alone.cbz", .archiveEmpty, .error, nested(besides: [])),
        // Just below the largest page that is read, and no picture: it is unpacked, and no more.
        Hostile("a page of zeros.cbz", .imageCorrupt, .ready, page(of: 200 << 20, checksum: 0x534F_0861)),
        Hostile("a page of 60,000 pixels squared.cbz", .bomb, .ready, hugePicture()),
        Hostile("a billion laughs.cbz", .metadataInvalid, .ready, laughing()),
        Hostile("a directory that says ten million.cbz", .tooLarge, .error, boasting()),
        Hostile("a million entries.cbz", .tooLarge, .error) { try crowd(1_000_000, into: $0) },
    ]

    /// Those that take long to be made.
    private static let slowBooks = [
        Hostile("ten million entries.cbz", .tooLarge, .error) { try crowd(10_000_000, into: $0) }
    ]

    @Test func `each has its problem in time, and fifty good books beside them are indexed`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings(), limit: Self.limit, clock: EagerClock())
        let hostile = Self.books + (Self.isSlow ? Self.slowBooks : [])
        try writeGoodBooks(to: bench)
        try bench.disk.makeDirectory("comics/hostile")
        for book in hostile {
            let path = bench.settings.root.appending("hostile").appending(book.name)
            let file = try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerReadWrite)
            try file.closeAfter { try book.write(file) }
        }
        let job = try await bench.scan()
        #expect(job.state == .completed)
        let found = try await bench.books()
        let problems = try await bench.problems()
        for book in hostile {
            let path = "hostile/\(book.name)"
            #expect(problems.filter { $0.path.string == path }.map(\.problem) == [book.problem], "\(book.name)")
            #expect(found[path]?.state == book.state, "\(book.name)")
        }
        expectGoodBooks(in: found)
        #expect(found.count == 50 + hostile.count)
        #expect(bench.workers.figures.faults == [:], "none took too long, and none cost its worker")
        let peak = try #require(try peak(of: bench))
        print("hostile books: the worker had at most \(peak >> 20) MiB")
        #expect(peak < Self.memoryLimit)
    }

    @Test func `a PDF that would be drawn for years costs its time, and fifty good books beside it are indexed`()
        async throws
    {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings(), limit: .seconds(4), clock: EagerClock())
        try writeGoodBooks(to: bench)
        try bench.write("hostile/endless.pdf", PDFWriter.endless().bytes)
        try await bench.scan()
        let problems = try await bench.problems()
        #expect(problems.map(\.path.string) == ["hostile/endless.pdf"])
        #expect(problems.map(\.problem) == [.workerTimeout])
        expectGoodBooks(in: try await bench.books())
        #expect(bench.workers.figures.faults == [.workerTimeout: 1])

        // Nor does looking at its pages end otherwise.
        let opened = await bench.files.open([FileName("endless.pdf")], in: "hostile", of: bench.library)
        let label = BookInFlight(job: 0, library: bench.library, path: "hostile/endless.pdf")
        let outcome = await bench.workers.result(
            of: .pages,
            promised: .pdf,
            book: try opened[0].get(),
            label: label,
            isWanted: { true }
        )
        guard case .failed(let finding) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(finding.problem == .workerTimeout)
    }

    private func writeGoodBooks(to bench: ScanBench) throws {
        for number in 1...50 {
            try bench.write("good/\(number).cbz", BookBuilder.comic(pages: 1 + number % 7, tint: UInt8(number)))
        }
    }

    private func expectGoodBooks(in books: [String: BookEntry]) {
        for number in 1...50 {
            let book = books["good/\(number).cbz"]
            #expect(book?.state == .ready && book?.pages == 1 + number % 7 && book?.thumbnail != nil, "\(number)")
        }
    }

    /// The largest memory that the one worker had at once, in bytes.
    private func peak(of bench: ScanBench) throws -> Int? {
        guard let worker = bench.workers.figures.processes.first else { return nil }
        let status = FileManager.default.contents(atPath: "/proc/\(worker)/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }.map {
            $0 << 10
        }
    }

    // MARK: Making

    private static func page(of size: Int, checksum: UInt32) -> [UInt8] {
        ZipWriter.archive([zeros("1.png", size, checksum)])
    }

    private static func zeros(_ name: String, _ size: Int, _ checksum: UInt32) -> ZipWriter.Entry {
        var entry = ZipWriter.Entry(name, [])
        entry.packed = (8, ZeroRun.deflated(size))
        entry.size = UInt32(size)
        entry.checksum = checksum
        return entry
    }

    /// Sixteen archives in each of sixteen archives, all of them full of zeros.
    private static func nested(besides pages: [ZipWriter.Entry] = [zeros("1.png", 2 << 30, 0x4DBD_F21C)]) -> [UInt8] {
        let innermost = page(of: 16 << 20, checksum: 0)
        let inner = ZipWriter.archive((0..<16).map { ZipWriter.Entry("lib \($0).zip", innermost) })
        return ZipWriter.archive((0..<16).map { ZipWriter.Entry("book \($0).zip", inner) } + pages)
    }

    private static func hugePicture() -> [UInt8] {
        let rows = [UInt8](repeating: 0, count: 3000)
        return ZipWriter.archive([
            ZipWriter.Entry("1.png", Picture.png(width: 60_000, height: 60_000, depth: 1, colorType: 0, rows: rows))
        ])
    }

    private static func laughing() -> [UInt8] {
        let entities = (1...9).map { level in
            "<!ENTITY lol\(level) \"\(String(repeating: "&lol\(level - 1);", count: 10))\">"
        }
        let document = """
            <?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">\(entities.joined())]>
            <ComicInfo><Title>&lol9;</Title><Series>Grass</Series></ComicInfo>
            """
        return BookBuilder.comic(pages: 2, comicInfo: document, tint: 77)
    }

    /// An archive of one page whose end says that there are ten million.
    private static func boasting() -> [UInt8] {
        var bytes = ZipWriter.archive([ZipWriter.Entry("1.png", Picture.png(width: 8, height: 8))], isLarge: true)
        // The two counts in the end of a ZIP64, which is 56 bytes before the locator's 20 and the old end's 22.
        for place in [bytes.count - 98 + 24, bytes.count - 98 + 32] {
            bytes.replaceSubrange(place..<(place + 4), with: [0x80, 0x96, 0x98, 0])
        }
        return bytes
    }

    /// A ZIP64 of so many entries, which all lie at its beginning and have the same name.
    private static func crowd(_ count: Int, into file: FileDescriptor) throws {
        let one = ZipWriter.archive([ZipWriter.Entry("1.png", [1])], isLarge: true)
        guard let start = one.indices.first(where: { one[$0...].starts(with: [0x50, 0x4B, 1, 2]) }) else { return }
        let end = one.count - 98
        var records = Array(one[start..<end])
        let size = records.count * count
        let part = 1000
        records = [[UInt8]](repeating: records, count: part).flatMap(\.self)
        try file.put(Array(one[..<start]))
        for _ in 0..<(count / part) { try file.put(records) }
        var rest = Array(one[end...])
        for (place, number) in [(24, count), (32, count), (40, size)] {
            for byte in 0..<8 { rest[place + byte] = UInt8(truncatingIfNeeded: number >> (byte * 8)) }
        }
        for byte in 0..<8 { rest[64 + byte] = UInt8(truncatingIfNeeded: (start + size) >> (byte * 8)) }
        try file.put(rest)
    }
}

extension FileDescriptor {
    fileprivate func put(_ bytes: [UInt8]) throws { try writeAll(bytes) }
}
