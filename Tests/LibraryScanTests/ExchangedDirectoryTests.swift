// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("Of directories that take each other's places each keeps its own books", .timeLimit(.minutes(5)))
struct ExchangedDirectoryTests {
    @Test(arguments: [ScanScope.library, .directories(["B", "C"]), .directories(["", "B", "C"])])
    func `two folders that exchange their names keep their own books`(scope: ScanScope) async throws {
        let bench = try await ScanBench()
        try bench.write("B/1.cbz", BookBuilder.comic(pages: 1))
        try bench.write("B/in/1.cbz", BookBuilder.comic(pages: 2))
        try bench.write("C/1.cbz", BookBuilder.comic(pages: 3))
        try await bench.scan()
        let before = try await bench.ids()
        let openings = bench.files.openings.count
        try bench.rename("B", to: "T")
        try bench.rename("C", to: "B")
        try bench.rename("T", to: "C")
        try await bench.scan(scope)
        try await bench.scan(.directories([FilePath()]))
        let after = try await bench.ids()
        #expect(
            after == [
                "C/1.cbz": before["B/1.cbz"], "C/in/1.cbz": before["B/in/1.cbz"], "B/1.cbz": before["C/1.cbz"],
            ]
        )
        #expect(bench.files.openings.count == openings)
        #expect(try await bench.series()["B"]?.name == "B")
        #expect(try await bench.book("B/1.cbz")?.pages == 3)
        try await bench.expectTruth()
    }

    @Test func `three folders in a ring, and a chain to a new name, end right`() async throws {
        let bench = try await ScanBench.holding(["B", "C", "D", "E", "F"])
        let before = try await bench.ids()
        for (old, new) in [("B", "T"), ("D", "B"), ("C", "D"), ("T", "C"), ("F", "G"), ("E", "F")] {
            try bench.rename(old, to: new)
        }
        try await bench.scan()
        let after = try await bench.ids()
        for (old, new) in [("B", "C"), ("C", "D"), ("D", "B"), ("E", "F"), ("F", "G")] {
            #expect(after["\(new)/1.cbz"] == before["\(old)/1.cbz"], "\(old) is \(new)")
        }
        #expect(bench.files.openings.count == 15)
        try await bench.expectTruth()
    }

    @Test func `a folder that is moved out of the one above it, which then moves into it, ends right`() async throws {
        let bench = try await ScanBench.holding(["B", "B/x"])
        let before = try await bench.ids()
        try bench.rename("B/x", to: "T")
        try bench.rename("B", to: "T/x")
        try bench.rename("T", to: "B")
        try await bench.scan()
        let after = try await bench.ids()
        #expect(after["B/1.cbz"] == before["B/x/1.cbz"] && after["B/x/1.cbz"] == before["B/1.cbz"])
        #expect(bench.files.openings.count == 6)
        try await bench.expectTruth()
    }

    @Test func `a folder renamed away, and a new one made in its place, are two`() async throws {
        let bench = try await ScanBench.holding(["B"])
        let before = try await bench.ids()
        try bench.rename("B", to: "C")
        try bench.write("B/1.cbz", BookBuilder.comic(pages: 7))
        try await bench.scan()
        let after = try await bench.ids()
        for number in 1...3 { #expect(after["C/\(number).cbz"] == before["B/\(number).cbz"]) }
        #expect(after["B/1.cbz"] != nil && !before.values.contains(after["B/1.cbz"] ?? 0))
        try await bench.expectTruth()
    }

    @Test func `a folder that is put into a new one of its name is the same one, further down`() async throws {
        let bench = try await ScanBench.holding(["B"])
        let before = try await bench.ids()
        try bench.rename("B", to: "../away")
        try bench.writeBooks(2, in: "B")
        try bench.rename("../away", to: "B/volume 1")
        try await bench.scan(.directories([FilePath()]))
        try await bench.scan(.directories(["B"]))
        let after = try await bench.ids()
        for number in 1...3 { #expect(after["B/volume 1/\(number).cbz"] == before["B/\(number).cbz"]) }
        #expect(after["B/1.cbz"] != nil)
        try await bench.expectTruth()
    }

    @Test func `a folder that takes the place of a removed one keeps its ids, and the removed one's are missing`()
        async throws
    {
        let bench = try await ScanBench.holding(["B", "C", "K"])
        let before = try await bench.ids()
        try bench.remove("B")
        try bench.rename("C", to: "B")
        let scope = ScanScope.directories([FilePath(), "B"], removals: Removals(files: 0, directories: 2))
        let job = try await bench.scan(scope)
        #expect(job.report?[.missingMedia] == 3)
        let books = try await bench.books()
        #expect(books["B/1.cbz"]?.id == before["C/1.cbz"] && books["B/1.cbz"]?.state == .ready)
        #expect(bench.files.openings.count == 9)
        let missing = books.values.filter { $0.state == .missing }.map(\.id).sorted()
        #expect(missing == [1, 2, 3].compactMap { before["B/\($0).cbz"] }.sorted())
        for path in ["", "B"] as [FilePath] { #expect(try await bench.isSettled(path)) }
    }

    @Test func `a folder that gets the name of one that is missing keeps its ids`() async throws {
        let bench = try await ScanBench.holding(["B", "C", "K"])
        let before = try await bench.ids()
        try bench.remove("B")
        let removals = Removals(files: 0, directories: 1)
        try await bench.scan(.directories([FilePath()], removals: removals))
        try bench.rename("C", to: "B")
        try await bench.scan(.directories([FilePath()], removals: removals))
        let books = try await bench.books()
        #expect(books["B/1.cbz"]?.id == before["C/1.cbz"] && books["B/1.cbz"]?.state == .ready)
        #expect(books.values.count { $0.state == .missing } == 3)
    }

    @Test func `a folder that is removed and made anew keeps the ids of the names that are there again`() async throws {
        let bench = try await ScanBench.holding(["B"])
        let before = try await bench.ids()
        try bench.rename("B", to: "../away")
        try bench.writeBooks(3, in: "B")
        try await bench.scan(.directories(["B"]))
        #expect(try await bench.ids() == before)
        try await bench.expectTruth()
    }
}
