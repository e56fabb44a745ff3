// SPDX-License-Identifier: MIT
import FoundationEssentials
import Support
import SystemPackage
import Testing

@Suite("A book that is still written is pending, and is read when its last writer is gone", .timeLimit(.minutes(2)))
struct WriterTests {
    @Test func `59: a slow copy is pending at every step, and read after its close`() async throws {
        let witness = try await WriterWitness()
        let writer = try SlowWriter(witness.path, WriterWitness.comic)
        for piece in writer.pieces(4) {
            try writer.write(piece)
            try await witness.expectPending()
        }
        let finish = Date.now
        writer.close()
        try await witness.expectWhole(since: finish)
        witness.expectReasons()
    }

    @Test func `62: a download into room taken before, in any order of pieces, is pending to the last`() async throws {
        let witness = try await WriterWitness()
        let first = try SlowWriter(witness.path, WriterWitness.comic)
        try first.allocate()
        let pieces = first.pieces(6)
        first.close()
        try await witness.expectPending()
        // The end comes second, so that the archive looks whole from behind for most of the time.
        for index in [3, 5, 0, 4, 1] {
            try write(pieces[index], reopening: witness.path)
            try await witness.expectPending()
        }
        let finish = Date.now
        try write(pieces[2], reopening: witness.path)
        try await witness.expectQuiet()
        try await witness.expectWhole(since: finish)
        witness.expectReasons()
    }

    @Test func `63: a sparse file whose end is written first is pending until it has no holes`() async throws {
        let witness = try await WriterWitness()
        let first = try SlowWriter(witness.path, WriterWitness.comic)
        try first.setSize()
        let pieces = first.pieces(4)
        first.close()
        for piece in pieces.reversed().dropLast() {
            try write(piece, reopening: witness.path)
            try await witness.expectPending()
        }
        let finish = Date.now
        try write(pieces[0], reopening: witness.path)
        try await witness.expectQuiet()
        try await witness.expectWhole(since: finish)
        witness.expectReasons()
    }

    @Test func `61: a book written through memory is pending until it is unmapped, however early it was closed`()
        async throws
    {
        let witness = try await WriterWitness()
        let writer = try SlowWriter(witness.path, WriterWitness.comic)
        try writer.setSize()
        try writer.map()
        writer.close()
        for piece in writer.pieces(3) {
            try writer.write(piece)
            try await witness.expectPending()
        }
        let finish = Date.now
        writer.unmap()
        try await witness.expectWhole(since: finish)
        witness.expectReasons()
    }

    @Test func `60: a book with two writers is pending until the second closes`() async throws {
        let witness = try await WriterWitness()
        let first = try SlowWriter(witness.path, WriterWitness.comic)
        let second = try SlowWriter(witness.path, WriterWitness.comic, .inPlace)
        let halves = first.pieces(2)
        try first.write(halves[0])
        first.close()
        try await witness.expectPending()
        try second.write(halves[1])
        try await witness.expectPending()
        let finish = Date.now
        second.close()
        try await witness.expectWhole(since: finish)
        witness.expectReasons()
    }

    @Test func `58: a book that is named before it is whole is pending until its writer closes it`() async throws {
        let witness = try await WriterWitness()
        let writer = try SlowWriter(witness.path.removingLastComponent(), WriterWitness.comic, .unnamed)
        let pieces = writer.pieces(3)
        try writer.write(pieces[0])
        try await witness.expectUnseen()
        try writer.name(witness.path)
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

    @Test func `65: a book that a file server stores, size first and time last, is read once, when that is done`()
        async throws
    {
        let witness = try await WriterWitness()
        let writer = try SlowWriter(witness.path, WriterWitness.comic)
        try writer.setSize()
        try await witness.expectPending()
        for piece in writer.pieces(3) {
            try writer.write(piece)
            try await witness.expectPending()
        }
        try writer.setModified(secondsSince1970: 1_262_304_000)
        try await witness.expectPending()
        let finish = Date.now
        writer.close()
        try await witness.expectWhole(since: finish)
        witness.expectReasons()
    }

    @Test func `a book rewritten in place is what it was until it is closed, and then the same book`() async throws {
        let witness = try await WriterWitness()
        try SlowWriter(witness.path, BookBuilder.comic(pages: 3, width: 80, height: 120, tint: 90)).writeAll()
        try await witness.expectPages(3)
        let id = try await witness.daemon.records().first?.id
        let writer = try SlowWriter(witness.path, WriterWitness.comic, .inPlace)
        for piece in writer.pieces(4) {
            try writer.write(piece)
            try await witness.expectPages(3)
        }
        let finish = Date.now
        writer.close()
        try await witness.daemon.settle()
        #expect(try await witness.daemon.records().first?.id == id)
        try await witness.expectWhole(since: finish, readsBefore: 1)
    }

    private func write(_ piece: Range<Int>, reopening path: FilePath) throws {
        let writer = try SlowWriter(path, WriterWitness.comic, .inPlace)
        try writer.write(piece)
        writer.close()
    }
}
