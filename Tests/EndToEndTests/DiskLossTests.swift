// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

/// One way in which a library can be without its disk.
struct DiskLoss: CustomTestStringConvertible, Sendable {
    let loss: Shelf.Loss
    let kind: Disk.Kind
    let place: Shelf.Place

    var testDescription: String { "\(loss.rawValue) (\(kind)), \(place.rawValue)" }

    /// How long the daemon may take to tell: of a dead server the kernel says nothing, and a look comes each second, or
    /// more rarely where looks have found nothing.
    var limit: Duration { loss == .serverKilled ? .seconds(5) : .seconds(1) }

    /// One of each way; all of them on all file systems where slow tests are asked for.
    static let all: [DiskLoss] = Needs.slowTests ? everywhere + elsewhere : brief

    private static let brief = [
        DiskLoss(loss: .mountedOver, kind: .local, place: .rootIsMountPoint),
        DiskLoss(loss: .unmounted, kind: .local, place: .rootIsEmpty),
        DiskLoss(loss: .unboundWhileAlive, kind: .bind, place: .rootIsMountPoint),
        DiskLoss(loss: .unmountedLazily, kind: .local, place: .rootIsGone),
        DiskLoss(loss: .serverKilled, kind: .bindfs, place: .rootIsMountPoint),
    ]

    private static let everywhere = Shelf.Place.allCases.flatMap { place in
        [
            DiskLoss(loss: .mountedOver, kind: .local, place: place),
            DiskLoss(loss: .unmounted, kind: .local, place: place),
            DiskLoss(loss: .unboundWhileAlive, kind: .bind, place: place),
            DiskLoss(loss: .unmountedLazily, kind: .local, place: place),
        ]
    }

    /// What differs by the file system only is tried in one place.
    private static let elsewhere = [
        DiskLoss(loss: .unmounted, kind: .xfs, place: .rootIsMountPoint),
        DiskLoss(loss: .unmounted, kind: .btrfs, place: .rootIsMountPoint),
        DiskLoss(loss: .unmounted, kind: .tmpfs, place: .rootIsMountPoint),
        DiskLoss(loss: .unmounted, kind: .overlay, place: .rootIsMountPoint),
        DiskLoss(loss: .unmounted, kind: .bindfs, place: .rootIsMountPoint),
        DiskLoss(loss: .unmounted, kind: .mergerfs, place: .rootIsMountPoint),
        // What is beneath a dead mount is not seen.
        DiskLoss(loss: .serverKilled, kind: .bindfs, place: .rootIsMountPoint),
        DiskLoss(loss: .serverKilled, kind: .bindfs, place: .rootIsGone),
        DiskLoss(loss: .serverKilled, kind: .mergerfs, place: .rootIsGone),
        DiskLoss(loss: .unmountedLazily, kind: .bind, place: .rootIsEmpty),
        DiskLoss(loss: .mountedOver, kind: .bind, place: .rootIsEmpty),
    ]
}

@Suite(
    "A library without its disk is offline, nothing of it is missing, and with its disk it is what it was",
    .withMounts,
    .serialized,
    .timeLimit(.minutes(2))
)
struct DiskLossTests {
    @Test(arguments: DiskLoss.all)
    func `33 to 36, 39: a disk lost while stumpd runs is told of at once`(_ loss: DiskLoss) async throws {
        let shelf = try await Shelf(loss.kind, loss.place)
        let daemon = try await shelf.start()
        let before = try await daemon.records()
        #expect(before.map(\.path) == Shelf.books && before.allSatisfy { $0.state == "ready" })

        let told = try await daemon.told(of: "library.offline") { try await shelf.lose(loss.loss) }
        #expect(told.delay < loss.limit)
        try await expectOffline(daemon, with: before)

        _ = try await daemon.told(of: "library.online") { try await shelf.restore(loss.loss) }
        try await expectReturn(of: before, to: daemon, shelf)
    }

    @Test(arguments: DiskLoss.all)
    func `33 to 36, 39: a disk lost while stumpd is stopped is found lost at the start`(_ loss: DiskLoss) async throws {
        let shelf = try await Shelf(loss.kind, loss.place)
        let first = try await shelf.start()
        let before = try await first.records()
        #expect(before.map(\.path) == Shelf.books && before.allSatisfy { $0.state == "ready" })
        #expect(await first.end(by: SIGTERM) == 0)
        try await shelf.lose(loss.loss)

        let daemon = try await RunningDaemon(shelf.home)
        try await expectOffline(daemon, with: before)
        _ = try await daemon.told(of: "library.online") { try await shelf.restore(loss.loss) }
        try await expectReturn(of: before, to: daemon, shelf)
    }

    private func expectOffline(_ daemon: RunningDaemon, with books: [BookRecord]) async throws {
        try await daemon.settle()
        let status = try await daemon.status()
        let library = try #require(status.libraries.first)
        #expect(status.state == "degraded")
        #expect(library.state == "offline")
        #expect(library.detail?.isEmpty == false)
        #expect(library.counts.missing == 0 && library.heldLosses == 0)
        #expect(try await daemon.records() == books)
    }

    /// The disk is back: nothing was lost or read anew, and what comes now is seen.
    private func expectReturn(of books: [BookRecord], to daemon: RunningDaemon, _ shelf: Shelf) async throws {
        try await daemon.settle()
        #expect(try await daemon.library("books").state == "online")
        #expect(try await daemon.records() == books)
        try await daemon.expectNothingLost(created: books.count)
        _ = try await daemon.told(of: "book.added") { try await shelf.put("Saga/4.cbz", tint: 99) }
        #expect(try await daemon.records().map(\.path) == Shelf.books + ["Saga/4.cbz"])
    }
}
