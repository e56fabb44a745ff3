// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("An id is never given twice")
struct SpentIDTests {
    @Test func `the ids of a book and a series that were forgotten are not those of the next`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let before = try #require(try await bench.books().first)
        try await bench.store.pool.write { db in
            try db.execute(sql: "DELETE FROM book")
            try db.execute(sql: "DELETE FROM series")
        }
        try await bench.commit(bench.record("S/1.cbz"))
        let after = try #require(try await bench.books().first)
        #expect(after.id > before.id && after.seriesID > before.seriesID)
    }

    @Test func `a copy's id goes with the copy when its original follows it`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        try await bench.commit(bench.record("T/1.cbz"))
        let ids = try await bench.books().map(\.id)
        let fingerprint = try #require(bench.record("S/1.cbz").facts?.fingerprint)
        let places = try #require(try await bench.store.books(holding: [fingerprint], limit: 2)[fingerprint])
        let pair = BookCopy(original: places[0], copy: places[1])
        let followed = try await bench.store.commit(for: bench.comics, job: nil) { try $0.follow([pair]) }
        #expect(followed == [ids[0]])
        let books = try await bench.books()
        #expect(books.map(\.id) == [ids[0]] && books.map(\.path) == ["T/1.cbz"])
        // Who was not there to see it does nothing.
        let again = try await bench.store.commit(for: bench.comics, job: nil) { try $0.follow([pair]) }
        #expect(again.isEmpty)
        #expect(try await bench.books().map(\.id) == books.map(\.id))
        try await bench.commit(bench.record("U/1.cbz"))
        #expect(try await bench.books().last?.id ?? 0 > ids[1])
    }
}
