// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("The watcher gets the tree as the catalog holds it")
struct StoredTreeTests {
    private let bench: StoreBench

    init() async throws {
        bench = try await StoreBench()
    }

    @Test func `a library that was never scanned has none`() async throws {
        #expect(try await bench.tree().isEmpty)
    }

    @Test func `every present directory of this library alone comes once, with its parent before it`() async throws {
        let other = try #require(LibraryName("books2"))
        _ = try await bench.store.commit(for: other, job: nil) { try $0.present(at: "Z") }
        try await bench.change { catalog in
            for path in ["A/B/C", "D", "A/E"] as [FilePath] { try catalog.present(at: path) }
        }
        let gone = try #require(try await bench.store.known("A/B", of: bench.comics, version: 1).id)
        try await bench.change { try $0.markMissing(directory: gone) }
        let tree = try await bench.tree()
        #expect(tree.first?.parent == nil && tree.first?.name == FileName(""))
        #expect(tree.map(\.name.text).sorted() == ["", "A", "D", "E"])
        #expect(tree.inOrder)
    }

    @Test func `a directory that was moved below a younger one still follows its parent`() async throws {
        try await bench.change { catalog in
            for path in ["old/deep/er", "young/er"] as [FilePath] { try catalog.present(at: path) }
        }
        let old = try #require(try await bench.store.known("old", of: bench.comics, version: 1).id)
        try await bench.change { _ = try $0.move(directory: old, to: "young/er/old") }
        let tree = try await bench.tree()
        #expect(tree.map(\.name.text) == ["", "young", "er", "old", "deep", "er"])
        #expect(tree.inOrder)
        #expect(tree.last.flatMap(\.parent).map { $0 < tree[2].id } == true)
    }

    @Test func `names of any bytes and a tree of a hundred levels come through`() async throws {
        let name = FileName(bytes: [0xff, 0x0a])
        let path = FilePath(bytes: Array(repeatElement(name.bytes, count: 100).joined(separator: [0x2f])))
        try await bench.change { try $0.present(at: path) }
        let tree = try await bench.tree()
        #expect(tree.count == 101 && tree.dropFirst().allSatisfy { $0.name == name })
        #expect(tree.inOrder)
    }
}

extension [StoredDirectory] {
    fileprivate var inOrder: Bool {
        var seen: Set<Int64> = []
        return allSatisfy { directory in
            defer { seen.insert(directory.id) }
            return directory.parent.map(seen.contains) ?? seen.isEmpty
        }
    }
}
