// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("Canaries are present books from all over their volume")
struct CanaryTests {
    private let bench: StoreBench

    /// A hundred books in the root's ten directories, each of a size of its own, and ten on a disk mounted below.
    init() async throws {
        bench = try await StoreBench()
        let records =
            (0..<100).map { bench.record(FilePath("\($0 / 10)/\($0).cbz"), size: Int64($0)) }
            + (0..<10).map { bench.record(FilePath("0/disk/d\($0).cbz"), size: Int64(1000 + $0)) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
        }
    }

    private func canaries(
        below path: FilePath,
        excluding others: [FilePath] = [],
        without books: Set<Int64> = [],
        count: Int = 10
    ) async throws -> [(path: FilePath, size: Int64)] {
        try await bench.store.canaries(
            of: bench.comics,
            below: path,
            excluding: others,
            without: books,
            count: count
        )
    }

    @Test func `each is another book, with its size, and they lie far apart`() async throws {
        let found = try await canaries(below: "", excluding: ["0/disk"])
        #expect(found.count == 10)
        #expect(Set(found.map(\.path)).count == 10)
        #expect(found.allSatisfy { $0.path.stem == String($0.size) })
        #expect(Set(found.map { $0.path.removingLastComponent() }).count >= 8)
    }

    @Test func `a small volume in a large library gives all it has, and no book of its neighbours`() async throws {
        let found = try await canaries(below: "0/disk", count: 64)
        #expect(found.map(\.size) == (1000..<1010).map(Int64.init))
        let few = try await canaries(below: "0/disk", count: 5)
        #expect(Set(few.map(\.path)).count == 5 && few.allSatisfy { $0.path.isWithin("0/disk") })
    }

    @Test func `the volumes below are left out, and so is what is believed lost`() async throws {
        let lost = Set(try await bench.books(limit: 200).filter { $0.size < 1000 && $0.size % 10 != 3 }.map(\.id))
        let found = try await canaries(below: "", excluding: ["0/disk"], without: lost, count: 64)
        #expect(found.map(\.size) == stride(from: 3, to: 100, by: 10).map(Int64.init))
    }

    @Test func `where nearly all of a volume is lost, the rest is still found, evenly`() async throws {
        let books = try await bench.books(limit: 200)
        let lost = Set(books.filter { $0.size < 60 }.map(\.id))
        let found = try await canaries(below: "", excluding: ["0/disk"], without: lost, count: 4)
        #expect(found.count == 4 && found.allSatisfy { $0.size >= 60 && $0.size < 1000 })
    }

    @Test func `what is missing is none, nor is anything where nothing is known`() async throws {
        let books = try await bench.books(limit: 200).map(\.id)
        #expect(try await canaries(below: "nowhere").isEmpty)
        #expect(try await canaries(below: "", count: 0).isEmpty)
        try await bench.change { try $0.markMissing(books) }
        #expect(try await canaries(below: "").isEmpty)
    }
}
