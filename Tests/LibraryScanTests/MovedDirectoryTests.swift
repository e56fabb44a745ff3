// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A directory that moves takes its books and their ids along", .timeLimit(.minutes(5)))
struct MovedDirectoryTests {
    @Test func `a folder of fifty books is renamed by one row, and none of them is opened`() async throws {
        let bench = try await ScanBench.holding(["A"])
        let before = try await bench.ids()
        let openings = bench.files.openings.count
        try bench.rename("A", to: "Z")
        let job = try await bench.scan(.directories([FilePath()], removals: Removals(files: 0, directories: 1)))
        #expect(job.report?.changes == [.movedMedia: 50, .updatedSeries: 1])
        #expect(bench.files.openings.count == openings)
        for number in 1...50 { #expect(try await bench.ids()["Z/\(number).cbz"] == before["A/\(number).cbz"]) }
        #expect(try await bench.series().keys.sorted() == ["Z"])
        #expect(try await bench.events(.bookMoved).count == 1)
        #expect(try await bench.events(.bookMissing).isEmpty)
        try await bench.expectTruth()
    }

    @Test func `a move is recognised whatever the order of the old place and the new`() async throws {
        for (old, new) in [("B/x", "C/x"), ("C/x", "B/x")] {
            let bench = try await ScanBench.holding(["B", "C", old])
            let before = try await bench.ids()
            try bench.rename(old, to: new)
            try await bench.scan(.directories(["B", "C"]))
            #expect(try await bench.ids()["\(new)/2.cbz"] == before["\(old)/2.cbz"])
            #expect(bench.files.openings.count == 9)
            try await bench.expectTruth()
        }
    }

    @Test func `what lies below a moved directory is not entered, unless all of it was asked for`() async throws {
        let bench = try await ScanBench.holding(["B/x/y"])
        try bench.rename("B", to: "C")
        let count = bench.files.listings.count
        try await bench.scan(.directories([FilePath()]))
        #expect(bench.files.listings.dropFirst(count) == ["", "C"])
        try bench.rename("C", to: "D")
        let later = bench.files.listings.count
        try await bench.scan()
        #expect(bench.files.listings.dropFirst(later) == ["", "D", "D/x", "D/x/y"])
        try await bench.expectTruth()
    }

    @Test func `what was met below a path before its own folder turned out to be another is met again`() async throws {
        let bench = try await ScanBench.holding(["A", "B", "B/c", "C"])
        try bench.rename("B/c", to: "A/d")
        try bench.rename("B", to: "C/z")
        // The new ones are met as the successors of what has gone, the inner one before the outer one.
        for directory in ["B/c", "B/c/e"] { try bench.writeBooks(2, in: directory) }
        try await bench.scan()
        try await bench.expectTruth()
    }

    @Test func `a folder that was missing comes back under another name with its ids`() async throws {
        let bench = try await ScanBench.holding(["B", "C"])
        let before = try await bench.ids()
        try bench.rename("B", to: "../away")
        try await bench.scan(.directories([FilePath()], removals: Removals(files: 0, directories: 1)))
        #expect(try await bench.book("B/1.cbz")?.state == .missing)
        try bench.rename("../away", to: "D")
        try await bench.scan()
        #expect(try await bench.ids()["D/1.cbz"] == before["B/1.cbz"])
        try await bench.expectTruth()
    }

    @Test func `a directory that shows itself at two places has not moved`() async throws {
        let bench = try await ScanBench.holding(["B"])
        let before = try await bench.ids()
        let link = bench.files
        // As a bind mount does: the new path bears the identity of the old one, which is still there.
        try bench.writeBooks(1, in: "C")
        link.alias("C", to: "B")
        try await bench.scan()
        #expect(try await bench.ids()["B/1.cbz"] == before["B/1.cbz"])
        #expect(try await bench.ids()["C/1.cbz"] != before["B/1.cbz"])
        #expect(try await bench.events(.bookMoved).isEmpty)
    }

    @Test func `under the collection pattern the books of a moved folder go to the series it is in now`() async throws {
        let bench = try await ScanBench(pattern: .collection)
        for directory in ["B/x", "C"] { try bench.writeBooks(2, in: directory) }
        try await bench.scan()
        let before = try await bench.ids()
        try bench.rename("B/x", to: "C/x")
        try await bench.scan()
        #expect(try await bench.ids()["C/x/1.cbz"] == before["B/x/1.cbz"])
        #expect(try await bench.book("C/x/1.cbz")?.series == "C")
        #expect(try await bench.series()["B"]?.isMissing == true)
    }

    @Test func `a folder that is renamed while a deep scan runs is the same folder afterwards`() async throws {
        for (moment, new) in [("B", "Y"), ("B", "A0"), ("B/x", "Y"), ("", "Y"), ("K", "B0"), ("K", "Y/z")] {
            let bench = try await ScanBench.holding(["B", "B/x", "K", "Y"])
            let before = try await bench.ids()
            bench.files.beforeListing { directory in
                guard directory == FilePath(moment) else { return }
                bench.files.beforeListing(nil)
                try bench.rename("B", to: new == "Y" ? "Z" : new)
            }
            try await bench.scan(force: true)
            // The rename dirtied where it came from and where it went.
            let place = new == "Y" ? "Z" : new
            try await bench.scan(.directories([FilePath(), FilePath(place).removingLastComponent(), "B"]))
            bench.clock.advance(by: .seconds(10))
            for (_, directory) in await bench.services.pending.takeDue(at: bench.clock.now) {
                try await bench.scan(.directories([directory]))
            }
            let after = try await bench.ids().filter { !$0.key.hasPrefix("B/") }
            #expect(after["\(place)/1.cbz"] == before["B/1.cbz"], "at \(moment) to \(place)")
            #expect(after["\(place)/x/1.cbz"] == before["B/x/1.cbz"], "at \(moment) to \(place)")
            #expect(await bench.services.pending.entries == [], "at \(moment) to \(place)")
        }
    }
}
