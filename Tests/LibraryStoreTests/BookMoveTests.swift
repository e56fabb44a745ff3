// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A book is moved only while the catalog says of it what was seen")
struct BookMoveTests {
    @Test func `a book whose row tells of another file by now stays where it is`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let fingerprint = try #require(bench.record("S/1.cbz").facts?.fingerprint)
        let places = try await bench.store.books(holding: [fingerprint], limit: 10)
        let origin = try #require(places[fingerprint]?.first)
        let move = BookMove(origin, to: "T", as: FileName("2.cbz"), seriesDirectory: "T", rootName: "root")
        // A scan of another library finds a new file at the book's place, before the move is committed.
        var other = bench.record("S/1.cbz", content: 2)
        other.stamp.inode += 1
        try await bench.commit(other)
        await #expect(throws: BookMoveRefused.self) {
            try await bench.change { try $0.move(books: [move]) }
        }
        #expect(try await bench.books().map(\.path) == ["S/1.cbz"])
    }
}
