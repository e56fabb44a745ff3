// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// A library of six books on a disk that can be taken away, for a daemon in a namespace of its own.
final class Shelf {
    /// Where the library's root lies on the disk, and what is left there without the disk.
    enum Place: String, CaseIterable, Sendable {
        case rootIsMountPoint = "the root is the mount point"
        case rootIsGone = "the root is inside and nothing is beneath it"
        case rootIsEmpty = "the root is inside and an empty directory is beneath it"
    }

    /// What happens to a disk under a library's feet.
    enum Loss: String, Sendable {
        case mountedOver = "33: mounted over"
        case unmounted = "34: unmounted"
        case unboundWhileAlive = "35: bind mount unmounted, its disk alive"
        case unmountedLazily = "36: unmounted lazily, a file open"
        case serverKilled = "39: its server killed"
    }

    var home: RunningDaemon.Home
    let mounts: PrivateMounts
    let disk: Disk
    private let place: Place
    private var openFile: Int32?

    static let books = ["Low/1.cbz", "Low/2.cbz", "Low/3.cbz", "Saga/1.cbz", "Saga/2.cbz", "Saga/3.cbz"]

    init(_ kind: Disk.Kind, _ place: Place) async throws {
        home = try RunningDaemon.Home()
        mounts = try await PrivateMounts(beside: home.directory)
        home.mounts = mounts
        self.place = place
        try home.directory.makeDirectory("media")
        if place == .rootIsEmpty { try home.directory.makeDirectory("media/books") }
        let point = home.directory.path.appending("media")
        disk = try await Disk(kind, "shelf", at: point, of: home)
        // Of what happens behind the kernel's back, a daemon learns at its next look.
        let interval: String? = kind.isServed ? "1s" : nil
        home.configuration = DaemonFile(libraries: ["books": root], pollInterval: interval)
        try await disk.mount()
        for (number, book) in Shelf.books.enumerated() { try await put(book, tint: UInt8(number)) }
    }

    deinit {
        if let openFile { close(openFile) }
    }

    /// The library's root, as the daemon sees it.
    var root: FilePath { place == .rootIsMountPoint ? disk.point : disk.point.appending("books") }

    /// A daemon that has all the books; where it cannot tell whether they are still written, that takes it a while.
    func start() async throws -> RunningDaemon {
        let daemon = try await RunningDaemon(home)
        try await daemon.flush { $0.libraries.contains { $0.name == "books" && $0.counts.books == Shelf.books.count } }
        try await daemon.settle()
        return daemon
    }

    /// Puts a book on the disk, and makes the directories on the way to it.
    func put(_ book: String, tint: UInt8 = 0) async throws {
        try await mounts.put(BookBuilder.comic(pages: 2, tint: tint), at: root.pushing(FilePath(book)))
    }

    func lose(_ loss: Loss) async throws {
        switch loss {
        case .unmounted, .unboundWhileAlive: try await disk.unmount()
        case .unmountedLazily:
            let file = mounts.view(root.pushing("Saga/1.cbz"))
            openFile = file.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
            try #require(openFile != -1)
            try await disk.unmount(lazily: true)
        case .mountedOver:
            try await mounts.run("mount", "-t", "tmpfs", "cover", disk.point.string)
            if place == .rootIsEmpty { try await mounts.run("mkdir", root.string) }
        case .serverKilled: try await disk.killServer()
        }
    }

    /// Undoes a loss.
    func restore(_ loss: Loss) async throws {
        if let openFile { close(openFile) }
        openFile = nil
        if loss == .mountedOver {
            try await mounts.unmount(disk.point)
            return
        }
        // A dead mount may be looked at just now, and then it is busy.
        if loss == .serverKilled { try await mounts.run("umount", "--lazy", disk.point.string) }
        try await disk.mount()
    }
}
