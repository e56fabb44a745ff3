// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A hash in the catalog is that of the file as it is")
struct HashTests {
    private let bench: StoreBench
    private static let file = [UInt8](repeating: 7, count: 32)
    private static let koreader = [UInt8](repeating: 8, count: 16)

    init() async throws {
        bench = try await StoreBench()
        var record = bench.record("S/1.cbz")
        record.facts?.hash = Self.file
        record.facts?.koreaderHash = Self.koreader
        try await bench.commit(record)
    }

    private func hashes() async throws -> [[UInt8]?] {
        let book = try #require(try await bench.books().first)
        return [book.hash, book.koreaderHash]
    }

    @Test func `it is kept from the first reading on, and where the same file is read again without`() async throws {
        #expect(try await hashes() == [Self.file, Self.koreader])
        try await bench.commit(bench.record("S/1.cbz", title: "B"))
        #expect(try await hashes() == [Self.file, Self.koreader])
    }

    @Test func `a new one takes its place, each for itself`() async throws {
        var record = bench.record("S/1.cbz")
        record.facts?.koreaderHash = [UInt8](repeating: 9, count: 16)
        try await bench.commit(record)
        #expect(try await hashes() == [Self.file, [UInt8](repeating: 9, count: 16)])
    }

    @Test(arguments: 0..<3) func `it goes with the file that it was of`(what: Int) async throws {
        var record = bench.record("S/1.cbz")
        switch what {
        case 0: record.stamp.size += 1
        case 1: record.stamp.modified = Timestamp(nanoseconds: 99)
        default: record.stamp.changed = Timestamp(nanoseconds: 99)
        }
        try await bench.commit(record)
        #expect(try await hashes() == [nil, nil])
    }

    @Test func `it goes with a file that was exchanged for another of the same size within one tick of the clock`()
        async throws
    {
        var record = bench.record("S/1.cbz")
        record.stamp.born = Timestamp(nanoseconds: 1)
        record.facts?.hash = Self.file
        try await bench.commit(record)
        record.facts?.hash = nil
        try await bench.commit(record)
        #expect(try await hashes() == [Self.file, Self.koreader])
        record.stamp.device += 1
        try await bench.commit(record)
        #expect(try await hashes() == [Self.file, Self.koreader], "mounted anew")
        record.stamp.inode += 1
        try await bench.commit(record)
        #expect(try await hashes() == [nil, nil])
    }

    @Test func `it goes as well where the new file cannot be read, and does not come back with the next reading`()
        async throws
    {
        var record = bench.unreadable("S/1.cbz", Finding(.unreadable, "I/O error"))
        record.stamp.size += 1
        try await bench.commit(record)
        #expect(try await hashes() == [nil, nil])
        try await bench.commit(bench.record("S/1.cbz", size: 11))
        #expect(try await hashes() == [nil, nil])
    }

    @Test func `it stays where the same file cannot be read for once`() async throws {
        try await bench.commit(bench.unreadable("S/1.cbz", Finding(.permission, "denied")))
        #expect(try await hashes() == [Self.file, Self.koreader])
    }

    @Test func `it stays while the book is missing`() async throws {
        let ids = try await bench.books().map(\.id)
        try await bench.change { try $0.markMissing(ids) }
        try await bench.change { try $0.restore(ids) }
        #expect(try await hashes() == [Self.file, Self.koreader])
    }
}
