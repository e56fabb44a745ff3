// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A book that moves keeps its id", .timeLimit(.minutes(5)))
struct MovedBookTests {
    private func bench() async throws -> ScanBench {
        let bench = try await ScanBench()
        for directory in ["A", "B"] { try bench.writeBooks(3, in: directory) }
        try await bench.scan()
        return bench
    }

    @Test func `a book is renamed, and moved to another folder, without being opened`() async throws {
        for target in ["A/9.cbz", "B/9.cbz", "C/1.cbz"] {
            let bench = try await bench()
            let before = try await bench.ids()
            let openings = bench.files.openings.count
            try bench.rename("A/1.cbz", to: target)
            let job = try await bench.scan()
            #expect(try await bench.ids()[target] == before["A/1.cbz"], "\(target)")
            #expect(try await bench.books().count == 6)
            #expect(bench.files.openings.count == openings)
            #expect(job.report?[.movedMedia] == 1 && job.report?[.missingMedia] == 0)
            #expect(try await bench.events(.bookMissing).isEmpty)
            let event = try #require(try await bench.events(.bookMoved).first)
            #expect(event.contains(#""from":"A/1.cbz""#) && event.contains("\"path\":\"\(target)\""))
            try await bench.expectTruth()
        }
    }

    @Test func `books exchange their names, in one folder and between two, and their ids go with them`() async throws {
        for (one, other) in [("A/1.cbz", "A/2.cbz"), ("A/1.cbz", "B/1.cbz")] {
            let bench = try await bench()
            let before = try await bench.ids()
            let openings = bench.files.openings.count
            try bench.rename(one, to: "../aside")
            try bench.rename(other, to: one)
            try bench.rename("../aside", to: other)
            try await bench.scan()
            #expect(try await bench.ids()[one] == before[other])
            #expect(try await bench.ids()[other] == before[one])
            #expect(bench.files.openings.count == openings)
            #expect(try await bench.books().count == 6)
            try await bench.expectTruth()
        }
    }

