// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("Ignored books leave the index and come back with their ids", .timeLimit(.minutes(5)))
struct IgnoreTests {
    private static let all: ScanScope = .library

    private func ignore(_ rules: String, in directory: String = "", on bench: ScanBench) throws {
        try bench.write(directory.isEmpty ? ".stumpignore" : "\(directory)/.stumpignore", Array(rules.utf8))
    }

    private func states(_ bench: ScanBench) async throws -> [String: BookState] {
        try await bench.books().mapValues(\.state)
    }

    @Test func `the documentation's example leaves one book of its series`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(2, in: "main")
        try bench.writeBooks(3, in: "extras")
        try bench.rename("extras/1.cbz", to: "extras/include-me.cbz")
        try ignore("extras/\n!extras/include-me.cbz\n", on: bench)
        let report = try #require(try await bench.scan().report)
        #expect(try await states(bench).keys.sorted() == ["extras/include-me.cbz", "main/1.cbz", "main/2.cbz"])
        #expect(try await bench.series()["extras"]?.books == 1)
        // With the file of rules itself.
        #expect(report[.ignoredFiles] == 3 && report[.ignoredDirectories] == 0)
    }

    @Test func `books that rules leave alone are ignored and not missing, and nobody is asked`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(30, in: "a")
        try bench.writeBooks(30, in: "b/c")
        try await bench.scan()
        let ids = try await bench.books().mapValues(\.id)
        try ignore("b/\na/1.cbz\n", on: bench)
        let job = try await bench.scan()
        #expect(job.report?.changes == [.ignoredFiles: 2, .ignoredDirectories: 1, .updatedSeries: 1])
        let ignored = try await states(bench).filter { $0.value == .ignored }.keys
        #expect(ignored.count == 31 && ignored.contains("a/1.cbz"))
        #expect(try await bench.problems().isEmpty)
        #expect(try await bench.events(.bookIgnored).joined().split(separator: #""id":"#).count == 1 + 31)
        let figures = try await bench.store.figures(of: bench.library)
        #expect(figures.books == 29 && figures.missing == 0 && figures.ignored == 31 && figures.heldLosses == 0)
        // Nothing of it is listed or watched.
        #expect(!bench.files.listings.suffix(2).contains("b/c"))

        let rows = try await bench.catalogRows()
        try await bench.scan()
        #expect(try await bench.catalogRows() == rows)

        try bench.remove(".stumpignore")
        try await bench.scan()
        #expect(try await states(bench).values.allSatisfy { $0 == .ready })
        #expect(try await bench.books().mapValues(\.id) == ids)
        #expect(try await bench.store.figures(of: bench.library).ignored == 0)
    }

    @Test func `a line that is no pattern is a problem until it is one, and the others count`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "a")
        try ignore("1.cbz\n[2.cbz\n", in: "a", on: bench)
        try await bench.scan()
        #expect(try await states(bench).keys.sorted() == ["a/2.cbz", "a/3.cbz"])
        let problem = try #require(try await bench.problems().first)
        #expect(problem.problem == .unreadable && problem.path == "a/.stumpignore")
        #expect(problem.detail == "line 2 of a/.stumpignore has a [ without its ], and so ignores nothing")
        try await bench.scan()
        #expect(try await bench.problems().count == 1)
        try ignore("1.cbz\n[2].cbz\n", in: "a", on: bench)
        try await bench.scan()
        #expect(try await bench.problems().isEmpty)
        #expect(try await states(bench)["a/2.cbz"] == .ignored)
    }

    @Test func `a book that comes back is not opened again`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "a")
        try await bench.scan()
        try ignore("*.cbz", in: "a", on: bench)
        try await bench.scan()
        #expect(try await bench.series()["a"]?.isMissing == true)
        try ignore("", in: "a", on: bench)
        try await bench.scan()
        #expect(bench.files.openings.count == 3)
        #expect(try await states(bench).values.allSatisfy { $0 == .ready })
        #expect(try await bench.series()["a"]?.isMissing == false)
    }

    @Test func `a damaged book that is ignored is no problem any more, and is one again when it is back`() async throws
    {
        let bench = try await ScanBench()
        try bench.write("a/broken.cbz", Array("PK no archive".utf8))
        bench.pass(.seconds(600))
        try await bench.scan()
        let before = try await states(bench)
        try #require(try await bench.problems().count == 1)
        try ignore("broken.cbz", on: bench)
        try await bench.scan()
        #expect(try await bench.problems().isEmpty)
        try bench.remove(".stumpignore")
        try await bench.scan()
        #expect(try await bench.problems().count == 1)
        #expect(try await states(bench) == before)
    }

    @Test func `a missing book whose file is back where it is ignored is ignored`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(2, in: "a")
        try await bench.scan()
        try bench.rename("a/1.cbz", to: "elsewhere/1.txt")
        try await bench.scan(.library, acceptLosses: true)
        #expect(try await states(bench)["a/1.cbz"] == .missing)
        try ignore("1.cbz", in: "a", on: bench)
        try bench.rename("elsewhere/1.txt", to: "a/1.cbz")
        try await bench.scan()
        #expect(try await states(bench)["a/1.cbz"] == .ignored)
        #expect(try await bench.problems().isEmpty)
    }

    @Test func `a scan of an ignored directory looks at the one above it`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(2, in: "a/b")
        try await bench.scan()
        try ignore("b/", in: "a", on: bench)
        try await bench.scan(.directories(["a/b"]))
        #expect(try await states(bench).values.allSatisfy { $0 == .ignored })
    }

    @Test func `a dry run says what would be ignored`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(2, in: "a")
        try bench.writeBooks(2, in: "b")
        try await bench.scan()
        try ignore("b\na/2.cbz", on: bench)
        let id = try await bench.request(options: ScanOptions(dryRun: true))
        try await bench.serve()
        let log = try await bench.store.log(of: id, after: 0, limit: 100).filter { $0.message == "would be ignored" }
        #expect(Set(log.compactMap(\.path)) == ["a/2.cbz", "b"])
        #expect(try await states(bench).values.allSatisfy { $0 == .ready })
    }
}
