// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

@Suite("A book that gets its name when it is whole is read at once, and read once", .timeLimit(.minutes(2)))
struct ArrivalTests {
    @Test func `56: a book linked into the library is there within five seconds`() async throws {
        let witness = try await WriterWitness()
        try witness.home.write("done.cbz", WriterWitness.comic)
        var finish = Date.now
        let told = try await witness.daemon.told(of: "book.added") {
            finish = .now
            try witness.home.makeHardLink(witness.file, to: "done.cbz")
        }
        #expect(told.delay < .seconds(5))
        try await witness.expectWhole(since: finish)
    }

    @Test func `56: a book linked into the library while it is written elsewhere is pending to the end`() async throws {
        let witness = try await WriterWitness()
        let writer = try SlowWriter(witness.home.path.appending("growing.cbz"), WriterWitness.comic)
        let pieces = writer.pieces(3)
        try writer.write(pieces[0])
        try witness.home.makeHardLink(witness.file, to: "growing.cbz")
        try await witness.expectPending()
        for piece in pieces.dropFirst() {
            try writer.write(piece)
            try await witness.expectPending()
        }
        let finish = Date.now
        writer.close()
        try await witness.expectWhole(since: finish)
        witness.expectReasons()
    }

    @Test(arguments: [".1.cbz.Ab3xYz", "1.cbz.part", "1.cbz.!qB", "1.cbz.crdownload", "1.cbz.a1b2c3d4.partial"])
    func `64: a book under a temporary name is unseen, and read once when it has its own`(_ name: String) async throws {
        let witness = try await WriterWitness()
        let writer = try SlowWriter(witness.sibling(name), WriterWitness.comic)
        for piece in writer.pieces(3) {
            try writer.write(piece)
            try await witness.expectUnseen()
        }
        writer.close()
        try await witness.expectUnseen()
        let finish = Date.now
        try witness.home.rename(FilePath("library/Saga/\(name)"), to: witness.file)
        try await witness.expectWhole(since: finish)
    }

    @Test func `64: a book renamed while it is written is pending under its new name to the end`() async throws {
        let witness = try await WriterWitness()
        let writer = try SlowWriter(witness.sibling("1.cbz.part"), WriterWitness.comic)
        let halves = writer.pieces(2)
        try writer.write(halves[0])
        try await witness.expectUnseen()
        try witness.home.rename("library/Saga/1.cbz.part", to: witness.file)
        try await witness.expectPending()
        try writer.write(halves[1])
        try await witness.expectPending()
        let finish = Date.now
        writer.close()
        try await witness.expectWhole(since: finish)
        witness.expectReasons()
    }

    @Test(.with("rsync"))
    func `64: a book that rsync brings is unseen until rsync names it, and read once`() async throws {
        let rsync = try #require(Program.installed("rsync"))
        let witness = try await WriterWitness()
        try witness.home.makeDirectory("source/Saga")
        try witness.home.write(FilePath("source/\(witness.book)"), WriterWitness.comic)
        let words = ["-a", "--bwlimit=100", "\(witness.home.path)/source/", "\(witness.daemon.home.library)/"]
        let process = try Program.start(rsync, words, [:], output: "/dev/null", errors: "/dev/null")
        var status: Int32 = 0
        var looks = 0
        let start = Date.now
        while access(witness.path.string, F_OK) != 0 {
            looks += 1
            let report = try await witness.flush()
            // The name may have come during the flush; what is under way never bears another.
            #expect(report.pending.allSatisfy { $0.path == witness.book })
            if waitpid(process, &status, WNOHANG) != 0 { break }
        }
        if status == 0 { waitpid(process, &status, 0) }
        #expect(status == 0 && looks > 1)
        try await witness.expectWhole(since: start)
    }

    @Test func `66: a book opened for writing and closed is not read again`() async throws {
        try await expectUnread { witness in try SlowWriter(witness.path, WriterWitness.comic, .inPlace).close() }
    }

    @Test func `66: a book that gets another mode is the same book`() async throws {
        // The kernel dates the change as it dates a change of the bytes, so that only a look at them tells.
        try await expectSame { witness in try witness.home.setMode(witness.file, 0o600) }
    }

    /// Does something to a book in the index that leaves its bytes alone; it is read once before, and never after.
    private func expectUnread(after touch: (WriterWitness) throws -> Void) async throws {
        let start = Date.now
        let witness = try await expectSame(after: touch)
        try await witness.expectWhole(since: start)
    }

    /// Does something to a book in the index after which it is the same book.
    @discardableResult
    private func expectSame(after touch: (WriterWitness) throws -> Void) async throws -> WriterWitness {
        let witness = try await WriterWitness()
        try SlowWriter(witness.path, WriterWitness.comic).writeAll()
        // Its thumbnail comes later than it.
        try await witness.daemon.settle()
        let before = try await witness.daemon.records()
        #expect(before.first?.pages == WriterWitness.pages)
        try touch(witness)
        try await witness.daemon.settle()
        #expect(try await witness.daemon.records() == before)
        return witness
    }

    @Test func `66: a book that gets another time is the same book`() async throws {
        let witness = try await WriterWitness()
        try SlowWriter(witness.path, WriterWitness.comic).writeAll()
        // Its thumbnail comes later than it.
        try await witness.daemon.settle()
        let before = try await witness.daemon.records()
        #expect(before.first?.pages == WriterWitness.pages)
        let writer = try SlowWriter(witness.path, WriterWitness.comic, .inPlace)
        try writer.setModified(secondsSince1970: 1_262_304_000)
        writer.close()
        try await witness.expectPages(WriterWitness.pages)
        #expect(try await witness.daemon.records() == before)
        #expect(try await witness.daemon.books().first?.modifiedAt == "2010-01-01T00:00:00.000Z")
    }
}
