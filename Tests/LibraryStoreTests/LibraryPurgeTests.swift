// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A retired library is forgotten by request, and no other is touched")
struct LibraryPurgeTests {
    private let bench: StoreBench
    private let other: LibrarySettings

    init() async throws {
        bench = try await StoreBench()
        other = LibrarySettings(name: try #require(LibraryName("books2")), root: "/srv/books")
    }

    private func counts() async throws -> [String: Int] {
        try await bench.store.pool.read { db in
            let tables = [
                "library", "directory", "series", "book", "metadata", "problem", "volume", "job", "job_log",
                "job_directory", "library_count",
            ]
            return try tables.reduce(into: [:]) { counts, table in
                let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
                if count > 0 { counts[table] = count }
            }
        }
    }

    @Test func `all that is known of it goes, part by part, and its books and series are told of`() async throws {
        let records = (0..<450).map { bench.record(FilePath("S\($0 % 230)/T/\($0).cbz")) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
            try catalog.open(.permission, at: "locked", detail: "locked: denied")
        }
        for _ in 0..<30 {
            let job = try await bench.start()
            try await bench.store.finish(job.id, as: .completed)
        }
        let kept = bench.record("K/1.cbz", content: 7)
        try await bench.store.commit(for: other.name, job: nil) { try $0.record(kept) }
        try await bench.store.configure([other])
        let events = try await bench.events().count
        let forgotten = try await bench.store.forget(bench.comics)
        #expect(forgotten.books == 450 && forgotten.series == 230)
        let rest = ["library": 1, "library_count": 1, "directory": 2, "series": 1, "book": 1, "metadata": 1]
        #expect(try await counts() == rest)
        let told = try await bench.events().dropFirst(events)
        #expect(Set(told.map(\.type)) == [.bookRemoved, .seriesRemoved, .problemResolved])
        #expect(told.filter { $0.type == .bookRemoved }.count == 3)
        #expect(told.allSatisfy { $0.library == bench.comics })
        #expect(try await bench.books().map(\.path) == ["K/1.cbz"])
        await #expect(throws: StoreFault.unknownLibrary("comics")) { try await bench.store.forget(bench.comics) }
    }

    @Test func `one that is in the configuration is refused, and keeps everything`() async throws {
        try await bench.commit(bench.record("S/1.cbz"))
        let fault = StoreFault.configuredLibrary(bench.comics)
        await #expect(throws: fault) { try await bench.store.forget(bench.comics) }
        #expect(fault.code == "wrong_state" && fault.remedy?.contains("Take it out of the configuration") == true)
        #expect(try await bench.books().count == 1)
    }

    @Test func `its thumbnails are loose then`() async throws {
        try await bench.commit(bench.record("S/1.cbz"))
        let due = try #require(try await bench.store.dueThumbnails(of: bench.comics, after: 0, limit: 1).first)
        try await bench.change { try $0.keepThumbnail("a.webp", of: due, findings: []) }
        try await bench.store.configure([other])
        _ = try await bench.store.forget(bench.comics)
        #expect(try await bench.looseThumbnails() == ["a.webp"])
    }

    @Test func `a name that is written again later begins anew`() async throws {
        try await bench.commit(bench.record("S/1.cbz"))
        try await bench.store.configure([other])
        _ = try await bench.store.forget(bench.comics)
        let again = LibrarySettings(name: bench.comics, root: "/srv/comics")
        #expect(try await bench.store.configure([again, other]) == LibraryChanges())
        try await bench.commit(bench.record("S/1.cbz"))
        #expect(try await bench.books().count == 1)
    }
}
