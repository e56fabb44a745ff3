// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Logging
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A book is read when it is whole, and not before", .timeLimit(.minutes(5)))
struct ReadyBookTests {
    private static let open = WriterProbe(writers: .some, hasHoles: false, isRemote: false, isExact: true)
    private static let holes = WriterProbe(writers: .none, hasHoles: true, isRemote: false, isExact: true)
    private static let blind = WriterProbe(writers: .unknown, hasHoles: false, isRemote: false, isExact: false)
    private static let remote = WriterProbe(writers: .unknown, hasHoles: false, isRemote: true, isExact: false)

    private func requests(_ bench: ScanBench) -> Int { bench.workers.figures.requests }

    @Test(arguments: [
        (ReadyBookTests.open, ReadyGate.Reason.written), (holes, .holes), (blind, .settling), (remote, .settling),
    ])
    func `a book of which a probe says that it is not whole is given to no worker`(
        probe: WriterProbe,
        reason: ReadyGate.Reason
    ) async throws {
        let bench = try await ScanBench()
        bench.stopWallClock()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        try bench.write("S/2.cbz", BookBuilder.comic(pages: 2))
        bench.files.probe("1.cbz", as: probe)
        let job = try await bench.scan()
        #expect(job.state == .completed && job.report?[.createdMedia] == 1)
        #expect(requests(bench) == 1)
        #expect(try await bench.books().keys.sorted() == ["S/2.cbz"])
        let entry = try #require(await bench.services.pending.entry(at: "S/1.cbz", in: bench.library))
        #expect(entry.reason == reason && entry.looks == 1 && entry.due > bench.clock.now)
        #expect(await bench.services.pending.count(in: bench.library) == 1)
        #expect(try await !bench.isSettled("S"))
        #expect(try await bench.isSettled(FilePath()))
    }

    @Test func `the journal tells once that a book waits, and that it was read`() async throws {
        let book = LogBook()
        let bench = try await ScanBench(logger: book.logger)
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        bench.files.probe("1.cbz", as: Self.open)
        for _ in 1...3 {
            try await bench.scan()
            bench.clock.advance(by: .seconds(60))
        }
        let waiting = book.metadata(of: "Book is pending")
        #expect(waiting.map { $0["path"] } == ["S/1.cbz"])
        #expect(waiting.map { $0["reason"] } == ["a program has it open for writing"])
        #expect(book.metadata(of: "Book was read").isEmpty)
        bench.files.probe("1.cbz", as: nil)
        try await bench.scan()
        #expect(book.metadata(of: "Book was read").map { $0["path"] } == ["S/1.cbz"])
    }

