// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite("A library's root may go, come back, and come late", .timeLimit(.minutes(2)))
struct RootTests {
    private func home() throws -> RunningDaemon.Home {
        let home = try RunningDaemon.Home()
        try home.directory.makeDirectory("library/Saga")
        for number in 1...3 { try home.directory.write(FilePath("library/Saga/\(number).cbz"), comic(number)) }
        return home
    }

    private func comic(_ number: Int) -> [UInt8] {
        BookBuilder.comic(pages: 2, tint: UInt8(number))
    }

    @Test func `30: a root deleted and made again has the file that is in it, and the old ones are told of`()
        async throws
    {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        _ = try await daemon.told(of: "library.offline") { try home.directory.remove("library") }
        #expect(try await daemon.library("books").state == "offline")

        _ = try await daemon.told(of: "library.online") {
            try home.directory.makeDirectory("library")
            try home.directory.write("library/new.cbz", comic(9))
        }
        // Witnessed or not, three lost books are said to be lost: missing, or held for a person.
        try await daemon.flush { status in
            status.libraries.first.map { $0.counts.missing + $0.heldLosses == 3 } ?? false
        }
        let new = try #require(try await daemon.records().first { $0.path == "new.cbz" })
        #expect(new.state == "ready" && new.pages == 2)
    }

    @Test func `31: a root renamed away and back is offline in between, and has lost nothing`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let before = try await daemon.records()
        let told = try await daemon.told(of: "library.offline") { try home.directory.rename("library", to: "away") }
        #expect(told.delay < .seconds(1))
        try await daemon.settle()
        #expect(try await daemon.library("books").state == "offline")
        #expect(try await daemon.records() == before)
        // Nothing of what happens elsewhere is the library's.
        try home.directory.write("away/Saga/4.cbz", comic(4))

        _ = try await daemon.told(of: "library.online") { try home.directory.rename("away", to: "library") }
        try await daemon.settle()
        let after = try await daemon.records()
        #expect(after.filter { $0.path != "Saga/4.cbz" } == before)
        #expect(after.map(\.path).last == "Saga/4.cbz")
        try await daemon.expectNothingLost(created: 4)
    }

    @Test func `32: a root that is made after the start is found within a second, and no other waits for it`()
        async throws
    {
        var home = try home()
        let late = home.directory.path.appending("late/books")
        home.configuration = DaemonFile(libraries: ["books": home.library, "late": late])
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        #expect(try await daemon.status().libraries.map(\.state) == ["online", "offline"])
        _ = try await daemon.told(of: "book.added", in: "books") {
            try home.directory.write("library/Saga/4.cbz", comic(4))
        }

        try home.directory.makeDirectory("prepared/books/S")
        try home.directory.write("prepared/books/S/1.cbz", comic(5))
        let told = try await daemon.told(of: "library.online", in: "late") {
            try home.directory.rename("prepared", to: "late")
        }
        #expect(told.delay < .seconds(1))
        try await daemon.settle()
        #expect(try await daemon.records().filter { $0.library == "late" }.map(\.state) == ["ready"])
        _ = try await daemon.told(of: "book.added", in: "late") {
            try home.directory.write("late/books/S/2.cbz", comic(6))
        }
    }
}

@Suite(
    "A disk that is mounted after the start is the library's from then on",
    .withMounts,
    .timeLimit(.minutes(2))
)
struct LateDiskTests {
    @Test func `32: a root that comes with its disk is found within a second`() async throws {
        let shelf = try await Shelf(.local, .rootIsGone)
        try await shelf.disk.unmount()
        let daemon = try await RunningDaemon(shelf.home)
        try await daemon.settle()
        #expect(try await daemon.library("books").state == "offline")
        let told = try await daemon.told(of: "library.online") { try await shelf.disk.mount() }
        #expect(told.delay < .seconds(1))
        try await expectBooks(daemon, shelf)
    }

    @Test func `32: a root that was empty when it was first seen has the books of the disk mounted on it`() async throws
    {
        let shelf = try await Shelf(.local, .rootIsMountPoint)
        try await shelf.disk.unmount()
        let daemon = try await RunningDaemon(shelf.home)
        try await daemon.settle()
        #expect(try await daemon.records().isEmpty)
        try await daemon.holds(
            at: "book.added",
            after: { try await shelf.disk.mount() },
            when: { try await daemon.records().count == Shelf.books.count }
        )
        try await expectBooks(daemon, shelf)
    }

    private func expectBooks(_ daemon: RunningDaemon, _ shelf: Shelf) async throws {
        try await daemon.settle()
        #expect(try await daemon.library("books").state == "online")
        #expect(try await daemon.records().map(\.path) == Shelf.books)
        _ = try await daemon.told(of: "book.added") { try await shelf.put("Saga/4.cbz", tint: 99) }
    }
}
