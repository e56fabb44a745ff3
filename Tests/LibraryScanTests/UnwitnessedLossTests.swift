// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("What no event told of is believed when it is seen twice", .timeLimit(.minutes(5)))
struct UnwitnessedLossTests {
    private func missing(_ bench: ScanBench) async throws -> [String] {
        try await bench.books().filter { $0.value.state == .missing }.keys.sorted()
    }

    /// Scans what the ledger asks for, as the daemon does.
    private func scanDue(_ bench: ScanBench) async throws -> [FilePath] {
        let due = await bench.services.losses.takeDue(at: bench.clock.now).map(\.directory)
        if !due.isEmpty { try await bench.scan(.directories(due)) }
        return due
    }

    @Test func `a small loss is missing at the second look, five seconds after the first, and not before`() async throws
    {
        let bench = try await ScanBench()
        try bench.writeBooks(5, in: "S")
        try await bench.scan()
        try bench.remove("S/1.cbz")
        let first = try await bench.scan()
        #expect(first.report?.changes == [:])
        #expect(try await !bench.isSettled("S"))
        #expect(await bench.services.losses.nextDue == bench.clock.now + .seconds(5))
        bench.clock.advance(by: .seconds(4))
        #expect(try await scanDue(bench) == [])
        try await bench.scan()
        #expect(try await missing(bench) == [])
        bench.clock.advance(by: .seconds(1))
        #expect(try await scanDue(bench) == ["S"])
        #expect(try await missing(bench) == ["S/1.cbz"])
        #expect(try await bench.isSettled("S"))
        #expect(await bench.services.losses.entries.isEmpty)
    }

    @Test func `a directory that is gone is missing with all below it at the second look`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "S/T")
        try bench.writeBooks(3, in: "K")
        try await bench.scan()
        try bench.remove("S")
        try await bench.scan(.directories(["S/T"]))
        #expect(await bench.services.losses.entries.map(\.directory) == [FilePath()])
        bench.clock.advance(by: .seconds(5))
        #expect(try await scanDue(bench) == [FilePath()])
        #expect(try await missing(bench).count == 3)
        #expect(try await bench.series()["S/T"]?.isMissing == true)
        #expect(try await bench.isSettled(FilePath()))
    }

    @Test func `a book that is back before the second look was never lost`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "S")
        try await bench.scan()
        let rows = try await bench.catalogRows()
        try bench.rename("S/1.cbz", to: "../away.cbz")
        try await bench.scan()
        try bench.rename("../away.cbz", to: "S/1.cbz")
        bench.clock.advance(by: .seconds(5))
        #expect(try await scanDue(bench) == ["S"])
        #expect(await bench.services.losses.entries.isEmpty)
        #expect(try await missing(bench) == [])
        #expect(try await bench.isSettled("S"))
        #expect(try await bench.catalogRows().count == rows.count)
    }

    @Test func `while mounts come and go every loss waits`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(60, in: "S")
        try bench.writeBooks(60, in: "T")
        try await bench.scan()
        try bench.remove("S")
        await bench.services.libraryGuard.noteMountChange(at: bench.clock.now)
        let early = try await bench.scan()
        #expect(early.report?[.heldLosses] == 0 && early.report?[.missingMedia] == 0)
        #expect(bench.condition == .online)
        bench.clock.advance(by: .seconds(4))
        await bench.services.libraryGuard.noteMountChange(at: bench.clock.now)
        bench.clock.advance(by: .seconds(4))
        #expect(try await scanDue(bench) == [FilePath()], "it was due when the mounts were thought to be quiet")
        #expect(try await missing(bench) == [] && bench.condition == .online)
        bench.clock.advance(by: .seconds(1))
        #expect(try await scanDue(bench) == [FilePath()])
        #expect(bench.condition == .suspect("60 losses are held until they are confirmed"))
    }

    @Test func `a mass loss that shows itself directory by directory is held all the same`() async throws {
        let bench = try await ScanBench()
        let directories = (1...20).map { "S\($0)" }
        for directory in directories { try bench.writeBooks(10, in: directory) }
        try await bench.scan()
        for directory in directories.prefix(6) {
            for number in 1...9 { try bench.remove("\(directory)/\(number).cbz") }
        }
        for directory in directories.prefix(6) { try await bench.scan(.directories([FilePath(directory)])) }
        bench.clock.advance(by: .seconds(5))
        // With the sixth it was too much; the five before waited for their second look.
        #expect(try await scanDue(bench).count == 5)
        #expect(try await missing(bench) == [])
        #expect(try await bench.store.figures(of: bench.library).heldLosses == 54)
    }

    @Test func `a held loss is looked at after ten minutes and an hour, and forgotten when it is over`() async throws {
        let bench = try await ScanBench()
        for directory in ["A", "B"] { try bench.writeBooks(60, in: directory) }
        try await bench.scan()
        try bench.rename("A", to: "../away")
        try await bench.scan()
        let start = bench.clock.now
        #expect(await bench.services.losses.nextDue == start + .seconds(600))
        bench.clock.advance(by: .seconds(600))
        #expect(try await scanDue(bench) == [FilePath()])
        #expect(await bench.services.losses.nextDue == start + .seconds(3600))
        bench.clock.advance(by: .seconds(3000))
        #expect(try await scanDue(bench) == [FilePath()])
        #expect(await bench.services.losses.nextDue == nil)
        #expect(bench.condition != .online)
        try bench.rename("../away", to: "A")
        try await bench.scan(.directories([FilePath()]))
        #expect(bench.condition == .online)
        #expect(try await bench.store.figures(of: bench.library).heldLosses == 0)
        #expect(await bench.services.losses.entries.isEmpty)
        #expect(try await bench.events(.librarySuspect).count == 1)
        #expect(try await bench.events(.libraryOnline).count == 1)
    }

    @Test func `more than ten losses are believed only where other books of the volume are seen`() async throws {
        for othersAreGone in [false, true] {
            let bench = try await ScanBench()
            try bench.writeBooks(100, in: "A")
            try bench.writeBooks(200, in: "B")
            try await bench.scan()
            for number in 1...12 { try bench.remove("A/\(number).cbz") }
            try await bench.scan(.directories(["A"]))
            if othersAreGone { try bench.remove("B") }
            bench.clock.advance(by: .seconds(5))
            let job = try await bench.scan(.directories(["A"]))
            #expect(job.report?[.missingMedia] == (othersAreGone ? 0 : 12))
            #expect(job.report?[.heldLosses] == (othersAreGone ? 12 : 0))
            #expect(bench.files.sampled.count == 16)
            #expect(bench.files.sampled.allSatisfy { !$0.isWithin("A") || !(1...12).contains(Int($0.stem ?? "") ?? 0) })
        }
    }

    @Test func `a few losses are believed without a look at other books`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(40, in: "A")
        try await bench.scan()
        for number in 1...10 { try bench.remove("A/\(number).cbz") }
        for _ in 1...2 {
            try await bench.scan()
            bench.clock.advance(by: .seconds(5))
        }
        #expect(try await missing(bench).count == 10)
        #expect(bench.files.sampled.isEmpty)
    }
}
