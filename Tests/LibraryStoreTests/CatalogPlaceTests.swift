// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("The catalog says what it holds at a path")
struct CatalogPlaceTests {
    private let bench: StoreBench

    init() async throws {
        bench = try await StoreBench()
        try await bench.commit(bench.record("A/1.cbz"), bench.record("A/2.cbz", findings: [Finding(.bomb, "deep")]))
        try await bench.change { catalog in
            try catalog.open(.permission, at: "B", detail: "denied")
            try catalog.settle("A", stamp: .made(of: 7), digest: ListingDigest(names: 1, files: 1))
        }
    }

    private func find(_ path: FilePath) async throws -> CatalogPlace? {
        try await bench.store.find(path: path, of: bench.comics)
    }

    @Test func `a book with its state, its problems and whether its directory is settled`() async throws {
        let book = try #require(try await find("A/2.cbz"))
        #expect(book.kind == .book && book.state == .error && book.condition == .error && book.isSettled)
        #expect(book.problems.map(\.problem) == [.bomb])
        #expect(try await bench.store.book(book.id ?? 0)?.path == "A/2.cbz")
    }

    @Test func `a missing book with what it was`() async throws {
        let id = try #require(try await find("A/1.cbz")?.id)
        try await bench.change { try $0.markMissing([id]) }
        let book = try #require(try await find("A/1.cbz"))
        #expect(book.state == .missing && book.condition == .ready && book.missingSince != nil)
        #expect(book.problems.map(\.problem) == [.missing])
    }

    @Test func `a directory, there or missing, the root among them`() async throws {
        let directory = try #require(try await find("A"))
        #expect(directory.kind == .directory && directory.state == nil && directory.isSettled)
        #expect(directory.missingSince == nil && directory.problems.isEmpty)
        let id = try #require(directory.id)
        try await bench.change { try $0.markMissing(directory: id) }
        let gone = try #require(try await find("A"))
        #expect(gone.id == id && gone.missingSince != nil && !gone.isSettled && gone.state == nil)
        #expect(try await find(FilePath())?.kind == .directory)
    }

    @Test func `a directory that could never be read has nothing but its problem`() async throws {
        let place = try #require(try await find("B"))
        #expect(place.kind == nil && place.id == nil && !place.isSettled)
        #expect(place.problems.map(\.problem) == [.permission])
    }

    @Test func `where a directory took a missing book's name, the directory`() async throws {
        let id = try #require(try await find("A/1.cbz")?.id)
        try await bench.change { catalog in
            try catalog.markMissing([id])
            try catalog.present(at: "A/1.cbz")
        }
        #expect(try await find("A/1.cbz")?.kind == .directory)
    }

    @Test func `nothing where it knows nothing, nor in another library`() async throws {
        #expect(try await find("A/3.cbz") == nil)
        #expect(try await find("C/D") == nil)
        let other = try #require(LibraryName("books2"))
        #expect(try await bench.store.find(path: "A", of: other) == nil)
    }
}
