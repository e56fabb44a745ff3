// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryWatch
import Logging
import Support
import SystemPackage
import Testing

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
        #expect(try library.kernelWatches() < 6)
    }

    @Test func `what came and went is found by the next look, and an unchanged tree costs no listing`() async throws {
        #expect(try await sweep().isEmpty)
        try library.disk.write("library/a/x/2.cbz")
        try library.disk.makeDirectory("library/b")
        #expect(try await library.changes().isEmpty, "no event tells")
        #expect(try await sweep() == ["", "a/x"])
        #expect(library.watcher.figures().libraries[library.name]?.polled == 3)
    }

    @Test func `nothing is looked at before its time`() async throws {
        try library.disk.write("library/a/x/2.cbz")
        library.watcher.sweep(at: .now)
        _ = try await library.watcher.stamp(of: "", in: library.name)
        #expect(try await library.changes().isEmpty)
    }
}
