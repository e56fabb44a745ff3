// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("Books of a library that has another name keep their ids", .timeLimit(.minutes(2)))
struct RetiredBookTests {
    /// The same root under another name, while the first is in the configuration no more.
    private func rename(_ bench: ScanBench) async throws -> LibrarySettings {
        var other = bench.settings
        other.name = try #require(LibraryName("manga"))
        bench.files.retire(bench.library)
        try await bench.store.configure([other])
        return other
    }

    private func scan(_ bench: ScanBench, _ library: LibrarySettings) async throws -> Job {
        let id = try await bench.store.request(.init(library: library.name, trigger: .user)).job.id
        try await bench.serve([library]) { bench in
            try await bench.reaches { try await $0.store.overview(of: []).jobs.isEmpty }
        }
        return try await bench.job(id)
    }

    private func series(_ bench: ScanBench) async throws -> [Int64] {
        try await bench.store.series(of: nil, isMissing: nil, after: 0, limit: 99).map(\.id)
    }

    @Test(arguments: [LibraryPattern.series, .collection])
    func `by their files, unopened, and with their series`(pattern: LibraryPattern) async throws {
        let bench = try await ScanBench(pattern: pattern)
        for directory in ["A", "A/B", "C"] { try bench.writeBooks(3, in: directory) }
        try await bench.scan()
        let (before, rows) = (try await bench.books().mapValues(\.id), try await series(bench))
        let openings = bench.files.openings.count
        let other = try await rename(bench)
        #expect(try await bench.books().isEmpty)
        let job = try await scan(bench, other)
        #expect(try await bench.books().mapValues(\.id) == before)
        #expect(try await bench.books().values.allSatisfy { $0.library == other.name })
        #expect(try await series(bench) == rows)
        #expect(bench.files.openings.count == openings)
        #expect(job.report?[.movedMedia] == 9 && job.report?[.createdMedia] == 0)
        #expect(try await bench.events(.bookMissing).isEmpty)
    }

    @Test func `by content and place where files have no births`() async throws {
        let bench = try await ScanBench()
        for directory in ["A", "C"] { try bench.writeBooks(3, in: directory) }
        try await bench.scan()
        let (before, rows) = (try await bench.books().mapValues(\.id), try await series(bench))
        try await bench.store.pool.write { db in
            try db.execute(sql: "UPDATE book SET born_ns = NULL; UPDATE directory SET born_ns = NULL")
        }
        let other = try await rename(bench)
        let job = try await scan(bench, other)
        #expect(try await bench.books().mapValues(\.id) == before)
        #expect(try await series(bench) == rows)
        #expect(job.report?[.movedMedia] == 6 && job.report?[.createdMedia] == 0)
    }

    @Test func `and when the old name is back instead, nothing has changed`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "A")
        try await bench.scan()
        let rows = try await bench.catalogRows()
        try await bench.store.configure([])
        try await bench.store.configure([bench.settings])
        let openings = bench.files.openings.count
        try await bench.scan()
        #expect(try await bench.catalogRows() == rows)
        #expect(bench.files.openings.count == openings)
    }

    @Test func `a book that is already missing is not taken along, and is back with its library`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "A")
        try await bench.scan()
        let lost = try #require(try await bench.book("A/2.cbz")?.id)
        try bench.rename("A/2.cbz", to: "../away")
        try await bench.scan(acceptLosses: true)
        let other = try await rename(bench)
        _ = try await scan(bench, other)
        #expect(try await bench.books().count == 2)
        #expect(try await bench.store.book(lost)?.library == bench.library)
        try bench.rename("../away", to: "A/2.cbz")
        _ = try await scan(bench, other)
        #expect(try await bench.book("A/2.cbz")?.id == lost)
    }
}
