// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

/// A disk in the midst of a library, and how it is lost.
struct NestedLoss: CustomTestStringConvertible, Sendable {
    let kind: Disk.Kind

    /// Whether the directory that it was mounted on goes too.
    let takesDirectory: Bool

    var testDescription: String { "\(kind), \(takesDirectory ? "its directory removed" : "its directory left empty")" }

    static let all = (Needs.slowTests ? [Disk.Kind.local, .bind, .overlay] : [.local]).flatMap { kind in
        [false, true].map { NestedLoss(kind: kind, takesDirectory: $0) }
    }
}

@Suite(
    "A disk below a library's root takes nothing with it but its own books, and those are not missing",
    .withMounts,
    .serialized,
    .timeLimit(.minutes(2))
)
struct NestedDiskTests {
    private static let books = ["Here/1.cbz", "Here/2.cbz", "disk2/There/1.cbz", "disk2/There/2.cbz"]

    @Test(arguments: NestedLoss.all)
    func `37: a nested disk lost while stumpd runs makes the library suspect at once`(_ loss: NestedLoss) async throws {
        let (home, disk) = try await library(on: loss.kind)
        let daemon = try await start(home)
        let before = try await daemon.records()
        #expect(before.map(\.path) == NestedDiskTests.books)

        let told = try await daemon.told(of: "library.suspect") { try await lose(disk, loss, home) }
        #expect(told.delay < .seconds(1))
        try await expectSuspect(daemon, with: before)
        try await expectReturn(of: disk, loss, with: before, to: daemon)
    }

    @Test(arguments: NestedLoss.all)
    func `37: a nested disk lost while stumpd is stopped is found lost at the start`(_ loss: NestedLoss) async throws {
        let (home, disk) = try await library(on: loss.kind)
        let first = try await start(home)
        let before = try await first.records()
        #expect(before.map(\.path) == NestedDiskTests.books)
        #expect(await first.end(by: SIGTERM) == 0)
        try await lose(disk, loss, home)

        let daemon = try await RunningDaemon(home)
        try await expectSuspect(daemon, with: before)
        try await expectReturn(of: disk, loss, with: before, to: daemon)
    }

    @Test func `a book on a nested disk of this machine is read as soon as any other`() async throws {
        let (home, disk) = try await library(on: .local)
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        #expect(try await daemon.records().map(\.path) == NestedDiskTests.books)
        let mounts = try #require(home.mounts)
        try await mounts.put(BookBuilder.comic(pages: 2, tint: 70), at: disk.point.appending("There/3.cbz"))
        try await daemon.settle()
        #expect(try await daemon.records().count == NestedDiskTests.books.count + 1)
        #expect(try await daemon.library("books").watch.mode == "events")
    }

    /// A daemon that has all the books; where it cannot tell whether they are still written, that takes it a while.
    private func start(_ home: RunningDaemon.Home) async throws -> RunningDaemon {
        let daemon = try await RunningDaemon(home)
        try await daemon.flush { $0.libraries.first?.counts.books == NestedDiskTests.books.count }
        try await daemon.settle()
        return daemon
    }

    private func library(on kind: Disk.Kind) async throws -> (RunningDaemon.Home, Disk) {
        var home = try RunningDaemon.Home()
        let mounts = try await PrivateMounts(beside: home.directory)
        home.mounts = mounts
        try home.directory.makeDirectory("library/disk2")
        let disk = try await Disk(kind, "two", at: home.library.appending("disk2"), of: home)
        try await disk.mount()
        for (number, book) in NestedDiskTests.books.enumerated() {
            let comic = BookBuilder.comic(pages: 2, tint: UInt8(number))
            try await mounts.put(comic, at: home.library.pushing(FilePath(book)))
        }
        return (home, disk)
    }

    private func lose(_ disk: Disk, _ loss: NestedLoss, _ home: RunningDaemon.Home) async throws {
        try await disk.unmount()
        if loss.takesDirectory { try await home.mounts?.run("rmdir", disk.point.string) }
    }

    /// The rest of the library lives on while the disk is away.
    private func expectSuspect(_ daemon: RunningDaemon, with books: [BookRecord]) async throws {
        try await daemon.settle()
        let library = try await daemon.library("books")
        #expect(library.state == "suspect")
        #expect(library.detail?.contains("disk2") == true, "\(library.detail ?? "no detail")")
        #expect(library.counts.missing == 0 && library.heldLosses == 0)
        #expect(try await daemon.records() == books)
        try daemon.home.directory.write("library/Here/3.cbz", BookBuilder.comic(pages: 2, tint: 80))
        try await daemon.settle()
        #expect(try await daemon.records().count == books.count + 1)
    }

    private func expectReturn(
        of disk: Disk,
        _ loss: NestedLoss,
        with books: [BookRecord],
        to daemon: RunningDaemon
    ) async throws {
        let mounts = try #require(daemon.home.mounts)
        _ = try await daemon.told(of: "library.online") {
            if loss.takesDirectory { try await mounts.run("mkdir", disk.point.string) }
            try await disk.mount()
        }
        try await daemon.settle()
        #expect(try await daemon.library("books").state == "online")
        #expect(try await daemon.records().filter { $0.path != "Here/3.cbz" } == books)
        try await daemon.expectNothingLost(created: books.count + 1)
        _ = try await daemon.told(of: "book.added") {
            try await mounts.put(BookBuilder.comic(pages: 2, tint: 90), at: disk.point.appending("There/3.cbz"))
        }
    }
}
