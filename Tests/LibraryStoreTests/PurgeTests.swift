// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("Missing books are forgotten by request, and only those that are missing for long enough")
struct PurgeTests {
    private let bench: StoreBench

    init() async throws {
        bench = try await StoreBench()
    }

    /// The last instant at which a book may have gone to be forgotten.
    private var now: Timestamp { bench.time.look() }

    private func missing(_ paths: FilePath...) async throws -> [Int64] {
        let ids = try await bench.books().filter { paths.contains($0.path) }.map(\.id)
        try await bench.change { try $0.markMissing(ids) }
        return ids
    }

    private func purge(_ books: [Int64], since latest: Timestamp) async throws -> Int {
        try await bench.store.commit(for: bench.comics, job: nil) { try $0.purge(missing: books, since: latest) }
    }

    private func purgePlaces(since latest: Timestamp) async throws -> Int {
        var count = 0
        var hasMore = true
        while hasMore {
            let part = try await bench.store.commit(for: bench.comics, job: nil) {
                try $0.purgeEmptyPlaces(since: latest)
            }
            count += part.series
            hasMore = part.hasMore
        }
        return count
    }

    private func rows(_ table: String) async throws -> Int {
        try await bench.store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    @Test func `a book goes with its metadata, its problems and its thumbnail, and that is told`() async throws {
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz", content: 2))
        let due = try #require(try await bench.store.dueThumbnails(of: bench.comics, after: 0, limit: 1).first)
        try await bench.change { try $0.keepThumbnail("a.webp", of: due, findings: []) }
        let gone = try await missing("S/1.cbz")
        var count = 0
        let types = try await bench.types { count = try await purge(gone, since: now) }
        #expect(count == 1)
        #expect(types == [.problemResolved, .bookRemoved])
        #expect(try await bench.events().last?.data.contains(#""path":"S/1.cbz""#) == true)
        #expect(try await bench.books().map(\.path) == ["S/2.cbz"])
        #expect(try await rows("metadata") == 1)
        #expect(try await rows("problem") == 0)
        #expect(try await bench.looseThumbnails() == ["a.webp"])
    }

    @Test func `what is present, ignored or gone only now stays, whoever asks`() async throws {
        try await bench.commit(
            bench.record("S/there.cbz"),
            bench.record("S/ignored.cbz"),
            bench.record("S/old.cbz"),
            bench.record("S/new.cbz")
        )
        let all = try await bench.books()
        try await bench.change { try $0.ignore([all[1].id]) }
        _ = try await missing("S/old.cbz")
        let latest = now
        _ = try await missing("S/new.cbz")
        let listed = try await bench.store.missingBooks(of: bench.comics, since: latest, after: 0, limit: 10)
        #expect(listed == [MissingBook(id: all[2].id, place: "S/old.cbz")])
        #expect(try await purge(all.map(\.id), since: latest) == 1)
        #expect(try await bench.books().map(\.path) == ["S/there.cbz", "S/ignored.cbz", "S/new.cbz"])
    }

    @Test func `another library's books are not touched`() async throws {
        try await bench.commit(bench.record("S/1.cbz"))
        let gone = try await missing("S/1.cbz")
        let other = try #require(LibraryName("books2"))
        let latest = now
        let count = try await bench.store.commit(for: other, job: nil) { try $0.purge(missing: gone, since: latest) }
        #expect(count == 0)
        #expect(try await bench.books().count == 1)
    }

    @Test func `series and folders that hold nothing any more go too, and those that hold something stay`()
        async throws
    {
        try await bench.commit(
            bench.record("A/B/1.cbz"),
            bench.record("A/C/2.cbz", content: 2),
            bench.record("D/3.cbz", content: 3)
        )
        let folder = try #require(try await bench.store.known("A/B", of: bench.comics, version: 1).id)
        try await bench.change { try $0.markMissing(directory: folder) }
        _ = try await missing("D/3.cbz")
        let latest = now
        #expect(try await bench.store.seriesLeftEmpty(in: bench.comics, since: latest, keeping: []) == 2)
        let third = try #require(try await bench.books().last).id
        #expect(try await bench.store.seriesLeftEmpty(in: bench.comics, since: latest, keeping: [third]) == 1)
        #expect(try await purge(bench.books().map(\.id), since: latest) == 2)
        var count = 0
        let types = try await bench.types { count = try await purgePlaces(since: latest) }
        #expect(count == 2)
        #expect(types == [.seriesRemoved])
        #expect(try await bench.store.series(of: nil, isMissing: nil, after: 0, limit: 9).map(\.path) == ["A/C"])
        // The folder of the third book is still there, and is watched.
        #expect(try await bench.tree().map { $0.name.text }.sorted() == ["", "A", "C", "D"])
        #expect(try await rows("directory") == 4)
    }

    @Test func `a nest of folders goes from its end on`() async throws {
        try await bench.commit(bench.record("A/B/C/D/1.cbz"))
        let folder = try #require(try await bench.store.known("A", of: bench.comics, version: 1).id)
        try await bench.change { try $0.markMissing(directory: folder) }
        let latest = now
        #expect(try await purge(bench.books().map(\.id), since: latest) == 1)
        #expect(try await purgePlaces(since: latest) == 1)
        #expect(try await rows("directory") == 1)
    }

    @Test func `more than one part is forgotten part by part`() async throws {
        let count = CatalogTransaction.purgeLimit * 2 + 7
        let records = (0..<count).map { bench.record(FilePath("S\($0)/1.cbz")) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
        }
        let ids = try await bench.books(limit: count).map(\.id)
        try await bench.change { try $0.markMissing(ids) }
        let latest = now
        let first = try await bench.store.missingBooks(of: bench.comics, since: latest, after: 0, limit: 200)
        #expect(first.map(\.id) == Array(ids.prefix(200)))
        #expect(try await purge(ids, since: latest) == count)
        #expect(try await purgePlaces(since: latest) == count)
        #expect(try await rows("series") == 0)
    }

    @Test(arguments: [JobState.queued, .running, .paused])
    func `nothing is forgotten while a scan may bring it back`(_ state: JobState) async throws {
        try await bench.commit(bench.record("S/1.cbz"))
        let gone = try await missing("S/1.cbz")
        let job =
            switch state {
            case .running: try await bench.start().id
            default: try await bench.request().job.id
            }
        if state == .paused { _ = try await bench.store.pause(job) }
        let fault = StoreFault.scanOpen(bench.comics, job: job, state: state)
        await #expect(throws: fault) { try await purge(gone, since: now) }
        await #expect(throws: fault) { try await purgePlaces(since: now) }
        #expect(fault.code == "wrong_state" && fault.summary.contains("job \(job)"))
        #expect(try await bench.books().count == 1)
        _ = try await bench.store.cancel(job)
        if state == .running { try await bench.store.finish(job, as: .cancelled) }
        #expect(try await purge(gone, since: now) == 1)
    }

    @Test func `a row whose place another took is known by its own name, and has no place`() async throws {
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz", content: 2))
        let books = try await bench.books()
        let fingerprint = try #require(bench.record("S/2.cbz", content: 2).facts?.fingerprint)
        let places = try await bench.store.books(holding: [fingerprint], limit: 1)
        let origin = try #require(places[fingerprint]?.first)
        try await bench.change { catalog in
            let move = BookMove(
                origin,
                to: "S",
                as: FileName("1.cbz"),
                seriesDirectory: "S",
                rootName: "root"
            )
            let displaced = try catalog.move(books: [move])
            try catalog.markMissing(displaced)
        }
        let latest = now
        #expect(
            try await bench.store.missingBooks(of: bench.comics, since: latest, after: 0, limit: 9)
                == [MissingBook(id: books[0].id, place: nil)]
        )
        #expect(try await bench.store.books([books[0].id]).map(\.path) == ["S/1.cbz"])
        #expect(try await purge([books[0].id], since: latest) == 1)
        #expect(try await bench.events().last { $0.type == .bookRemoved }?.data.contains(#""S/1.cbz""#) == true)
        #expect(try await bench.books().map(\.path) == ["S/1.cbz"])
    }
}
