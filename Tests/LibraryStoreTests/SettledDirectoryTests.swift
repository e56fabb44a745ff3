// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A directory bears a stamp only while everything in it is in the catalog")
struct SettledDirectoryTests {
    private let bench: StoreBench
    private let digest = ListingDigest(names: .max, files: 1 << 63)

    init() async throws {
        bench = try await StoreBench()
    }

    private func known(_ path: FilePath) async throws -> KnownDirectory {
        try await bench.store.known(path, of: bench.comics, version: 1)
    }

    @Test func `a directory that was seen is there and bears none`() async throws {
        try await bench.change { try $0.present(at: "A/B", as: .made(of: 7)) }
        let known = try await known("A/B")
        #expect(known.id != nil && !known.isMissing && known.stamp == nil)
    }

    @Test func `settled it bears stamp and digest bit for bit, until it is unsettled`() async throws {
        let stamp = DirectoryStamp(
            device: .max,
            inode: .max - 1,
            born: Timestamp(nanoseconds: .min),
            modified: Timestamp(nanoseconds: .max),
            changed: Timestamp(nanoseconds: -1)
        )
        try await bench.change { [digest] in try $0.settle("A", stamp: stamp, digest: digest) }
        #expect(try await known("A").stamp == stamp)
        #expect(try await bench.tree().map(\.digest) == [nil, digest])
        try await bench.change { [digest] in try $0.settle("A", stamp: nil, digest: digest) }
        #expect(try await known("A").stamp == nil)
        #expect(try await bench.tree().map(\.digest) == [nil, nil])
    }

    @Test func `where the file system tells no birth, it is settled all the same`() async throws {
        let stamp = DirectoryStamp.made(of: 7, born: nil)
        try await bench.change { [digest] in try $0.settle("A", stamp: stamp, digest: digest) }
        #expect(try await known("A").stamp == stamp)
    }

    @Test func `what is so already is not written again`() async throws {
        let stamp = DirectoryStamp.made(of: 7)
        let change = { @Sendable [digest] (catalog: CatalogTransaction) in
            try catalog.present(at: "A", as: stamp)
            try catalog.settle("A", stamp: stamp, digest: digest)
            try catalog.settle("B", stamp: nil, digest: digest)
        }
        try await bench.change(change)
        let rows = bench.countRows()
        try await bench.change(change)
        #expect(rows.take() == [:])
        #expect(try await known("B").id == nil)
    }

    @Test func `another directory at the same path is not settled by its predecessor's stamp`() async throws {
        try await bench.change { [digest] in try $0.settle("A", stamp: .made(of: 7), digest: digest) }
        try await bench.change { try $0.present(at: "A", as: .made(of: 8)) }
        #expect(try await known("A").stamp == nil)
    }

    @Test func `a directory that goes is unsettled with all below it, and what is beside it stays`() async throws {
        let paths: [FilePath] = ["A", "A/B", "A/B/C", "AB"]
        try await bench.change { [digest] catalog in
            for path in paths { try catalog.settle(path, stamp: .made(of: 7), digest: digest) }
        }
        let gone = try #require(try await known("A").id)
        try await bench.change { try $0.markMissing(directory: gone) }
        try await bench.change { catalog in
            for path in paths { try catalog.present(at: path) }
        }
        #expect(try await bench.tree().map { $0.stamp != nil } == [false, false, true, false, false])
    }

    @Test func `a directory that was seen proves those above it`() async throws {
        try await bench.change { try $0.present(at: "A/B/C") }
        let gone = try #require(try await known("A").id)
        try await bench.change { try $0.markMissing(directory: gone) }
        #expect(try await bench.tree().map(\.name.text) == [""])
        try await bench.commit(bench.record("A/B/1.cbz"))
        #expect(try await bench.tree().map(\.name.text) == ["", "A", "B"])
        #expect(try await known("A/B").directories.map(\.isMissing) == [true])
    }

    @Test func `in one transaction a directory that went is seen again`() async throws {
        let id = try await bench.store.commit(for: bench.comics, job: nil) { try $0.present(at: "A") }
        try await bench.change { catalog in
            try catalog.present(at: "A")
            try catalog.markMissing(directory: id)
            try catalog.present(at: "A")
        }
        #expect(try await !known("A").isMissing)
    }

    @Test(arguments: [
        "modified_ns = 1", "modified_ns = 1, changed_ns = 1", "names_digest = 1, files_digest = 1", "missing_since = 1",
    ])
    func `the schema refuses half a stamp, and one of a missing directory`(columns: String) async throws {
        try await bench.change { [digest] catalog in
            try catalog.present(at: "A", as: .made(of: 7))
            try catalog.settle("B", stamp: .made(of: 7), digest: digest)
        }
        let name = columns == "missing_since = 1" ? "B" : "A"
        await #expect(throws: DatabaseError.self) {
            try await bench.store.pool.write { db in
                try db.execute(sql: "UPDATE directory SET \(columns) WHERE name = CAST('\(name)' AS BLOB)")
            }
        }
    }
}
