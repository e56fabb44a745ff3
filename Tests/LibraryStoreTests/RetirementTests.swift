// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A library that leaves the configuration is kept out of sight, and is whole when it is back")
struct RetirementTests {
    private let bench: StoreBench
    private let comics: LibrarySettings
    private let other: LibrarySettings

    init() async throws {
        bench = try await StoreBench()
        comics = LibrarySettings(name: bench.comics, root: "/srv/comics")
        other = LibrarySettings(name: try #require(LibraryName("books2")), root: "/srv/books")
        try await bench.store.configure([comics, other])
    }

    private func retire() async throws -> LibraryChanges { try await bench.store.configure([other]) }

    private func rows() async throws -> [String] {
        try await bench.store.pool.read { db in
            try ["directory", "series", "book", "metadata", "problem"].flatMap {
                try Row.fetchAll(db, sql: "SELECT * FROM \($0) ORDER BY 1").map(\.description)
            }
        }
    }

    private func lists() async throws -> [Int] {
        let store = bench.store
        return [
            try await bench.books().count,
            try await store.series(of: nil, isMissing: nil, after: 0, limit: 9).count,
            try await store.problems(of: nil, class: nil, after: 0, limit: 9).count,
            try await store.overview(of: []).problems.values.reduce(0, +),
            try await store.duplicates(after: 0, limit: 9).count,
            try await store.librariesWithHeldLosses().count,
        ]
    }

    @Test func `nothing of it is in any list, and nothing is deleted`() async throws {
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz"), bench.record("S/3.cbz", content: 2))
        let third = try #require(try await bench.books().last).id
        try await bench.change { catalog in
            try catalog.markMissing([third])
            try catalog.noteHeldLosses(9)
        }
        let (before, shown) = (try await rows(), try await lists())
        #expect(shown == [3, 1, 1, 1, 1, 1])
        let retired = try await retire()
        #expect(retired.retired == [bench.comics] && retired.returned.isEmpty)
        #expect(try await lists() == [0, 0, 0, 0, 0, 0])
        var filter = LibraryStore.BookFilter()
        filter.library = bench.comics
        #expect(try await bench.store.books(filter).isEmpty)
        #expect(try await rows() == before)
        // An id is for life, and who knows it may ask.
        #expect(try await bench.store.book(third)?.id == third)
        let returned = try await bench.store.configure([comics, other])
        #expect(returned.returned == [bench.comics] && returned.retired.isEmpty)
        #expect(try await lists() == shown)
        #expect(try await rows() == before)
    }

    @Test func `it is told once that it is retired, and with what the configuration said of it last`() async throws {
        var collection = comics
        collection.pattern = .collection
        try await bench.store.configure([collection, other])
        _ = try await retire()
        #expect(try await retire() == LibraryChanges())
        let libraries = try await bench.store.retiredLibraries()
        #expect(libraries.map(\.name) == [bench.comics])
        #expect(libraries.first?.root == "/srv/comics" && libraries.first?.pattern == .collection)
    }

    @Test func `another root is told, and the same is not`() async throws {
        #expect(try await bench.store.configure([comics, other]) == LibraryChanges())
        var moved = comics
        moved.root = "/mnt/comics"
        let changes = try await bench.store.configure([moved, other])
        #expect(changes.rerooted == [bench.comics: "/srv/comics"])
        #expect(try await bench.store.configure([moved, other]) == LibraryChanges())
    }

    @Test func `its jobs that wait or are paused are cancelled, and none can be asked for`() async throws {
        let queued = try await bench.request().job.id
        let thumbnails = try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil)
        _ = try await bench.store.pause(thumbnails)
        let elsewhere = try await bench.store.request(.init(library: other.name, trigger: .user)).job.id
        _ = try await retire()
        for id in [queued, thumbnails] {
            #expect(try await bench.store.job(id).state == .cancelled)
            #expect(try await bench.log(of: id).contains("the library comics is not in the configuration any more"))
        }
        #expect(try await bench.store.job(elsewhere).state == .queued)
        await #expect(throws: StoreFault.retiredLibrary(bench.comics)) { try await bench.request() }
        await #expect(throws: StoreFault.retiredLibrary(bench.comics)) { try await bench.store.retry(queued) }
        await #expect(throws: StoreFault.retiredLibrary(bench.comics)) {
            try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil)
        }
        #expect(StoreFault.retiredLibrary(bench.comics).remedy?.contains("libraries purge comics") == true)
        try await bench.store.configure([comics, other])
        #expect(try await bench.store.retry(queued).job.state == .queued)
    }
}
