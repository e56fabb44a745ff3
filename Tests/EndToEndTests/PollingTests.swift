// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite("What the kernel does not tell is found by polling", .timeLimit(.minutes(2)))
struct PollingTests {
    @Test func `a library that is polled by wish is up to date without a single event`() async throws {
        var home = try RunningDaemon.Home()
        try home.directory.makeDirectory("library/Saga")
        home.configuration = DaemonFile(libraries: ["books": home.library], watch: "poll", pollInterval: "1s")
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        // They are counted at each look.
        try await daemon.flush { $0.watch.polled == 2 }
        let watch = try await daemon.library("books").watch
        #expect(watch.mode == "poll" && watch.polled == 2 && watch.directories == 0)
        try await expectPolled(
            daemon,
            adding: { try home.directory.write("library/Saga/1.cbz", BookBuilder.comic(pages: 2)) },
            removing: { try home.directory.remove("library/Saga/1.cbz") }
        )
    }

    @Test(.withMounts, .with(.bindfs))
    func `75: a change behind the back of bindfs is found`() async throws {
        let shelf = try await Shelf(.bindfs, .rootIsMountPoint)
        let daemon = try await shelf.start()
        #expect(try await daemon.library("books").watch.mode == "mixed")
        let hidden = shelf.disk.backing("Saga/4.cbz")
        try await expectPolled(
            daemon,
            // Such a FUSE program has no name in the table of mounts, and may be a server far away.
            probes: .seconds(15),
            adding: { try await shelf.mounts.put(BookBuilder.comic(pages: 4), at: hidden) },
            removing: { try await shelf.mounts.run("rm", hidden.string) }
        )
        // What goes through the mount is told by the kernel, as everywhere.
        _ = try await daemon.told(of: "book.added") { try await shelf.put("Saga/5.cbz", tint: 50) }
    }

    @Test(.withMounts, .with(.mergerfs))
    func `75: a change on the second branch of mergerfs is found, though no directory's time moved`() async throws {
        let shelf = try await Shelf(.mergerfs, .rootIsMountPoint)
        // The pool shows the directory of the first branch.
        try await shelf.mounts.run("mkdir", shelf.disk.backing("Saga", part: "two").string)
        let daemon = try await shelf.start()
        let hidden = shelf.disk.backing("Saga/4.cbz", part: "two")
        let before = try await shelf.mounts.run("stat", "--format=%y %z", shelf.root.appending("Saga").string)
        try await expectPolled(
            daemon,
            adding: { try await shelf.mounts.put(BookBuilder.comic(pages: 4), at: hidden) },
            removing: { try await shelf.mounts.run("rm", hidden.string) }
        )
        #expect(try await shelf.mounts.run("stat", "--format=%y %z", shelf.root.appending("Saga").string) == before)
    }

    /// Looks only at events: a flush would look at the disk by itself.
    ///
    /// A look comes each second or two, and what is gone is looked for twice; `probes` is how long a file is looked at.
    private func expectPolled(
        _ daemon: RunningDaemon,
        probes: Duration = .zero,
        adding: () async throws -> Void,
        removing: () async throws -> Void
    ) async throws {
        let count = try await daemon.records().count
        let added = try await daemon.told(of: "book.added", after: adding)
        #expect(added.delay < .seconds(10) + probes)
        #expect(try await daemon.records().count == count + 1)
        let missing = try await daemon.told(of: "book.missing", after: removing)
        #expect(missing.delay < .seconds(20))
        #expect(try await daemon.records().filter { $0.state == "missing" }.count == 1)
    }
}
