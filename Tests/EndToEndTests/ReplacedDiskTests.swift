// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite(
    "Another disk at a library's place is taken for it only if the books are on it",
    .withMounts,
    .serialized,
    .timeLimit(.minutes(2))
)
struct ReplacedDiskTests {
    @Test(arguments: [Shelf.Place.rootIsMountPoint, .rootIsGone])
    func `38: a foreign disk mounted while stumpd runs is not believed`(_ place: Shelf.Place) async throws {
        let shelf = try await Shelf(.local, place)
        let foreign = try await foreignDisk(for: shelf)
        let daemon = try await shelf.start()
        let before = try await daemon.records()

        _ = try await daemon.told(of: "library.offline") {
            try await shelf.disk.unmount()
            try await foreign.mount()
        }
        try await expectReplaced(daemon, with: before)
        try await expectReturn(of: shelf, after: foreign, with: before, to: daemon)
    }

    @Test(arguments: [Shelf.Place.rootIsMountPoint, .rootIsGone])
    func `38: a foreign disk mounted while stumpd is stopped is not believed`(_ place: Shelf.Place) async throws {
        let shelf = try await Shelf(.local, place)
        let foreign = try await foreignDisk(for: shelf)
        let first = try await shelf.start()
        let before = try await first.records()
        #expect(await first.end(by: SIGTERM) == 0)
        try await shelf.disk.unmount()
        try await foreign.mount()

        let daemon = try await RunningDaemon(shelf.home)
        try await expectReplaced(daemon, with: before)
        try await expectReturn(of: shelf, after: foreign, with: before, to: daemon)
    }

    @Test func `81: a disk with copies of the books, mounted while stumpd runs, is adopted`() async throws {
        let shelf = try await Shelf(.local, .rootIsMountPoint)
        let copy = try await copiedDisk(of: shelf)
        let daemon = try await shelf.start()
        let before = try await daemon.records()
        try await shelf.disk.unmount()
        try await copy.mount()
        try await expectAdopted(daemon, shelf, with: before)
    }

    @Test func `81: a disk with copies of the books, mounted while stumpd is stopped, is adopted`() async throws {
        let shelf = try await Shelf(.local, .rootIsMountPoint)
        let copy = try await copiedDisk(of: shelf)
        let first = try await shelf.start()
        let before = try await first.records()
        #expect(await first.end(by: SIGTERM) == 0)
        try await shelf.disk.unmount()
        try await copy.mount()

        let second = try await RunningDaemon(shelf.home)
        try await expectAdopted(second, shelf, with: before)
        #expect(await second.end(by: SIGTERM) == 0)
        // From now on it is the library's disk like any other.
        let third = try await RunningDaemon(shelf.home)
        try await third.settle()
        #expect(try await third.library("books").state == "online")
    }

    @Test func `81: an empty disk is not believed, and is adopted when the books were copied to it`() async throws {
        let shelf = try await Shelf(.local, .rootIsMountPoint)
        let spare = shelf.home.directory.path.appending("spare").string
        try await shelf.mounts.run("cp", "-a", shelf.disk.point.string, spare)
        let empty = try await fill(for: shelf) { _ in }
        let daemon = try await shelf.start()
        let before = try await daemon.records()
        _ = try await daemon.told(of: "library.offline") {
            try await shelf.disk.unmount()
            try await empty.mount()
        }
        try await daemon.settle()
        #expect(try await daemon.library("books").state == "offline")
        #expect(try await daemon.records() == before)
        _ = try await daemon.told(of: "library.online") {
            try await shelf.mounts.run("cp", "-a", "\(spare)/.", shelf.disk.point.string)
        }
        try await expectAdopted(daemon, shelf, with: before)
    }

    // MARK: Disks

    /// A disk with as many books, and others; not mounted.
    private func foreignDisk(for shelf: Shelf) async throws -> Disk {
        try await fill(for: shelf) { side in
            for number in 1...6 {
                let comic = BookBuilder.comic(pages: 3, tint: UInt8(100 + number))
                let names = ["Else/\(number).cbz", "books/Else/\(number).cbz"]
                for name in names { try await shelf.mounts.put(comic, at: side.pushing(FilePath(name))) }
            }
        }
    }

    /// A disk with copies of all of the shelf's files; not mounted.
    private func copiedDisk(of shelf: Shelf) async throws -> Disk {
        try await fill(for: shelf) { side in
            try await shelf.mounts.run("cp", "-a", "\(shelf.disk.point)/.", side.string)
        }
    }

    private func fill(for shelf: Shelf, _ body: (FilePath) async throws -> Void) async throws -> Disk {
        let side = shelf.home.directory.path.appending("side")
        try shelf.home.directory.makeDirectory("side")
        let disk = try await Disk(shelf.disk.kind, "other", at: side, of: shelf.home)
        try await disk.mount()
        try await body(side)
        try await disk.unmount()
        disk.point = shelf.disk.point
        return disk
    }

    // MARK: Expectations

    private func expectReplaced(_ daemon: RunningDaemon, with books: [BookRecord]) async throws {
        // The first look may have come between the two disks.
        try await daemon.flush { $0.libraries.first?.detail?.contains("another") == true }
        let library = try await daemon.library("books")
        #expect(library.state == "offline")
        #expect(library.counts.missing == 0 && library.heldLosses == 0)
        #expect(try await daemon.records() == books)
        try await daemon.expectNothingLost(created: books.count)
    }

    private func expectReturn(
        of shelf: Shelf,
        after foreign: Disk,
        with books: [BookRecord],
        to daemon: RunningDaemon
    ) async throws {
        _ = try await daemon.told(of: "library.online") {
            try await foreign.unmount()
            try await shelf.disk.mount()
        }
        try await daemon.settle()
        #expect(try await daemon.records() == books)
        try await daemon.expectNothingLost(created: books.count)
    }

    private func expectAdopted(_ daemon: RunningDaemon, _ shelf: Shelf, with books: [BookRecord]) async throws {
        // A book on the new disk is noticed only by who watches the new disk.
        try await daemon.holds(
            at: "book.added",
            after: { try await shelf.put("Saga/4.cbz", tint: 99) },
            when: { try await daemon.records().contains { $0.path == "Saga/4.cbz" } }
        )
        try await daemon.settle()
        #expect(try await daemon.library("books").state == "online")
        #expect(try await daemon.records().filter { $0.path != "Saga/4.cbz" } == books)
        try await daemon.expectNothingLost(created: books.count + 1)
    }
}
