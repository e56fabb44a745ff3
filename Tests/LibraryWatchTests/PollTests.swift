// SPDX-License-Identifier: MIT
import LibraryModel
import Logging
import Support
import SystemPackage
import Testing

@testable import LibraryWatch

@Suite("Where the kernel's word is not enough, directories are looked at", .timeLimit(.minutes(1)))
struct PollTests {
    private let library: WatchedLibrary

    init() async throws {
        library = try WatchedLibrary(watch: .poll)
        try library.disk.makeDirectory("library/a/x")
        try library.disk.write("library/a/x/1.cbz")
        _ = try await RememberedTree(of: library)
        _ = try await library.watcher.volumes(of: library.name)
    }

    /// Sweeps as if the interval were over, and returns when the sweep is.
    private func sweep() async throws -> Set<FilePath> {
        library.watcher.sweep(at: .now + .seconds(3600))
        // The sweep was put on the same lane before.
        _ = try await library.watcher.stamp(of: "", in: library.name)
        return Set(try await library.changes().keys)
    }

    @Test func `a polled library has no watches, and says so`() async throws {
        let figures = try #require(library.watcher.figures().libraries[library.name])
        #expect(figures.mode == .poll && figures.watched == 0)
        #expect(figures.reason?.contains("poll") == true)
        // Those on the way to the root, whose end has to be noticed.
        #expect(try library.kernelWatches() <= library.disk.path.components.count + 2)
    }

    @Test func `what came and went is found by the next look, and an unchanged tree costs no listing`() async throws {
        #expect(try await sweep().isEmpty)
        try library.disk.write("library/a/x/2.cbz")
        try library.disk.makeDirectory("library/b")
        #expect(try await library.changes().isEmpty, "no event tells")
        #expect(try await sweep() == ["", "a/x"])
        #expect(library.watcher.figures().libraries[library.name]?.polled == 3)
    }

    @Test func `a disk below an ignored directory has the directory above it listed once, and not at every look`() {
        var sweeps = Sweeps(interval: .seconds(300))
        let disk = Sweeps.Key(library: 0, mount: 7)
        let sights = [sweeps.isFirstSight(of: disk), sweeps.isFirstSight(of: disk)]
        sweeps.keep([7], of: 0)
        sweeps.keep([], of: 1)
        let still = sweeps.isFirstSight(of: disk)
        sweeps.keep([], of: 0)
        let again = sweeps.isFirstSight(of: disk)
        #expect(sights == [true, false])
        #expect(!still, "it is mounted still")
        #expect(again, "it was gone meanwhile")
    }

    @Test func `nothing is looked at before its time`() async throws {
        try library.disk.write("library/a/x/2.cbz")
        library.watcher.sweep(at: .now)
        _ = try await library.watcher.stamp(of: "", in: library.name)
        #expect(try await library.changes().isEmpty)
    }
}
