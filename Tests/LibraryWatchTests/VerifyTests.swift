// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryWatch
import Support
import SystemPackage
import Testing

@Suite("What happened while nobody watched is found by comparing, not by listing everything")
struct VerifyTests {
    private let disk: TemporaryDirectory
    private let tree: RememberedTree

    init() async throws {
        disk = try TemporaryDirectory()
        for directory in ["a/x", "a/y", "b"] { try disk.makeDirectory(FilePath("library/\(directory)")) }
        for book in ["a/1.cbz", "a/x/2.cbz", "b/3.cbz"] { try disk.write(FilePath("library/\(book)")) }
        tree = try await RememberedTree(of: WatchedLibrary(disk: disk))
    }

    /// A second life on the same disk, which has done with its catalog's tree what the daemon does at its start.
    private func restart() async throws -> WatchedLibrary {
        let library = try WatchedLibrary(disk: disk)
        tree.restore(to: library)
        #expect(await library.watcher.resync(library.name))
        return library
    }

    @Test func `an unchanged tree is watched to its last directory, and nothing of it is to be listed`() async throws {
        let library = try await restart()
        #expect(try await library.changes().isEmpty)
        #expect(try library.kernelWatches() == 5)
        #expect(await library.watcher.audit(library.name) { false })
        #expect(try await library.changes().isEmpty)
        for directory in ["", "a", "a/x", "a/y", "b"] {
            try disk.write(FilePath("library").appending(FilePath(directory).components).appending("new.cbz"))
        }
        #expect(Set(try await library.changes().keys) == ["", "a", "a/x", "a/y", "b"])
    }

    @Test func `books and directories that came, went or were renamed are found by their directories' stamps`()
        async throws
    {
        try disk.write("library/a/x/new.cbz")
        try disk.remove("library/b/3.cbz")
        let after = try await restart()
        #expect(Set(try await after.changes().keys) == ["a/x", "b"])
        try disk.rename("library/a/y", to: "library/z")
        #expect(Set(try await restart().changes().keys) == ["", "a", "a/x", "b"])
    }

    @Test func `a book written in place is found by the slow walk alone`() async throws {
        try disk.write("library/a/x/2.cbz", [1, 2, 3, 4])
        let library = try await restart()
        #expect(try await library.changes().isEmpty)
        #expect(await library.watcher.audit(library.name) { false })
        #expect(
            try await library.changes() == [
                "a/x": LibraryChange(library: library.name, directory: "a/x", kinds: .found)
            ]
        )
    }

    @Test func `a directory in which something is still to be done is listed anew`() async throws {
        let library = try WatchedLibrary(disk: disk)
        let load = library.watcher.restore(library.name)
        for var directory in tree.directories {
            if directory.name == FileName("b") { directory.stamp = nil }
            load(directory)
        }
        #expect(await library.watcher.resync(library.name))
        #expect(try await library.changes().keys.elementsEqual(["b"]))
    }

    @Test func `a library that nobody remembers is listed from its root on`() async throws {
        let library = try WatchedLibrary(disk: disk)
        #expect(await library.watcher.resync(library.name))
        #expect(try await library.changes().keys.elementsEqual([""]))
    }

    @Test func `a root that is not there is no change of anything, and back as it was`() async throws {
        let library = try await restart()
        try disk.rename("library", to: "away")
        #expect(await !library.watcher.resync(library.name))
        #expect(library.watcher.takeNews().changes.isEmpty)
        try disk.rename("away", to: "library")
        #expect(await library.watcher.resync(library.name))
        // A rename changes the directory's own times, and those of none below it.
        #expect(try await library.changes().keys.allSatisfy { $0 == "" })
        #expect(try library.kernelWatches() == 5)
    }

    @Test func `a tree on another file system with the same books is watched anew`() async throws {
        let library = try await restart()
        try disk.rename("library", to: "away")
        try disk.makeDirectory("library/a/x")
        try disk.write("library/a/x/2.cbz")
        #expect(await library.watcher.resync(library.name))
        let changes = try await library.changes()
        #expect(changes.keys.contains("") && changes.keys.contains("a/x"))
        try disk.write("away/a/x/late.cbz")
        try disk.write("library/a/x/new.cbz")
        #expect(try await library.changes().keys.contains("a/x"))
    }

    @Test(.enabled(if: getuid() != 0, "root may read everything"))
    func `a directory that may not be read is told once, and again when it may`() async throws {
        try disk.setMode("library/a", 0)
        let library = try await restart()
        #expect(try await library.changes().keys.contains("a"))
        #expect(library.watcher.figures().libraries[library.name]?.denied == 1)
        #expect(await library.watcher.resync(library.name))
        #expect(try await library.changes()["a"] == nil)
        try disk.setMode("library/a", 0o755)
        #expect(try await library.changes().keys.contains("a"))
    }

    @Test func `thousands of events that were dropped are made up for by one walk`() async throws {
        let library = try WatchedLibrary(isStarted: false, disk: disk)
        tree.restore(to: library)
        #expect(await library.watcher.resync(library.name))
        let limit = try #require(Int(try readFile("/proc/sys/fs/inotify/max_queued_events").split(separator: "\n")[0]))
        for number in 0...(limit / 2 + limit / 4) {
            try disk.rename(
                FilePath(number.isMultiple(of: 2) ? "library/b/3.cbz" : "library/b/4.cbz"),
                to: FilePath(number.isMultiple(of: 2) ? "library/b/4.cbz" : "library/b/3.cbz")
            )
        }
        try disk.write("library/a/y/lost.cbz")
        library.watcher.start()
        try await library.watcher.barrier()
        #expect(library.watcher.takeNews().hasOverflowed)
        #expect(await library.watcher.resync(library.name))
        #expect(try await library.changes().keys.contains("a/y"))
    }
}
