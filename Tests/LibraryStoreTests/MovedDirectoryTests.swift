// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A folder of any size moves as one row, and everything in it keeps its id")
struct MovedDirectoryTests {
    private let bench: StoreBench

    init() async throws {
        bench = try await StoreBench()
    }

    private func id(_ path: FilePath) async throws -> Int64 {
        try #require(try await bench.store.known(path, of: bench.comics, version: 1).id)
    }

    private func move(_ directory: Int64, to path: FilePath) async throws -> (isMoved: Bool, report: ScanReport) {
        try await bench.store.commit(for: bench.comics, job: nil) { catalog in
            (try catalog.move(directory: directory, to: path), try catalog.summary().report)
        }
    }

    @Test func `a thousand books in twenty folders are one directory's row`() async throws {
        let records = (0..<1000).map { bench.record(FilePath("Saga/\($0 % 20)/\($0).cbz")) }
        try await bench.change { catalog in
            for record in records { try catalog.record(record) }
            try catalog.present(at: "Done")
        }
        let before = try await bench.books(limit: 2000)
        let saga = try await id("Saga")
        let rows = bench.countRows()
        let moved = try await move(saga, to: "Done/Saga (2012)")
        #expect(moved.isMoved && moved.report[.movedMedia] == 1000)
        #expect(rows.take() == ["update directory": 1])
        let after = try await bench.books(limit: 2000)
        #expect(after.map(\.id) == before.map(\.id) && after.map(\.seriesID) == before.map(\.seriesID))
        #expect(after.map(\.path) == records.map { FilePath("Done/Saga (2012)/\($0.directory.names[1])/\($0.name)") })
    }

    @Test func `it is told once, with both paths and the number of books that are there`() async throws {
        try await bench.commit(bench.record("A/1.cbz"), bench.record("A/2.cbz"))
        let books = try await bench.books().map(\.id)
        try await bench.change { try $0.markMissing([books[0]]) }
        let types = try await bench.types {
            let moved = try await move(id("A"), to: "B")
            #expect(moved.isMoved && moved.report[.movedMedia] == 1)
        }
        #expect(types == [.bookMoved])
        #expect(try await bench.events().last?.data == #"{"books":1,"directory":{"from":"A","to":"B"}}"#)
    }

    @Test func `the series that is the folder takes its new name, those below keep theirs`() async throws {
        try await bench.commit(bench.record("A/1.cbz"), bench.record("A/C/2.cbz"))
        let before = try await bench.store.series(of: nil, isMissing: nil, after: 0, limit: 10)
        let moved = try await move(id("A"), to: "B")
        let after = try await bench.store.series(of: nil, isMissing: nil, after: 0, limit: 10)
        #expect(after.map(\.id) == before.map(\.id))
        #expect(after.map(\.name) == ["B", "C"] && after.map(\.path) == ["B", "B/C"])
        #expect(moved.report[.updatedSeries] == 1)
    }

    @Test func `a series that bears a name of its own keeps it`() async throws {
        try await bench.commit(bench.record("A/1.cbz"))
        try await bench.store.pool.write { try $0.execute(sql: "UPDATE series SET name = 'Given'") }
        #expect(try await move(id("A"), to: "B").report[.updatedSeries] == 0)
        #expect(try await bench.books().map(\.series) == ["Given"])
    }

    @Test func `problems go along, of books and of directories, and none beside them`() async throws {
        try await bench.commit(
            bench.record("A/1.cbz", findings: [Finding(.bomb, "deep")]),
            bench.record("AB/1.cbz", findings: [Finding(.bomb, "deep")])
        )
        try await bench.change { catalog in
            for path in ["A", "A/B", "AB", "A0"] as [FilePath] {
                try catalog.open(.permission, at: path, detail: "/srv/\(path) cannot be read: permission denied")
            }
        }
        #expect(try await move(id("A"), to: "C/D").isMoved)
        let problems = try await bench.problems()
        #expect(problems.map(\.path) == ["C/D/1.cbz", "AB/1.cbz", "C/D", "C/D/B", "AB", "A0"])
        #expect(problems[0].detail == "C/D/1.cbz: deep" && problems[1].detail == "AB/1.cbz: deep")
        #expect(problems[3].detail == "/srv/C/D/B cannot be read: permission denied")
    }

