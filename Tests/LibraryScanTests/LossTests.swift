// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("Absence is proved, and a mass loss held")
struct LossTests {
    @Test func `a book whose removal was seen is missing at once, and the same book when it returns or changes`()
        async throws
    {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        try bench.write("S/2.cbz", BookBuilder.comic(pages: 1, tint: 2))
        try await bench.scan()
        let id = try await bench.book("S/1.cbz")?.id
        try bench.rename("S/1.cbz", to: "../away.cbz")
        let lost = try await bench.scan(.directories(["S"], removals: Removals(files: 1, directories: 0)))
        #expect(lost.report?[.missingMedia] == 1)
        #expect(try await bench.book("S/1.cbz")?.state == .missing)
        #expect(try await bench.book("S/2.cbz")?.state == .ready)
        #expect(try await bench.isSettled("S"))
        try bench.rename("../away.cbz", to: "S/1.cbz")
        #expect(try await bench.scan().report?[.restoredMedia] == 1)
        #expect(try await bench.book("S/1.cbz")?.id == id)
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 4))
        #expect(try await bench.scan().report?[.updatedMedia] == 1)
        let changed = try #require(try await bench.book("S/1.cbz"))
        #expect(changed.id == id && changed.pages == 4 && changed.state == .ready)
    }

    @Test(arguments: [
        ListingFault.denied("S"), .failed("S", errno: 5, reason: "Input/output error"),
    ])
    func `a directory that cannot be listed is unknown, not empty`(fault: ListingFault) async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "S")
        try bench.writeBooks(2, in: "T")
        try await bench.scan()
        bench.files.fail("S", with: fault)
        try bench.remove("T/1.cbz")
        let job = try await bench.scan(acceptLosses: true)
        #expect(job.state == .completed)
        #expect(job.report?[.missingMedia] == 1)
        #expect(try await bench.books().values.filter { $0.state == .missing }.map(\.path) == ["T/1.cbz"])
        #expect(try await bench.problems().map(\.path).contains("S"))
        bench.files.fail("S", with: nil)
        try await bench.scan()
        #expect(try await !bench.problems().map(\.path).contains("S"))
    }

    @Test func `sixty of a hundred unwitnessed are held until somebody accepts, and nothing else waits for that`()
        async throws
    {
        let bench = try await ScanBench()
        try bench.writeBooks(60, in: "A")
        try bench.writeBooks(40, in: "B")
        try await bench.scan()
        try bench.remove("A")
        try bench.writeBooks(1, in: "C")
        let held = try await bench.scan()
        #expect(held.report?[.heldLosses] == 60 && held.report?[.missingMedia] == 0)
        #expect(held.report?[.createdMedia] == 1)
        #expect(try await bench.store.figures(of: bench.library).heldLosses == 60)
        #expect(bench.condition == .suspect("60 losses are held until they are confirmed"))
        #expect(try await !bench.isSettled(FilePath()))
        bench.clock.advance(by: .seconds(6))
        #expect(try await bench.scan().report?[.missingMedia] == 0)
        let accepted = try await bench.scan(acceptLosses: true)
        #expect(accepted.report?[.missingMedia] == 60)
        #expect(try await bench.store.figures(of: bench.library).heldLosses == 0)
        #expect(bench.condition == .online)
        #expect(try await bench.isSettled(FilePath()))
        #expect(await bench.services.losses.entries.isEmpty)
    }

    @Test func `a mass loss that the kernel told of is believed`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(60, in: "A")
        try bench.writeBooks(40, in: "B")
        try await bench.scan()
        try bench.remove("A")
        let removals = Removals(files: 0, directories: 1)
        let job = try await bench.scan(.directories([FilePath()], removals: removals))
        #expect(job.report?[.missingMedia] == 60 && job.report?[.heldLosses] == 0)
    }

    @Test func `one loss more than the kernel told of makes all of them doubtful`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(60, in: "A")
        try bench.writeBooks(3, in: "B")
        try await bench.scan()
        for number in 1...31 { try bench.remove("A/\(number).cbz") }
        try bench.remove("B/1.cbz")
        var scope = ScanScope.directories(["A"], removals: Removals(files: 30, directories: 5))
        scope.formUnion(.directories(["B"], removals: Removals(files: 1, directories: 0)))
        let job = try await bench.scan(scope)
        #expect(job.report?[.missingMedia] == 1 && job.report?[.heldLosses] == 31)
        #expect(try await bench.book("B/1.cbz")?.state == .missing)
    }

    @Test func `what was counted below a deep directory counts for all of it`() async throws {
        let bench = try await ScanBench()
        for directory in ["A/x", "A/y", "B"] { try bench.writeBooks(30, in: directory) }
        try await bench.scan()
        for number in 1...20 {
            try bench.remove("A/x/\(number).cbz")
            try bench.remove("A/y/\(number).cbz")
        }
        let removals = Removals(files: 40, directories: 0)
        let job = try await bench.scan(ScanScope(["A": ScanScope.Depth(isDeep: true, removals: removals)]))
        #expect(job.report?[.missingMedia] == 40 && job.report?[.heldLosses] == 0)
    }

    @Test func `a root that is empty is a disk that is not mounted, however small the library`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(2, in: "S")
        try await bench.scan()
        try bench.remove("S")
        let job = try await bench.scan()
        #expect(job.report?[.heldLosses] == 2)
        #expect(try await bench.books().values.allSatisfy { $0.state == .ready })
    }

    @Test func `three thousand books in thirty directories are each there once`() async throws {
        let bench = try await ScanBench()
        for number in 1...30 { try bench.writeBooks(100, in: "\(number)") }
        let job = try await bench.scan()
        #expect(job.report?[.createdMedia] == 3000)
        #expect(try await bench.books().count == 3000)
        #expect(bench.files.listings.count > 31, "what is beyond the limit of memory is listed again")
        for number in 1...30 { #expect(try await bench.isSettled(FilePath("\(number)"))) }
    }

    @Test func `a listing that is ahead of the events waits for the rest of them, and asks nobody`() async throws {
        let bench = try await ScanBench()
        for series in 1...4 { try bench.writeBooks(20, in: "S\(series)") }
        try await bench.scan()
        for series in 1...4 { try bench.remove("S\(series)") }
        let first = try await bench.scan(.directories([FilePath()], removals: Removals(files: 0, directories: 1)))
        #expect(first.report?[.missingMedia] == 0)
        let second = try await bench.scan(.directories([FilePath()], removals: Removals(files: 0, directories: 3)))
        #expect(second.report?[.missingMedia] == 80)
        #expect(try await bench.store.figures(of: bench.library).heldLosses == 0)
    }
}
