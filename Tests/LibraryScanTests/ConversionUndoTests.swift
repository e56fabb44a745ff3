// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("A conversion is undone bit for bit, or not at all", .timeLimit(.minutes(2)))
struct ConversionUndoTests {
    private let rar = ConversionBench.rar()

    private func converted(_ originals: ConversionSettings.Originals = .retain) async throws -> ConversionBench {
        let library = try await ConversionBench(originals)
        try library.write("S/1.cbr", rar)
        try await library.scan()
        try #require(try await library.bench.book("S/1.cbz")?.id == 1)
        return library
    }

    @Test(arguments: [ConversionSettings.Originals.retain, .keep])
    func `the original is back in its place, and the book is as it was`(
        originals: ConversionSettings.Originals
    ) async throws {
        let library = try await converted(originals)
        let job = try await library.wish(1, isUndo: true)
        #expect(job.state == .completed && job.report?[.failedMedia] == 0)
        #expect(library.names("S") == ["1.cbr"] && library.bytes("S/1.cbr") == rar)
        let book = try #require(try await library.bench.book("S/1.cbr"))
        #expect(book.id == 1 && book.format == .cbr && book.state == .ready && book.pages == 3)
        #expect(try await library.originals().isEmpty)
        #expect(try await library.isSettled())
        #expect(library.bench.files.marked.isEmpty)
        try await library.bench.scan(force: true)
        #expect(library.names("S") == ["1.cbr"], "what was taken back is not converted again by itself")
        let again = try await library.wish(1)
        #expect(again.report?[.convertedMedia] == 1 && library.bytes("S/1.cbz") != nil)
    }

    @Test func `what was removed does not come back`() async throws {
        let library = try await converted(.remove)
        await #expect(throws: ConversionFault.originalRemoved(1)) { try await library.wish(1, isUndo: true) }
    }

    @Test func `a result that was changed is not given up for its original`() async throws {
        let library = try await converted()
        let edited = BookBuilder.comic(pages: 7)
        try library.write("S/1.cbz", edited)
        let job = try await library.wish(1, isUndo: true)
        #expect(job.state == .completed && job.report?[.failedMedia] == 1)
        #expect(try await library.log().contains { $0.contains("was changed since it was converted") })
        #expect(library.bytes("S/1.cbz") == edited && library.bytes("S/.stump-originals/1.cbr") == rar)
        #expect(try await library.originals().map(\.state) == [.retained])
        #expect(try await library.isSettled())
    }

    @Test func `a name that somebody else has taken is not taken from them`() async throws {
        let library = try await converted()
        let other = ConversionBench.rar(7)
        try library.write("S/1.cbr", other)
        let job = try await library.wish(1, isUndo: true)
        #expect(job.report?[.failedMedia] == 1 && library.bytes("S/1.cbr") == other)
        #expect(try await library.originals().map(\.state) == [.retained])
        #expect(library.bytes("S/1.cbz") != nil)
    }

    @Test func `originals are removed when their time is over`() async throws {
        let library = try await converted()
        library.bench.pass(.seconds(29 * 86_400))
        _ = try await library.bench.store.request(.maintenance(trigger: .user))
        try await library.bench.serve()
        #expect(library.bytes("S/.stump-originals/1.cbr") == rar)
        library.bench.pass(.seconds(2 * 86_400))
        _ = try await library.bench.store.request(.maintenance(trigger: .user))
        try await library.bench.serve()
        #expect(library.names("S") == ["1.cbz"])
        #expect(try await library.originals().map(\.state) == [.removed])
    }

    @Test func `an original that was changed on the shelf is left alone`() async throws {
        let library = try await converted()
        try library.write("S/.stump-originals/1.cbr", [1, 2, 3])
        let marked = try await library.bench.store.dismissOriginals(of: library.bench.library, isAll: true)
        #expect(marked.count == 1)
        _ = try await library.bench.store.request(.conversion(of: library.bench.library, trigger: .user))
        try await library.bench.serve()
        #expect(library.bytes("S/.stump-originals/1.cbr") == [1, 2, 3])
        #expect(try await library.originals().map(\.state) == [.lost])
    }

    @Test func `two originals of one name are both kept`() async throws {
        let library = try await converted()
        try library.bench.rename("S/1.cbz", to: "S/first.cbz")
        try await library.bench.scan(acceptLosses: true)
        let second = ConversionBench.rar(5)
        try library.write("S/other.cbr", second)
        try library.bench.rename("S/other.cbr", to: "S/2.cbr")
        try library.write("S/.stump-originals/2.cbr", rar)
        try await library.scan()
        #expect(library.bytes("S/.stump-originals/2.cbr") == rar)
        let shelf = library.names("S/.stump-originals")
        #expect(shelf.count == 3 && shelf.contains { $0.hasSuffix("-2.cbr") }, "\(shelf)")
    }
}