    @Test func `a missing folder is there again where it turned up, its books as they are listed`() async throws {
        try await bench.commit(bench.record("A/1.cbz"), bench.record("A/B/2.cbz"))
        let before = try await bench.books().map(\.id)
        let folder = try await id("A")
        try await bench.change { try $0.markMissing(directory: folder) }
        let moved = try await move(folder, to: "C")
        #expect(moved.isMoved && moved.report[.movedMedia] == 0)
        #expect(try await bench.tree().map(\.name.text) == ["", "C"])
        let known = try await bench.store.known("C", of: bench.comics, version: 1)
        #expect(known.books.map(\.isMissing) == [true] && known.directories.map(\.isMissing) == [true])
        try await bench.change { try $0.restore(before) }
        #expect(try await bench.books().map(\.path) == ["C/1.cbz", "C/B/2.cbz"])
        #expect(try await bench.books().map(\.id) == before)
    }

    @Test func `the husk of an empty folder at the new path gives way, with its problems`() async throws {
        try await bench.commit(bench.record("A/1.cbz"))
        try await bench.change { catalog in
            try catalog.present(at: "B/empty")
            try catalog.open(.permission, at: "B/empty", detail: "denied")
        }
        let husk = try await id("B")
        try await bench.change { try $0.markMissing(directory: husk) }
        #expect(try await move(id("A"), to: "B").isMoved)
        #expect(try await bench.books().map(\.path) == ["B/1.cbz"])
        #expect(try await bench.problems().isEmpty)
        // What a scan still holds of the husk does no harm.
        try await bench.change { catalog in
            try catalog.open(.rootOffline, at: FilePath(), detail: "x")
            try catalog.markMissing(directory: husk)
        }
        #expect(try await bench.problems().count == 1)
    }

    @Test(arguments: [false, true], ["B", "B/deep"] as [FilePath])
    func `a book at the new path is not given up for it, present or missing`(
        isMissing: Bool,
        path: FilePath
    ) async throws {
        try await bench.commit(bench.record("A/1.cbz"), bench.record(path.appending("2.cbz")))
        let occupant = try await id("B")
        if isMissing { try await bench.change { try $0.markMissing(directory: occupant) } }
        let before = try await bench.books().map(\.path)
        let rows = bench.countRows()
        let moved = try await move(id("A"), to: "B")
        #expect(!moved.isMoved && moved.report == ScanReport())
        #expect(rows.take() == [:])
        #expect(try await bench.books().map(\.path) == before)
    }

    @Test(arguments: ["", "A", "A/B/C/D", "A/B/C", "Z"] as [FilePath])
    func `neither the root moves, nor a folder into itself, nor one over what holds it`(path: FilePath) async throws {
        let other = try #require(LibraryName("books2"))
        let foreign = try await bench.store.commit(for: other, job: nil) { try $0.present(at: "Z") }
        try await bench.change { try $0.present(at: "A/B/C") }
        let before = try await bench.tree()
        // "Z" stands for what is not of this library at all.
        let directory = path == "Z" ? foreign : path.isEmpty ? try await id("") : try await id("A/B")
        #expect(try await !move(directory, to: path == "Z" || path.isEmpty ? "X" : path).isMoved)
        #expect(try await !move(directory, to: FilePath()).isMoved)
        #expect(try await !move(99, to: "X").isMoved)
        #expect(try await bench.tree() == before)
    }

    @Test func `a move to where it is already is none, but shows that it is there`() async throws {
        try await bench.commit(bench.record("A/1.cbz"))
        let folder = try await id("A")
        try await bench.change { try $0.markMissing(directory: folder) }
        let before = try await bench.types()
        #expect(try await move(folder, to: "A").isMoved)
        #expect(try await bench.types() == before)
        #expect(try await bench.tree().map(\.name.text) == ["", "A"])
    }

    @Test func `after a move its paths lead to it within the same transaction`() async throws {
        try await bench.commit(bench.record("A/1.cbz"))
        let folder = try await id("A")
        let found = try await bench.store.commit(for: bench.comics, job: nil) { catalog in
            try catalog.present(at: "A")
            _ = try catalog.move(directory: folder, to: "B")
            return [try catalog.present(at: "B"), try catalog.present(at: "A")]
        }
        #expect(found[0] == folder && found[1] != folder)
    }

    @Test func `what was found absent at its old path is not lost at its new one`() async throws {
        try await bench.commit(bench.record("A/1.cbz"))
        let folder = try await id("A")
        try await bench.change { catalog in
            _ = try catalog.move(directory: folder, to: "B")
            try catalog.markMissing(directory: folder, at: "A")
        }
        #expect(try await bench.books().map(\.state) == [.ready])
        try await bench.change { try $0.markMissing(directory: folder, at: "B") }
        #expect(try await bench.books().map(\.state) == [.missing])
    }

