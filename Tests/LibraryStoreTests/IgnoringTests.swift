// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A book that is ignored is out of the index, and nothing of it is lost")
struct IgnoringTests {
    @Test func `it has a state of its own, in lists, figures and places`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz"), bench.record("S/3.cbz"))
        let ids = try await bench.books().map(\.id)
        try await bench.change { try $0.ignore([ids[0]]) }
        try await bench.change { try $0.markMissing([ids[1]]) }
        #expect(try await bench.books().map(\.state) == [.ignored, .missing, .ready])
        #expect(try await bench.books()[0].missingSince == nil)
        for (state, id) in [(BookState.ignored, ids[0]), (.missing, ids[1]), (.ready, ids[2])] {
            var filter = LibraryStore.BookFilter()
            filter.state = state
            #expect(try await bench.store.books(filter).map(\.id) == [id])
        }
        let figures = try await bench.store.figures(of: bench.comics)
        #expect(figures.books == 1 && figures.missing == 1 && figures.ignored == 1 && figures.size == 10)
        let series = try await bench.store.series(of: bench.comics, isMissing: nil, after: 0, limit: 10)
        #expect(series.map(\.books) == [1] && series.map(\.missing) == [1])
        #expect(try await bench.store.find(path: "S/1.cbz", of: bench.comics)?.state == .ignored)
        #expect(try await bench.store.presentBooks(of: bench.comics) == 1)
    }

    @Test func `it is told once, and its return too`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let ids = try await bench.books().map(\.id)
        let gone = try await bench.types { try await bench.change { try $0.ignore(ids) } }
        #expect(gone == [.bookIgnored, .seriesMissing])
        #expect(try await bench.types { try await bench.change { try $0.ignore(ids) } } == [])
        let back = try await bench.types { try await bench.change { try $0.restore(ids) } }
        #expect(back == [.bookRestored, .seriesRestored])
        #expect(try await bench.books().map(\.state) == [.ready])
    }

    @Test func `its problems are not listed before it is back, but for that it was missing`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz", findings: [Finding(.bomb, "deep")]), bench.record("S/2.cbz"))
        let ids = try await bench.books().map(\.id)
        try await bench.change { catalog in
            try catalog.markMissing([ids[1]])
            try catalog.ignore(ids)
        }
        #expect(try await bench.problems().isEmpty)
        #expect(try await bench.store.overview(of: []).problems.isEmpty)
        #expect(try await bench.store.figures(of: bench.comics).problems == 0)
        let known = try await bench.store.known("S", of: bench.comics, version: 1).books.sorted { $0.id < $1.id }
        #expect(known.allSatisfy { $0.isIgnored && $0.isMissing && $0.isCurrent })
        try await bench.change { try $0.restore(ids) }
        #expect(try await bench.problems().map(\.problem) == [.bomb])
    }

    @Test func `a directory is ignored with the books that are there, and leaves the tree`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/T/2.cbz"), bench.record("U/3.cbz"))
        let ids = try await bench.books().map(\.id)
        let directory = try #require(try await bench.store.find(path: "S", of: bench.comics)?.id)
        try await bench.change { catalog in
            try catalog.markMissing([ids[1]])
            try catalog.ignore(directory: directory)
        }
        #expect(try await bench.books().map(\.state) == [.ignored, .missing, .ready])
        #expect(try await bench.tree().map(\.name.text) == ["", "U"])
    }

    @Test func `no row is ignored and present`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        await #expect(throws: DatabaseError.self) {
            try await bench.store.pool.write { try $0.execute(sql: "UPDATE book SET is_ignored = 1") }
        }
    }
}
