// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A loss takes nothing away that a return could not bring back")
struct LossTests {
    @Test func `a lost book that returns has its id, its thumbnail and the state it had`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz", findings: [Finding(.bomb, "deep")]))
        let due = try #require(try await bench.store.dueThumbnails(of: bench.comics, after: 0, limit: 1).first)
        try await bench.change { try $0.keepThumbnail("a.webp", of: due, findings: []) }
        let before = try await bench.books()
        let ids = before.map(\.id)
        try await bench.change { try $0.markMissing(ids) }
        #expect(try await bench.books().allSatisfy { $0.state == .missing && $0.missingSince != nil })
        #expect(try await bench.looseThumbnails().isEmpty)
        try await bench.change { try $0.restore(ids) }
        let after = try await bench.books()
        #expect(after.map(\.id) == ids)
        #expect(after.map(\.thumbnail) == ["a.webp", nil])
        #expect(after.map(\.state) == [.ready, .error])
        #expect(after.map(\.addedAt) == before.map(\.addedAt))
        #expect(try await bench.problems().map(\.problem) == [.bomb])
    }

    @Test func `a loss and a return are told with the series, each once`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz"))
        let ids = try await bench.books().map(\.id)
        let lost = try await bench.types {
            let report = try await bench.change { try $0.markMissing(ids) }
            #expect(report[.updatedSeries] == 1)
        }
        #expect(lost == [.problemOpened, .problemOpened, .bookMissing, .seriesMissing])
        #expect(try await bench.types { try await bench.change { try $0.markMissing(ids) } } == [])
        let back = try await bench.types {
            let report = try await bench.change { try $0.restore([ids[0]]) }
            #expect(report[.updatedSeries] == 1)
        }
        #expect(back == [.problemResolved, .bookRestored, .seriesRestored])
        #expect(try await bench.types { try await bench.change { try $0.restore([ids[0]]) } } == [])
    }

    @Test func `a series of which one book stays is not missing`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz"))
        let first = try #require(try await bench.books().first).id
        try await bench.change { try $0.markMissing([first]) }
        let series = try await bench.store.series(of: bench.comics, isMissing: nil, after: 0, limit: 10)
        #expect(series.map(\.isMissing) == [false])
        #expect(series.map(\.books) == [1] && series.map(\.missing) == [1])
    }

    @Test func `a book renamed within one commit leaves its series where it was`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let old = try await bench.books().map(\.id)
        let renamed = bench.record("S/01.cbz")
        let types = try await bench.types {
            try await bench.change { catalog in
                try catalog.markMissing(old)
                try catalog.record(renamed)
            }
        }
        #expect(types == [.problemOpened, .bookAdded, .bookMissing])
    }

    @Test func `a book that returns with other content is updated and restored`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let ids = try await bench.books().map(\.id)
        try await bench.change { try $0.markMissing(ids) }
        let types = try await bench.types {
            let report = try await bench.commit(bench.record("S/1.cbz", content: 2))
            #expect(report[.restoredMedia] == 1 && report[.updatedMedia] == 1 && report[.createdMedia] == 0)
        }
        #expect(types == [.problemResolved, .bookUpdated, .bookRestored, .seriesRestored])
        #expect(try await bench.books().map(\.id) == ids)
    }

    @Test func `a directory that is back is present again, the one below it only when it was seen`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("A/1.cbz"), bench.record("A/B/2.cbz"))
        let root = try await bench.store.known(FilePath(), of: bench.comics, version: 1)
        let gone = try #require(root.directories.first).id
        try await bench.change { try $0.markMissing(directory: gone) }
        try await bench.change { try $0.directory(at: "A") }
        #expect(try await bench.store.known("A", of: bench.comics, version: 1).isMissing)
        try await bench.change { try $0.present(at: "A") }
        let known = try await bench.store.known("A", of: bench.comics, version: 1)
        #expect(known.id == gone && !known.isMissing && known.stamp == nil)
        #expect(known.directories.map(\.isMissing) == [true])
        #expect(known.books.map(\.isMissing) == [true])
    }

    @Test func `held losses are noted until none is held`() async throws {
        let bench = try await StoreBench()
        try await bench.change { try $0.noteHeldLosses(60) }
        #expect(try await bench.store.figures(of: bench.comics).heldLosses == 60)
        #expect(try await bench.store.librariesWithHeldLosses() == [bench.comics])
        try await bench.change { try $0.noteHeldLosses(0) }
        #expect(try await bench.store.figures(of: bench.comics).heldLosses == 0)
        #expect(try await bench.store.librariesWithHeldLosses() == [])
    }
}