    @Test func `folders swap their names by way of a third`() async throws {
        try await bench.commit(bench.record("A/1.cbz"), bench.record("B/2.cbz"))
        let (first, second) = (try await id("A"), try await id("B"))
        let moves: [(Int64, FilePath)] = [(first, "C"), (second, "A"), (first, "B")]
        let areMoved = try await bench.store.commit(for: bench.comics, job: nil) { catalog in
            try moves.map { try catalog.move(directory: $0, to: $1) }
        }
        #expect(areMoved == [true, true, true])
        #expect(try await bench.books().map(\.path) == ["B/1.cbz", "A/2.cbz"])
        #expect(try await bench.books().map(\.series) == ["B", "A"])
    }

    @Test func `where the pattern has another series now, the books are put there and told of`() async throws {
        var record = bench.record("A/x/1.cbz")
        record.seriesDirectory = "A"
        try await bench.commit(record)
        let folder = try await id("A/x")
        let types = try await bench.types {
            let report = try await bench.change { catalog in
                _ = try catalog.move(directory: folder, to: "B/x")
                for _ in 1...2 { try catalog.reassign(booksBelow: folder, to: "B", rootName: "root") }
            }
            #expect(report[.movedMedia] == 1 && report[.updatedMedia] == 1)
        }
        #expect(types == [.bookMoved, .bookUpdated, .seriesAdded, .seriesMissing])
        #expect(try await bench.books().map(\.series) == ["B"])
    }
}

@Suite("A directory is recognised by its inode and its birth together")
struct RecognisedDirectoryTests {
    private let bench: StoreBench

    init() async throws {
        bench = try await StoreBench()
        try await bench.change { catalog in
            try catalog.present(at: "A/B", as: .made(of: 7))
            try catalog.settle("C", stamp: .made(of: 8), digest: ListingDigest(names: 1, files: 1))
        }
    }

    private func moved(_ stamp: DirectoryStamp, to path: FilePath) async throws -> FilePath? {
        try await bench.store.movedDirectory(stamp, to: path, of: bench.comics)?.path
    }

    @Test func `settled or not, at whatever time`() async throws {
        #expect(try await moved(.made(of: 7, at: 99), to: "X") == "A/B")
        #expect(try await moved(.made(of: 8, at: 99), to: "X") == "C")
        try await bench.change { try $0.settle("C", stamp: nil, digest: ListingDigest(names: 1, files: 1)) }
        #expect(try await moved(.made(of: 8), to: "X") == "C")
    }

    @Test func `also while it is missing`() async throws {
        let gone = try #require(try await bench.store.known("A", of: bench.comics, version: 1).id)
        try await bench.change { try $0.markMissing(directory: gone) }
        #expect(try await moved(.made(of: 7), to: "X") == "A/B")
    }

    @Test func `rather where it was last than at a path that it left unrecognised`() async throws {
        try await bench.change { try $0.present(at: "D", as: .made(of: 7)) }
        let husk = try #require(try await bench.store.known("A/B", of: bench.comics, version: 1).id)
        #expect(try await moved(.made(of: 7), to: "X") == nil)
        try await bench.change { try $0.markMissing(directory: husk) }
        #expect(try await moved(.made(of: 7), to: "X") == "D")
        #expect(try await moved(.made(of: 7), to: "D") == "A/B")
    }

    @Test func `not by its inode alone`() async throws {
        #expect(try await moved(.made(of: 7, born: 1), to: "X") == nil)
        #expect(try await moved(.made(of: 7, born: nil), to: "X") == nil)
        try await bench.change { try $0.present(at: "D", as: .made(of: 9, born: nil)) }
        #expect(try await moved(.made(of: 9, born: nil), to: "X") == nil)
    }

    @Test func `not where it is, and not in another library`() async throws {
        #expect(try await moved(.made(of: 7), to: "A/B") == nil)
        let other = try #require(LibraryName("books2"))
        #expect(try await bench.store.movedDirectory(.made(of: 7), to: "X", of: other) == nil)
    }

    @Test func `not where several bear both, nor as the root`() async throws {
        try await bench.change { catalog in
            try catalog.present(at: "snapshot", as: .made(of: 7))
            try catalog.present(at: FilePath(), as: .made(of: 1))
        }
        #expect(try await moved(.made(of: 7), to: "X") == nil)
        #expect(try await moved(.made(of: 7), to: "snapshot") == "A/B")
        #expect(try await moved(.made(of: 1), to: "X") == nil)
    }
}
