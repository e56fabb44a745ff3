// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A loss is weighed against what its volume and its top directory had")
struct LossTallyTests {
    private typealias Tally = LossRule.Tally
    private let bench: StoreBench

    /// Ten books in A, five in A/disk, six in B, one in the root.
    init() async throws {
        bench = try await StoreBench()
        let paths =
            (0..<10).map { "A/\($0 % 2)/\($0).cbz" } + (0..<5).map { "A/disk/\($0).cbz" }
            + (0..<6).map { "B/\($0).cbz" } + ["loose.cbz"]
        let records = paths.map { bench.record(FilePath($0)) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
        }
    }

    private func directory(_ path: FilePath) async throws -> Int64 {
        try #require(try await bench.store.known(path, of: bench.comics, version: 1).id)
    }

    private func books(_ prefix: FilePath) async throws -> [Int64] {
        try await bench.books().filter { $0.path.isWithin(prefix) }.map(\.id)
    }

    private func tallies(
        _ books: [Int64] = [],
        _ directories: [Int64] = [],
        volumes: [FilePath] = ["", "A/disk"],
        before instant: Timestamp? = nil
    ) async throws -> LossTallies {
        try await bench.store.lossTallies(
            of: bench.comics,
            books: books,
            directories: directories,
            volumes: volumes,
            before: instant
        )
    }

    @Test func `nothing lost is nothing to weigh`() async throws {
        #expect(try await tallies() == LossTallies())
        #expect(try await tallies([99], [98]) == LossTallies())
    }

    @Test func `some books of one directory`() async throws {
        let tallies = try await tallies(books("A/1").prefix(2).map { $0 })
        #expect(tallies.lost == 2)
        #expect(tallies.volumes == ["": Tally(present: 17, lost: 2)])
        #expect(tallies.topDirectories == ["A": Tally(present: 15, lost: 2)])
    }

    @Test func `a directory goes with all below it, on every volume there`() async throws {
        let tallies = try await tallies([], [directory("A")])
        #expect(tallies.lost == 15)
        #expect(tallies.volumes == ["": Tally(present: 17, lost: 10), "A/disk": Tally(present: 5, lost: 5)])
        #expect(tallies.topDirectories == ["A": Tally(present: 15, lost: 15)])
    }

    @Test func `what is named twice is lost once`() async throws {
        let directories = try await [directory("A"), directory("A/0"), directory("A/disk"), directory("A")]
        let tallies = try await tallies(books("A"), directories)
        #expect(tallies.lost == 15)
        #expect(tallies.topDirectories == ["A": Tally(present: 15, lost: 15)])
    }

    @Test func `a book in the root has a volume and no top directory`() async throws {
        let tallies = try await tallies(books("loose.cbz") + books("B/1.cbz"))
        #expect(tallies.volumes == ["": Tally(present: 17, lost: 2)])
        #expect(tallies.topDirectories == ["B": Tally(present: 6, lost: 1)])
    }

    @Test func `a volume below a lost directory's volume, and one that the catalog does not know`() async throws {
        let tallies = try await tallies([], [directory("A/disk")], volumes: ["", "A", "A/disk", "nowhere"])
        #expect(tallies.volumes == ["A/disk": Tally(present: 5, lost: 5)])
    }

    @Test func `what is missing already is neither present nor lost`() async throws {
        let gone = try await books("B")
        try await bench.change { try $0.markMissing(Array(gone.prefix(2))) }
        let tallies = try await tallies(gone)
        #expect(tallies.lost == 4)
        #expect(tallies.topDirectories == ["B": Tally(present: 4, lost: 4)])
    }

    @Test func `a flood of new books does not make the loss look small`() async throws {
        let lost = try await books("B")
        let start = try #require(try await bench.books().last).addedAt
        let records = (0..<50).map { bench.record(FilePath("B/new/\($0).cbz")) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
        }
        let instant = Timestamp(nanoseconds: start.nanoseconds + 1)
        let tallies = try await tallies(lost, before: instant)
        #expect(tallies.topDirectories == ["B": Tally(present: 6, lost: 6)])
        #expect(try await self.tallies(lost).topDirectories == ["B": Tally(present: 56, lost: 6)])
    }

    @Test func `a large library is counted no further than the share of the loss can matter`() async throws {
        let records = (0..<LibraryStore.tallyFloor + 200).map { bench.record(FilePath("C/\($0).cbz")) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
        }
        let all = try await bench.books(limit: 3000).filter { $0.path.isWithin("C") }.map(\.id)
        #expect(try await tallies([all[0]]).topDirectories["C"] == Tally(present: LibraryStore.tallyFloor, lost: 1))
        #expect(try await tallies(Array(all.prefix(200))).topDirectories["C"] == Tally(present: 1200, lost: 200))
    }

    @Test(
        arguments: [
            ("", [], 22), ("", ["A/disk"], 17), ("A", ["A/disk"], 10), ("A/disk", ["A/disk"], 5), ("A/0", ["B"], 5),
            ("nowhere", [], 0), ("", ["A", "A/disk", "nowhere"], 7),
        ] as [(FilePath, [FilePath], Int)]
    )
    func `present books are counted below a path, without the volumes mounted there`(
        path: FilePath,
        others: [FilePath],
        count: Int
    ) async throws {
        let present = { (limit: Int) in
            try await bench.store.presentBooks(of: bench.comics, below: path, excluding: others, upTo: limit)
        }
        #expect(try await present(.max) == count)
        #expect(try await present(3) == min(count, 3))
    }
}
