// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("Books with the same content are known, wherever they are")
struct DuplicateTests {
    private func record(_ path: FilePath, _ content: UInt8, hash: UInt8? = nil, on bench: StoreBench) -> BookRecord {
        var record = bench.record(path, title: path.string)
        record.facts?.fingerprint = Fingerprint(bytes: [UInt8](repeating: content, count: 16))
        record.facts?.hash = hash.map { [UInt8](repeating: $0, count: 32) }
        return record
    }

    @Test func `they come in groups, page by page, and without those that are missing`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(
            record("a/1.cbz", 1, on: bench),
            record("a/2.cbz", 2, hash: 7, on: bench),
            record("b/1.cbz", 1, on: bench),
            record("b/2.cbz", 2, hash: 7, on: bench),
            record("c/1.cbz", 1, on: bench),
            record("c/3.cbz", 3, on: bench)
        )
        let groups = try await bench.store.duplicates(after: 0, limit: 10)
        #expect(
            groups.map { $0.books.map(\.path.string) } == [["a/1.cbz", "b/1.cbz", "c/1.cbz"], ["a/2.cbz", "b/2.cbz"]]
        )
        #expect(groups.map(\.areFilesEqual) == [false, true])
        let first = try await bench.store.duplicates(after: 0, limit: 1)
        #expect(first.count == 1)
        let second = try await bench.store.duplicates(after: try #require(first[0].books.first?.id), limit: 10)
        #expect(second.map { $0.books.map(\.path.string) } == [["a/2.cbz", "b/2.cbz"]])

        let gone = groups[1].books[1].id
        try await bench.store.commit(for: bench.comics, job: nil) { try $0.markMissing([gone]) }
        #expect(try await bench.store.duplicates(after: 0, limit: 10).count == 1)
    }
}
