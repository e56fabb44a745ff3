// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("A conversion never takes the last that is left of a book", .timeLimit(.minutes(2)))
struct LastCopyTests {
    private let rar = ConversionBench.rar()

    /// A book that was converted on demand, so that nothing is converted again by itself.
    private func converted(_ originals: ConversionSettings.Originals) async throws -> ConversionBench {
        let library = try await ConversionBench(originals, kinds: [])
        try library.write("S/1.cbr", rar)
        try library.write("S/2.cbz", BookBuilder.comic(pages: 5))
        try await library.scan()
        try #require(try await library.id("S/1.cbr") == 1)
        _ = try await library.wish(1)
        return library
    }

    private func reopened(
        _ library: ConversionBench,
        _ originals: ConversionSettings.Originals
    ) async throws -> ConversionBench {
        library.bench.files.onWriting(nil)
        library.bench.workers.stop()
        try library.bench.store.close()
        return try await ConversionBench(originals, kinds: [], on: library.bench.disk)
    }

    private func convert(_ library: ConversionBench) async throws {
        _ = try await library.bench.store.request(.conversion(of: library.bench.library, trigger: .user))
        try await library.bench.serve()
    }

    @Test func `an original that is the book again stays the book, scan after scan`() async throws {
        let library = try await converted(.keep)
        try library.bench.remove("S/1.cbz")
        try await library.bench.scanTwice()
        for _ in 0..<3 {
            try await library.scan()
            let book = try #require(try await library.bench.book("S/1.cbr"))
            #expect(book.id == 1 && book.state == .ready)
        }
        let marked = try await library.bench.store.dismissOriginals(of: library.bench.library, isAll: true)
        #expect(marked.count == 0)
        try await convert(library)
        #expect(library.bytes("S/1.cbr") == rar)
        #expect(try await library.originals().isEmpty)
    }

    @Test func `nor is it removed where it was to go before it became the book again`() async throws {
        let library = try await converted(.keep)
        try library.bench.remove("S/1.cbz")
        try await library.bench.scanTwice()
        let original = try #require(try await library.originals().first)
        try await library.bench.store.move(original, to: .removing)
        try await convert(library)
        #expect(library.bytes("S/1.cbr") == rar)
        #expect(try await library.originals().isEmpty)
    }

    @Test func `an original whose result has gone unseen is not removed, on the shelf or off it`() async throws {
        for originals in [ConversionSettings.Originals.keep, .retain] {
            let library = try await converted(originals)
            try library.bench.remove("S/1.cbz")
            let marked = try await library.bench.store.dismissOriginals(of: library.bench.library, isAll: true)
            #expect(marked.count == 1)
            try await convert(library)
            let isKept = originals == .keep
            #expect(library.bytes(isKept ? "S/1.cbr" : "S/.stump-originals/1.cbr") == rar)
            #expect(try await library.originals().map(\.state) == [isKept ? .kept : .retained])
            #expect(try await library.log().contains { $0.contains("is not removed, because 1.cbz") })
        }
    }

    @Test func `an original goes where its book has a newer file`() async throws {
        let library = try await converted(.keep)
        try library.write("S/1.cbz", BookBuilder.comic(pages: 7))
        try await library.scan()
        _ = try await library.bench.store.dismissOriginals(of: library.bench.library, isAll: true)
        try await convert(library)
        #expect(library.names("S") == ["1.cbz", "2.cbz"])
        #expect(try await library.originals().map(\.state) == [.removed])
    }

    @Test(arguments: [DiskFiles.WritingStep.rename, .remove])
    func `a removal that was interrupted is given up where the result has gone since`(
        step: DiskFiles.WritingStep
    ) async throws {
        var library = try await ConversionBench(.remove, kinds: [])
        try library.write("S/1.cbr", rar)
        try library.write("S/2.cbz", BookBuilder.comic(pages: 5))
        try await library.scan()
        let hasResult = Mutex(false)
        library.bench.files.onWriting { met throws(WritingFault) in
            if met == .renamed { hasResult.withLock { $0 = true } }
            if met == step, hasResult.withLock({ $0 }) { throw .failed("S", errno: 5, reason: "a test's own") }
        }
        _ = try await library.wish(1)
        #expect(try await library.originals().map(\.state.isUnfinished) == [true])
        try library.bench.remove("S/1.cbz")
        library = try await reopened(library, .remove)
        try await convert(library)
        #expect(library.bytes("S/1.cbr") == rar)
        try await library.bench.scanTwice()
        try await convert(library)
        try await library.scan()
        let book = try #require(try await library.bench.book("S/1.cbr"))
        #expect(book.id == 1 && book.state == .ready && library.bytes("S/1.cbr") == rar)
        #expect(library.names("S") == ["1.cbr", "2.cbz"])
    }

    /// A conversion that ended right after its result had its name.
    private func interrupted() async throws -> ConversionBench {
        let library = try await ConversionBench(kinds: [])
        try library.write("S/1.cbr", rar)
        try library.write("S/2.cbz", BookBuilder.comic(pages: 5))
        try await library.scan()
        let hasEnded = Mutex(false)
        library.bench.files.onWriting { step throws(WritingFault) in
            let isOver = hasEnded.withLock { ended in
                ended = ended || step == .renamed
                return ended
            }
            if isOver { throw .failed("S", errno: 5, reason: "a test's own end") }
        }
        _ = try await library.wish(1)
        try #require(library.bytes("S/1.cbz") != nil)
        return try await reopened(library, .retain)
    }

    @Test func `a result without book and original stays, as a book of its own`() async throws {
        let library = try await interrupted()
        try library.bench.remove("S/1.cbr")
        try await library.bench.store.pool.write { try $0.execute(sql: "DELETE FROM book WHERE id = 1") }
        try await convert(library)
        #expect(library.bytes("S/1.cbz") != nil)
        #expect(try await library.isSettled())
        try await library.scan()
        #expect(try await library.bench.book("S/1.cbz")?.state == .ready)
    }

    @Test func `a result whose book was moved meanwhile goes`() async throws {
        let library = try await interrupted()
        try library.bench.rename("S/1.cbr", to: "S/3.cbr")
        try await library.bench.store.pool.write {
            try $0.execute(sql: "UPDATE book SET name = CAST('3.cbr' AS BLOB) WHERE id = 1")
        }
        try await convert(library)
        #expect(try await library.bench.book("S/3.cbr")?.id == 1)
        #expect(library.names("S") == ["2.cbz", "3.cbr"])
        #expect(try await library.isSettled())
    }
}