    @Test func `a book is read when its writer has closed it, and its directory settles with it`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        bench.files.probe("1.cbz", as: Self.open)
        try await bench.scan()
        for looks in 2...4 {
            bench.clock.advance(by: .seconds(60))
            let due = await bench.services.pending.takeDue(at: bench.clock.now)
            #expect(due.map(\.directory) == ["S"])
            try await bench.scan(.directories(["S"]))
            #expect(await bench.services.pending.entries.map(\.looks) == [looks])
        }
        bench.files.probe("1.cbz", as: nil)
        try await bench.scan(.directories(["S"]))
        #expect(try await bench.book("S/1.cbz")?.state == .ready)
        #expect(await bench.services.pending.entries.isEmpty)
        #expect(try await bench.isSettled("S"))
    }

    @Test func `a book whose writers nobody can tell of is read when it shows the same a while later`() async throws {
        let bench = try await ScanBench()
        bench.stopWallClock()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        bench.files.probe("1.cbz", as: Self.blind)
        try await bench.scan()
        bench.clock.advance(by: .seconds(1))
        try await bench.scan()
        #expect(requests(bench) == 0)
        bench.clock.advance(by: .seconds(1))
        try await bench.scan()
        #expect(try await bench.book("S/1.cbz")?.pages == 1)
    }

    @Test func `a book that moves while it is read is tried again, and only what it is then counts`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        let other = BookBuilder.comic(pages: 5)
        bench.files.afterOpening { _ in
            bench.files.afterOpening(nil)
            try bench.write("S/1.cbz", other)
        }
        try await bench.scan()
        #expect(try await bench.books().isEmpty)
        #expect(await bench.services.pending.entries.map(\.reason) == [.moved])
        #expect(try await !bench.isSettled("S"))
        bench.clock.advance(by: .seconds(2))
        #expect(await bench.services.pending.takeDue(at: bench.clock.now).map(\.directory) == ["S"])
        try await bench.scan(.directories(["S"]))
        #expect(try await bench.book("S/1.cbz")?.pages == 5)
        #expect(try await bench.isSettled("S"))
    }

    @Test func `a book without its end is looked at a second time within the job, and then damaged`() async throws {
        let bench = try await ScanBench(clock: EagerClock())
        try bench.write("S/1.cbz", BookBuilder.truncatedComic())
        try await bench.scan()
        #expect(try await bench.problems().map(\.problem) == [.archiveTruncated])
        #expect(await bench.services.pending.entries.isEmpty)
        #expect(try await bench.isSettled("S"))
    }

    @Test func `a young book whose middle is zeros waits, though its end is there`() async throws {
        let bench = try await ScanBench()
        var comic = BookBuilder.comic(pages: 5)
        let whole = comic
        comic.replaceSubrange(2000..<9000, with: [UInt8](repeating: 0, count: 7000))
        try bench.write("S/1.cbz", comic)
        let scan = Task { try await bench.scan() }
        while await bench.services.pending.entries.map(\.reason) != [.endMissing] { await Task.yield() }
        await bench.clock.sleepers(1)
        try bench.write("S/1.cbz", whole)
        bench.clock.advance(by: .seconds(1))
        _ = try await scan.value
        bench.clock.advance(by: .seconds(5))
        try await bench.scan()
        #expect(try await bench.book("S/1.cbz")?.pages == 5)
    }

    @Test func `a book that goes while it is pending is forgotten`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        bench.files.probe("1.cbz", as: Self.open)
        try await bench.scan()
        try bench.remove("S/1.cbz")
        try await bench.scan(.directories(["S"]))
        #expect(await bench.services.pending.entries.isEmpty)
        #expect(try await bench.isSettled("S"))
    }

    @Test func `a book that cannot be opened is a problem, and is tried again as long as a disk may be the reason`()
        async throws
    {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        try bench.write("T/2.cbz", BookBuilder.comic(pages: 2))
        bench.files.failOpening("1.cbz", with: .failed("S/1.cbz", errno: 5, reason: "Input/output error"))
        bench.files.failOpening("2.cbz", with: .denied("T/2.cbz"))
        try await bench.scan()
        #expect(Set(try await bench.problems().map(\.problem)) == [.unreadable, .permission])
        #expect(try await !bench.isSettled("S"))
        bench.files.failOpening("1.cbz", with: nil)
        try await bench.scan()
        #expect(try await bench.book("S/1.cbz")?.state == .ready)
        #expect(try await bench.isSettled("S"))
    }

    @Test func `a disk that fails while a book is read costs nothing that was known of the book`() async throws {
        let bench = try await ScanBench(program: WorkerPoolTests.faultyProgram)
        try bench.write("S/1.cbz", Array("fine".utf8))
        try await bench.scan()
        try bench.write("S/1.cbz", Array("eio!".utf8))
        try await bench.scan()
        let book = try #require(try await bench.book("S/1.cbz"))
        #expect(book.pages == 2 && book.state == .error)
        #expect(try await bench.problems().map(\.problem) == [.unreadable])
        #expect(try await !bench.isSettled("S"), "it is tried again, for the file may not change when the disk is well")
        try bench.write("S/1.cbz", Array("fine".utf8))
        try await bench.scan()
        #expect(try await bench.book("S/1.cbz")?.state == .ready)
        #expect(try await bench.problems().isEmpty)
    }
}
