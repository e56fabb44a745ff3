// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A job names the first paths that it changed")
struct JobChangesTests {
    private let bench: StoreBench
    private let job: Int64
    private var store: LibraryStore { bench.store }

    init() async throws {
        bench = try await StoreBench()
        job = try await bench.start().id
    }

    private func add(_ count: Int, to directory: String, telling mode: ScanMode = .batched) async throws {
        let records = (0..<count).map { bench.record(FilePath("\(directory)/\($0).cbz")) }
        try await store.commit(for: bench.comics, job: job, telling: mode) { catalog in
            for record in records { try catalog.record(record) }
        }
    }

    @Test func `a job that changed nothing, or is not there, names nothing`() async throws {
        #expect(try await store.changes(of: job) == [:])
        #expect(try await store.changes(of: 99) == [:])
    }

    @Test(arguments: ScanMode.allCases) func `ten of each kind, in their order, told in arrays or one by one`(
        mode: ScanMode
    ) async throws {
        try await add(4, to: "A", telling: mode)
        try await add(300, to: "B", telling: mode)
        let paths = (0..<4).map { "A/\($0).cbz" } + (0..<6).map { "B/\($0).cbz" }
        #expect(try await store.changes(of: job) == [.bookAdded: paths])
        #expect(try await store.changes(of: job, limit: 2) == [.bookAdded: ["A/0.cbz", "A/1.cbz"]])
        #expect(try await store.changes(of: job, limit: 1000)[.bookAdded]?.count == 304)
    }

    @Test func `each kind of change for itself, and none of another job's`() async throws {
        try await add(3, to: "A")
        let books = try await bench.books().map(\.id)
        let next = try await store.request(.analysis(of: bench.comics, trigger: .user)).job.id
        let changed = bench.record("A/2.cbz", title: "B")
        try await bench.change(job: next) { catalog in
            try catalog.markMissing([books[0], books[1]])
            try catalog.record(changed)
        }
        try await bench.change(job: next) { try $0.restore([books[1]]) }
        #expect(
            try await store.changes(of: next) == [
                .bookMissing: ["A/0.cbz", "A/1.cbz"], .bookUpdated: ["A/2.cbz"], .bookRestored: ["A/1.cbz"],
            ]
        )
        #expect(try await store.changes(of: job).keys.map(\.self) == [.bookAdded])
    }

    @Test func `a directory that was moved is named with both its ends`() async throws {
        try await add(3, to: "A")
        let directory = try #require(try await store.known("A", of: bench.comics, version: 1).id)
        let next = try await store.request(.analysis(of: bench.comics, trigger: .user)).job.id
        try await bench.change(job: next) { _ = try $0.move(directory: directory, to: "B") }
        #expect(try await store.changes(of: next) == [.bookMoved: ["A → B"]])
    }

    @Test func `what failed is named once, without warnings and what is only missing`() async throws {
        try await add(2, to: "A")
        let books = try await bench.books().map(\.id)
        let broken = bench.record("A/9.cbz", findings: [Finding(.archiveCorrupt, "cut"), Finding(.bomb, "deep")])
        let odd = bench.record("A/8.cbz", findings: [Finding(.metadataInvalid, "no year")])
        try await bench.change(job: job) { catalog in
            try catalog.record(odd)
            try catalog.record(broken)
            try catalog.markMissing(books)
            try catalog.open(.permission, at: "secret", detail: "denied")
        }
        #expect(try await store.changes(of: job)[.problemOpened] == ["A/9.cbz", "secret"])
        #expect(try await store.changes(of: job, limit: 1)[.problemOpened] == ["A/9.cbz"])
    }
}
