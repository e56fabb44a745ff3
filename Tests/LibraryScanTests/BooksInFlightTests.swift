// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("What a killed daemon had in hand is known to the next")
struct BooksInFlightTests {
    private let directory: TemporaryDirectory
    private let file: FilePath
    private let library: LibraryName

    init() throws {
        directory = try TemporaryDirectory()
        file = directory.path.appending("in-flight")
        library = try #require(LibraryName("comics"))
    }

    private func book(_ path: String, job: Int64 = 7) -> BookInFlight {
        BookInFlight(job: job, library: library, path: FilePath(path))
    }

    private func left(slots: Int = 4) throws -> [BookInFlight] {
        try BooksInFlight(opening: file, slots: slots).left
    }

    private func slots(_ contents: [UInt8]) throws -> [BookInFlight] {
        try directory.write("in-flight", contents)
        return try left()
    }

    /// The file of a process that was killed while it had these books in hand.
    private func contents(_ books: BookInFlight?...) throws -> [UInt8] {
        let inFlight = try BooksInFlight(opening: file, slots: books.count)
        for (slot, book) in books.enumerated() { inFlight.note(book, in: slot) }
        return try read()
    }

    private func read() throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(file, .readOnly)
        defer { try? descriptor.close() }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        return Array(bytes[..<count])
    }

    @Test func `a new file holds nothing`() throws {
        #expect(try left().isEmpty)
    }

    @Test func `what was noted last in each slot is left, once`() throws {
        _ = try contents(book("a/1.cbz"), nil, book("a/3.cbz", job: .max))
        do {
            let inFlight = try BooksInFlight(opening: file, slots: 2)
            #expect(inFlight.left == [book("a/1.cbz"), book("a/3.cbz", job: .max)])
            inFlight.note(book("a long name of some book, longer than the next.cbz"), in: 1)
            inFlight.note(book("b/2.cbz"), in: 1)
        }
        #expect(try left(slots: 1) == [book("b/2.cbz")])
        #expect(try left().isEmpty)
    }

    @Test func `what was cleared is not left`() throws {
        let inFlight = try BooksInFlight(opening: file, slots: 2)
        inFlight.note(book("1.cbz"), in: 0)
        inFlight.note(book("2.cbz"), in: 1)
        inFlight.note(nil, in: 0)
        #expect(try left() == [book("2.cbz")])
    }

    @Test func `a path may be of any bytes and 4,096 of them, and a longer one is not noted`() throws {
        let strange = FilePath(bytes: [0xE9, 0x0A, 0x81, UInt8(ascii: "/"), 0xFF])
        let longest = String(repeating: "x/", count: 2047) + "xx"
        let tooLong = longest + "x"
        _ = try contents(
            BookInFlight(job: -1, library: library, path: strange),
            book(longest),
            book(tooLong)
        )
        #expect(try left() == [BookInFlight(job: -1, library: library, path: strange), book(longest)])
    }

    @Test func `a slot that was not written whole is passed over, and the others are not`() throws {
        let whole = try contents(book("1.cbz"), book("2.cbz"))
        #expect(try slots(Array(whole.dropLast())) == [book("1.cbz")])
        for index in 0..<(24 + 6 + 5) {
            var torn = whole
            torn[index] ^= 0x40
            #expect(try slots(torn) == [book("2.cbz")])
        }
    }

    @Test func `garbage of any length is nothing, and never a crash`() throws {
        var random = SplitMix(seed: 3)
        for length in [1, 23, 24, 25, 4352, 4353, 100_000] {
            let garbage = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(try slots(garbage).isEmpty)
            #expect(try slots([UInt8](repeating: 0xFF, count: length)).isEmpty)
            #expect(try slots([UInt8](repeating: 0, count: length)).isEmpty)
        }
    }

    @Test func `a directory in its place is a fault that names it`() throws {
        try directory.makeDirectory("in-flight")
        let fault = #expect(throws: InFlightFault.self) { try left() }
        #expect(fault?.summary.contains(file.string) == true)
    }
}
