// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A directory is settled when all that its listing showed is in the catalog", .timeLimit(.minutes(5)))
struct SettledDirectoryTests {
    @Test func `after a scan every directory bears the stamp and the digest that the disk has`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(2, in: "S/T")
        try bench.write("empty/notes.txt", [1])
        try await bench.scan()
        for path in ["", "S", "S/T", "empty"] as [FilePath] {
            let listing = try await bench.files.list(path, of: bench.library)
            let known = try await bench.store.known(path, of: bench.library, version: 0)
            #expect(known.stamp == listing.stamp, "\(path)")
        }
    }

    @Test func `a file written in place changes the digest that is stored, and only that`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(2, in: "S")
        try await bench.scan()
        let before = try await bench.tree()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 3))
        try await bench.scan(.directories(["S"]))
        let after = try await bench.tree()
        #expect(before["S"]?.stamp == after["S"]?.stamp)
        #expect(before["S"]?.digest?.names == after["S"]?.digest?.names)
        #expect(before["S"]?.digest?.files != after["S"]?.digest?.files)
        #expect(after["S"]?.digest == (try await bench.files.list("S", of: bench.library)).digest)
    }

    @Test func `a stamp that proves nothing is not believed, until a later listing bears one that does`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(1, in: "S")
        bench.files.makeRacy("S")
        try await bench.scan()
        #expect(try await bench.book("S/1.cbz")?.state == .ready)
        #expect(try await !bench.isSettled("S"))
        bench.files.makeRacy("S", false)
        try await bench.scan(.directories(["S"]))
        #expect(try await bench.isSettled("S"))
        try bench.write("S/notes.txt", [1])
        bench.files.makeRacy("S")
        try await bench.scan(.directories(["S"]))
        #expect(try await !bench.isSettled("S"))
    }

    @Test func `a job that is stopped between listing and reading leaves its directories unsettled`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(40, in: "S")
        try bench.write("bare/notes.txt", [1])
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        let id = try await bench.request()
        bench.files.beforeOpening { _ in try await bench.stopping(id) { stop.finish() } }
        try await bench.serve { _ in for await _ in stops {} }
        #expect(try await bench.books().isEmpty, "no worker had seen any, so that all are let go")
        #expect(await bench.services.pending.entries.isEmpty)
        #expect(try await !bench.isSettled("S"))
        #expect(try await !bench.isSettled(FilePath()))
        #expect(try await bench.isSettled("bare"))
        bench.files.beforeOpening(nil)
        try await bench.serve()
        for path in ["", "S"] as [FilePath] { #expect(try await bench.isSettled(path)) }
    }

    @Test func `a new directory that cannot be listed has a row that says that it is to be looked at`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(1, in: "S/T")
        bench.files.fail("S/T", with: .denied("S/T"))
        try await bench.scan()
        #expect(try await bench.isSettled("S"))
        #expect(try await bench.tree()["S/T"] != nil)
        #expect(try await !bench.isSettled("S/T"))
    }

    @Test func `a directory that was written between listing and opening is looked at again`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        bench.files.beforeOpening { _ in
            bench.files.beforeOpening(nil)
            try bench.write("S/1.cbz", BookBuilder.comic(pages: 2))
        }
        try await bench.scan()
        #expect(try await bench.book("S/1.cbz")?.pages == 2)
        #expect(try await !bench.isSettled("S"))
        try await bench.scan(.directories(["S"]))
        #expect(try await bench.isSettled("S"))
    }

    @Test func `what is listed twice because it was too much to keep is settled as it was listed`() async throws {
        let bench = try await ScanBench()
        for number in 1...3 { try bench.writeBooks(1000, in: "\(number)") }
        bench.files.beforeOpening { directory in
            guard directory == "1" else { return }
            bench.files.beforeOpening(nil)
            // Seen by the second listing alone.
            try bench.writeBooks(1, in: "3/new")
        }
        try await bench.scan()
        #expect(try await bench.isSettled("1"))
        #expect(try await !bench.isSettled("3"))
        try await bench.scan(.directories(["3"]))
        #expect(try await bench.book("3/new/1.cbz") != nil)
        #expect(try await bench.isSettled("3"))
    }
}
