// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A problem is one row from its opening to its end")
struct ProblemTests {
    @Test func `met again it keeps its id and first time, and counts`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz", findings: [Finding(.archiveCorrupt, "cut")]))
        let first = try #require(try await bench.problems().first)
        let types = try await bench.types {
            try await bench.commit(bench.record("S/1.cbz", findings: [Finding(.archiveCorrupt, "cut shorter")]))
        }
        let second = try #require(try await bench.problems().first)
        #expect(types == [])
        #expect(second.id == first.id && second.firstSeen == first.firstSeen && second.lastSeen > first.lastSeen)
        #expect((first.occurrences, second.occurrences) == (1, 2))
        #expect(second.detail == "S/1.cbz: cut shorter")
        #expect(second.path == "S/1.cbz")
        #expect(try await bench.books().map(\.id) == [second.book])
    }

    @Test func `one class gone and another come are one resolved and one opened`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz", findings: [Finding(.archiveCorrupt, "cut")]))
        let types = try await bench.types {
            try await bench.commit(bench.record("S/1.cbz", findings: [Finding(.archiveEmpty, "no pages")]))
        }
        #expect(types.filter { $0 != .bookUpdated } == [.problemResolved, .problemOpened])
        #expect(try await bench.store.overview(of: []).problems == [.archiveEmpty: 1])
    }

    @Test func `many reasons are cut to five and a figure`() async throws {
        let bench = try await StoreBench()
        let findings = (1...7).map { Finding(.metadataInvalid, "reason \($0)") }
        try await bench.commit(bench.record("1.cbz", findings: findings))
        #expect(
            try await bench.problems().map(\.detail)
                == ["1.cbz: reason 1; reason 2; reason 3; reason 4; reason 5; and 2 more"]
        )
        #expect(try await bench.books().map(\.state) == [.ready])
    }

    @Test func `a damaged page stays when the file cannot be read, and goes with the content`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let due = try #require(try await bench.store.dueThumbnails(of: bench.comics, after: 0, limit: 1).first)
        try await bench.change {
            try $0.keepThumbnail("a.webp", of: due, findings: [Finding(.imageCorrupt, "1.jpg")])
        }
        try await bench.commit(bench.unreadable("S/1.cbz", Finding(.permission, "denied")))
        #expect(try await bench.store.overview(of: []).problems == [.imageCorrupt: 1, .permission: 1])
        try await bench.commit(bench.record("S/1.cbz"))
        #expect(try await bench.store.overview(of: []).problems == [.imageCorrupt: 1])
        try await bench.commit(bench.record("S/1.cbz", content: 2))
        #expect(try await bench.store.overview(of: []).problems.isEmpty)
    }

    @Test func `a path that is no book has its problem once, of any bytes, until it can be read`() async throws {
        let bench = try await StoreBench()
        let path = FilePath(bytes: [0x53, 0x2f, 0xff])
        for _ in 1...2 {
            try await bench.change { try $0.open(.permission, at: path, detail: "denied") }
        }
        let problem = try #require(try await bench.problems().first)
        #expect(problem.path.bytes == path.bytes && problem.book == nil)
        #expect(try await bench.store.unreadableDirectories(of: bench.comics).map(\.bytes) == [path.bytes])
        #expect(try await bench.types() == [.problemOpened])
        try await bench.change { try $0.resolve(at: path) }
        try await bench.change { try $0.resolve(at: path) }
        #expect(try await bench.problems().isEmpty)
        #expect(try await bench.types() == [.problemOpened, .problemResolved])
    }

    @Test func `a directory that is gone takes the problems below it along, and none beside it`() async throws {
        let bench = try await StoreBench()
        try await bench.change { catalog in
            for path in ["A", "A/B/C", "AB", "B"] as [FilePath] {
                try catalog.directory(at: path)
                try catalog.open(.permission, at: path, detail: "denied")
            }
        }
        let root = try await bench.store.known(FilePath(), of: bench.comics, version: 1)
        let gone = try #require(root.directories.first { $0.name == FileName("A") }).id
        try await bench.change { try $0.markMissing(directory: gone) }
        #expect(try await bench.problems().map(\.path) == ["AB", "B"])
    }

    @Test func `a job's log names each new problem, a hundred of a class at most`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job.id
        let records = (0..<103).map {
            bench.record(FilePath("S/\($0).cbz"), findings: [Finding(.metadataInvalid, "no year")])
        }
        let damaged = bench.record("S/x.cbz", findings: [Finding(.bomb, "deep")])
        let opened = try await bench.store.commit(for: bench.comics, job: job) { catalog in
            for record in records + [damaged] { try catalog.record(record) }
            return try catalog.summary().opened
        }
        #expect(opened.count == 104)
        #expect(opened.last?.problem == .bomb && opened.last?.path == "S/x.cbz")
        let log = try await bench.store.log(of: job, after: 0, limit: 1000)
        #expect(log.count == CatalogTransaction.logLimit + 1)
        #expect(log.last?.path == "S/x.cbz" && log.last?.message == "S/x.cbz: deep")
        #expect(try await bench.problems().allSatisfy { $0.job == job })
    }
}