    @Test func `a ring of books that take each other's places is followed`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.rename("A/1.cbz", to: "../aside")
        try bench.rename("A/2.cbz", to: "A/1.cbz")
        try bench.rename("B/1.cbz", to: "A/2.cbz")
        try bench.rename("B/2.cbz", to: "B/1.cbz")
        try bench.rename("../aside", to: "B/2.cbz")
        try await bench.scan()
        let after = try await bench.ids()
        #expect(after["A/1.cbz"] == before["A/2.cbz"] && after["A/2.cbz"] == before["B/1.cbz"])
        #expect(after["B/1.cbz"] == before["B/2.cbz"] && after["B/2.cbz"] == before["A/1.cbz"])
        #expect(try await bench.events(.bookMissing).isEmpty)
        try await bench.expectTruth()
    }

    @Test func `a book that is renamed over another is that other, changed`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.rename("A/1.cbz", to: "B/1.cbz")
        try await bench.scan()
        bench.clock.advance(by: .seconds(10))
        try await bench.scan()
        var expected = before
        expected["A/1.cbz"] = nil
        #expect(try await bench.ids() == expected)
        let moves = try await bench.events(.bookMoved)
        #expect(moves.count == 1 && !moves[0].contains("replaced"))
        #expect(try await bench.events(.bookUpdated).last?.contains("B/1.cbz") == true)
        let gone = try #require(try await bench.events(.bookRemoved).first)
        #expect(
            gone.contains("\"id\":\(before["A/1.cbz"] ?? 0)") && gone.contains("\"same_as\":\(before["B/1.cbz"] ?? 0)")
        )
        #expect(try await bench.events(.bookMissing).isEmpty)
        // It is the new content's from now on: what was replaced does not come back as this one.
        try bench.write("C/9.cbz", ZipWriter.archive([ZipWriter.Entry("1.png", text: "B/1")]))
        try await bench.scan()
        #expect(try await bench.ids().filter { $0.key != "C/9.cbz" } == expected)
        try await bench.expectTruth()
    }

    @Test func `an ignored book keeps its id though a copy of it arrives`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.write("A/.stumpignore", Array("1.cbz".utf8))
        try await bench.scan()
        try bench.copy("A/1.cbz", to: "C/1.cbz")
        try await bench.scan()
        #expect(try await bench.ids()["C/1.cbz"] != before["A/1.cbz"])
        try bench.remove("A/.stumpignore")
        try await bench.scan()
        #expect(try await bench.ids().filter { before[$0.key] != nil } == before)
    }

    @Test func `of two originals with one copy neither is what the copy is, and both are missing`() async throws {
        let bench = try await ScanBench()
        let book = ZipWriter.archive([ZipWriter.Entry("1.png", text: "x")])
        try bench.write("A/1.cbz", book)
        try bench.copy("A/1.cbz", to: "B/1.cbz")
        try await bench.scan()
        try bench.copy("A/1.cbz", to: "C/2.cbz")
        try await bench.scan()
        let before = try await bench.ids()
        for name in ["A/1.cbz", "B/1.cbz"] { try bench.remove(name) }
        try await bench.scan(acceptLosses: true)
        #expect(try await bench.ids() == before)
        #expect(try await bench.books().filter { $0.value.state == .missing }.keys.sorted() == ["A/1.cbz", "B/1.cbz"])
    }

    @Test func `a book that is written over another is gone, and the other changed`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.copy("A/1.cbz", to: "../new")
        try bench.remove("A/1.cbz")
        try bench.rename("../new", to: "B/1.cbz")
        try await bench.scan(acceptLosses: true)
        #expect(try await bench.ids() == before)
        #expect(try await bench.book("A/1.cbz")?.state == .missing)
        #expect(try await bench.events(.bookMoved).isEmpty)
    }

    @Test func `books that exchange their places over two scans keep their ids`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.rename("A/1.cbz", to: "../aside")
        try bench.rename("B/1.cbz", to: "A/1.cbz")
        try bench.rename("../aside", to: "B/1.cbz")
        try await bench.scan(.directories(["A"]))
        try await bench.scan(.directories(["B"]))
        try await bench.scan()
        #expect(try await bench.ids()["A/1.cbz"] == before["B/1.cbz"])
        #expect(try await bench.ids()["B/1.cbz"] == before["A/1.cbz"])
        try await bench.expectTruth()
    }

    @Test func `a book that is replaced by a new file of its name keeps its id`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.write("../new", ZipWriter.archive([ZipWriter.Entry("1.png", text: "another edition")]))
        try bench.rename("../new", to: "A/1.cbz")
        let job = try await bench.scan()
        #expect(try await bench.ids() == before)
        #expect(job.report?.changes[.updatedMedia] == 1 && job.report?[.movedMedia] == 0)
    }

    @Test func `a copy and a hard link are new books`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.copy("A/1.cbz", to: "B/copy.cbz")
        try bench.disk.makeHardLink("comics/B/link.cbz", to: "comics/A/2.cbz")
        try await bench.scan()
        let after = try await bench.ids()
        #expect(after.filter { before[$0.key] != nil } == before)
        #expect(after.count == 8 && Set(after.values).count == 8)
        #expect(try await bench.events(.bookMoved).isEmpty)
    }

    @Test func `of two hard links the one that is renamed keeps its own id`() async throws {
        let bench = try await bench()
        try bench.disk.makeHardLink("comics/B/link.cbz", to: "comics/A/2.cbz")
        try await bench.scan()
        let before = try await bench.ids()
        try bench.rename("B/link.cbz", to: "B/other.cbz")
        try await bench.scan()
        #expect(try await bench.ids()["B/other.cbz"] == before["B/link.cbz"])
        #expect(try await bench.ids()["A/2.cbz"] == before["A/2.cbz"])
    }

    @Test func `a book is known by its content where it was written anew under another name`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.copy("A/1.cbz", to: "C.cbz")
        try bench.remove("A/1.cbz")
        let first = try await bench.scan()
        #expect(first.report?[.createdMedia] == 0 && first.report?[.missingMedia] == 0)
        #expect(await bench.services.pending.entries.map(\.reason) == [.unrecognised])
        bench.clock.advance(by: .seconds(10))
        let job = try await bench.scan()
        #expect(try await bench.ids()["C.cbz"] == before["A/1.cbz"])
        #expect(job.report?.changes[.movedMedia] == 1 && job.report?[.createdMedia] == 0)
        #expect(try await bench.books().count == 6)
        try await bench.expectTruth()
    }

    @Test func `a copy is not taken for a book that is renamed where nobody has looked yet`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.copy("A/1.cbz", to: "C/1.cbz")
        try bench.rename("A/1.cbz", to: "B/9.cbz")
        try await bench.scan(.directories([FilePath(), "C"]))
        try await bench.scan(.directories(["B"]))
        bench.clock.advance(by: .seconds(10))
        try await bench.scan()
        let after = try await bench.ids()
        #expect(after["B/9.cbz"] == before["A/1.cbz"])
        #expect(after["C/1.cbz"] != nil && !before.values.contains(after["C/1.cbz"] ?? 0))
        try await bench.expectTruth()
    }

    @Test func `a book that was tagged and renamed at once is the same book`() async throws {
        let bench = try await ScanBench()
        let page = ZipWriter.Entry("1.png", text: "page")
        try bench.write("A/1.cbz", ZipWriter.archive([page]))
        try await bench.scan()
        let before = try await bench.ids()
        let info = ZipWriter.Entry("ComicInfo.xml", text: "<ComicInfo><Title>Tagged</Title></ComicInfo>")
        try bench.write("A/Tagged 01.cbz", ZipWriter.archive([page, info]))
        try bench.remove("A/1.cbz")
        try await bench.scanTwice()
        #expect(try await bench.ids() == ["A/Tagged 01.cbz": try #require(before["A/1.cbz"])])
    }

    @Test func `of two copies that turn up for one book neither is it`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        for name in ["x", "y"] { try bench.copy("A/1.cbz", to: "\(name).cbz") }
        try bench.remove("A/1.cbz")
        try await bench.scan(acceptLosses: true)
        let after = try await bench.books()
        #expect(after["A/1.cbz"]?.state == .missing && after["A/1.cbz"]?.id == before["A/1.cbz"])
        #expect(after.count == 8)
    }

    @Test func `two books of one content are told apart by their names`() async throws {
        let bench = try await ScanBench()
        let book = ZipWriter.archive([ZipWriter.Entry("1.png", text: "x")])
        for name in ["A/1.cbz", "B/2.cbz"] { try bench.write(name, book) }
        try await bench.scan()
        let before = try await bench.ids()
        for (old, new) in [("A/1.cbz", "C/1.cbz"), ("B/2.cbz", "C/2.cbz")] {
            try bench.write(new, book)
            try bench.remove(old)
        }
        try await bench.scanTwice()
        let after = try await bench.ids()
        #expect(after == ["C/1.cbz": try #require(before["A/1.cbz"]), "C/2.cbz": try #require(before["B/2.cbz"])])
    }

    @Test func `a missing book comes back elsewhere, by its file and by its content`() async throws {
        for isCopied in [false, true] {
            let bench = try await bench()
            let before = try await bench.ids()
            try bench.rename("A/1.cbz", to: "../away")
            try await bench.scan(acceptLosses: true)
            #expect(try await bench.book("A/1.cbz")?.state == .missing)
            if isCopied {
                try bench.copy("../away", to: "C/7.cbz")
            } else {
                try bench.rename("../away", to: "C/7.cbz")
            }
            let job = try await bench.scan()
            #expect(try await bench.book("C/7.cbz")?.id == before["A/1.cbz"], "copied: \(isCopied)")
            #expect(job.report?[.restoredMedia] == 1 && job.report?[.movedMedia] == 1)
            #expect(try await bench.problems().isEmpty)
            try await bench.expectTruth()
        }
    }

    @Test func `a folder that was copied and then removed is the same series, with the same books`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        let series = try await bench.series()["A"]?.id
        // As moving to another file system does it: all is there twice for a while.
        for number in 1...3 { try bench.copy("A/\(number).cbz", to: "Z/\(number).cbz") }
        try await bench.scan()
        #expect(try await bench.books().count == 9)
        for number in 1...3 { try bench.remove("A/\(number).cbz") }
        try bench.remove("A")
        try await bench.scan(acceptLosses: true)
        let after = try await bench.ids()
        for number in 1...3 { #expect(after["Z/\(number).cbz"] == before["A/\(number).cbz"]) }
        #expect(after.count == 6)
        #expect(try await bench.series()["Z"]?.id == series)
        #expect(try await bench.series().count == 2)
        #expect(try await bench.events(.bookRemoved).count == 1)
        #expect(try await bench.events(.bookMissing).isEmpty)
        try await bench.expectTruth()
    }

    @Test func `a copy that is older than a day is not what its original has become`() async throws {
        let bench = try await bench()
        try bench.copy("A/1.cbz", to: "B/copy.cbz")
        try await bench.scan()
        let before = try await bench.ids()
        bench.pass(.seconds(90_000))
        try bench.remove("A/1.cbz")
        try await bench.scan(acceptLosses: true)
        #expect(try await bench.ids() == before)
        #expect(try await bench.book("A/1.cbz")?.state == .missing)
    }

    @Test func `what a book's name said follows the name, and what the book says stays`() async throws {
        let bench = try await ScanBench()
        let info = ZipWriter.Entry("ComicInfo.xml", text: "<ComicInfo><Writer>Ann</Writer></ComicInfo>")
        try bench.write("Stones/Stones 001 (2001).cbz", ZipWriter.archive([ZipWriter.Entry("1.png", text: "1"), info]))
        try await bench.scan()
        #expect(try await bench.books().values.first?.metadata.text(.number) == "1")
        try bench.rename("Stones/Stones 001 (2001).cbz", to: "Stones/Stones 002 (2002).cbz")
        try await bench.scan()
        let metadata = try #require(try await bench.books().values.first?.metadata)
        #expect(metadata.text(.number) == "2" && metadata.integer(.year) == 2002)
        #expect(metadata.list(.writers) == ["Ann"])
        #expect(bench.files.openings.count == 1)
    }

    @Test func `all books of a folder move to another unopened, and their series keeps its id`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(300, in: "A")
        try await bench.scan()
        let before = try await bench.ids()
        for number in 1...300 { try bench.rename("A/\(number).cbz", to: "B/\(number).cbz") }
        try await bench.scan()
        let after = try await bench.ids()
        for number in 1...300 { #expect(after["B/\(number).cbz"] == before["A/\(number).cbz"]) }
        #expect(bench.files.openings.count == 300)
        #expect(try await bench.series().keys.sorted() == ["B"])
        #expect(try await bench.events(.seriesAdded).count == 1)
        try await bench.expectTruth()
    }
}
