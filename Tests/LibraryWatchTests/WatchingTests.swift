// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryWatch
import Logging
import Support
import SystemPackage
import Testing

@Suite("No change goes unnoticed, and none costs more than it must")
struct WatchingTests {
    @Test func `a book moved in, and one written in place, have arrived`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.list()
        try library.disk.write("a.cbz")
        try library.disk.rename("a.cbz", to: "library/a.cbz")
        #expect(try await library.changes()[""]?.kinds == .fileArrived)
        try library.disk.write("library/b.cbz")
        #expect(try await library.changes()[""]?.kinds.contains(.fileArrived) == true)
        #expect(try await library.changes().isEmpty)
    }

    @Test func `a hard link is noticed, though nobody ever closes it`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.list()
        try library.disk.write("a.cbz")
        try library.disk.makeHardLink("library/a.cbz", to: "a.cbz")
        #expect(try await library.changes()[""]?.kinds == .fileCreated)
    }

    @Test func `a download is silent until it gets a book's name`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.list()
        for file in ["a.cbz.part", ".a.cbz.Xy12zz", "notes.txt"] { try library.disk.write(FilePath("library/\(file)")) }
        try library.disk.makeDirectory("library/.stfolder")
        try library.disk.remove("library/notes.txt")
        #expect(try await library.changes().isEmpty)
        try library.disk.rename("library/a.cbz.part", to: "library/a.cbz")
        #expect(try await library.changes()[""]?.kinds == .fileArrived)
    }

    @Test func `what describes books is noticed, written or gone, and is no deletion of a book`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.list()
        try library.disk.write("library/series.json")
        #expect(try await library.changes()[""]?.kinds == .other)
        try library.disk.write("library/a.opf")
        try library.disk.remove("library/a.opf")
        let change = try #require(try await library.changes()[""])
        #expect(change.kinds == .other && change.removals == Removals(files: 0, directories: 0))
    }

    @Test func `deletions are counted, of books and of directories`() async throws {
        let library = try WatchedLibrary()
        for book in ["a", "b", "c"] { try library.disk.write(FilePath("library/\(book).cbz")) }
        try library.disk.makeDirectory("library/d")
        try await library.listAll()
        try library.disk.remove("library/a.cbz")
        try library.disk.rename("library/b.cbz", to: "b.cbz")
        try library.disk.remove("library/d")
        let change = try #require(try await library.changes()[""])
        #expect(change.kinds == .removed)
        #expect(change.removals == Removals(files: 2, directories: 1))
    }

    @Test func `any number of deletions is one change`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.list()
        for number in 0..<300 {
            try library.disk.write(FilePath("library/\(number).cbz"))
            try library.disk.remove(FilePath("library/\(number).cbz"))
        }
        #expect(try await library.changes()[""]?.removals.files == 300)
    }

    @Test func `a chain of directories made at once is found and watched to its end`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.list()
        try library.disk.makeDirectory("library/1/2/3/4/5")
        try library.disk.write("library/1/2/3/4/5/a.cbz")
        let changes = try await library.changes()
        #expect(changes[""]?.kinds == .directoryAppeared)
        #expect(changes["1"]?.kinds == .everything)
        #expect(try await library.listAll("1")["1/2/3/4/5"]?.isBook("a.cbz") == true)
        try library.disk.write("library/1/2/3/4/5/b.cbz")
        #expect(try await library.changes().keys.elementsEqual(["1/2/3/4/5"]))
    }

    @Test func `what is written while a directory is listed is in the listing or comes as an event`() async throws {
        let disk = try TemporaryDirectory()
        try disk.makeDirectory("library")
        for number in 0..<1500 { try disk.write(FilePath("library/\(number).cbz")) }
        for round in 0..<15 {
            let library = try WatchedLibrary(disk: disk)
            async let listing = library.list()
            // Ever more work in between, so that some round meets the listing in its middle.
            for _ in 0..<(round * 16) { try disk.write("elsewhere") }
            try disk.write(FilePath("library/new\(round).cbz"))
            let isListed = try await listing.isBook("new\(round).cbz")
            let isNoticed = try await library.changes()[""] != nil
            #expect(isListed || isNoticed)
        }
    }

    @Test func `a directory renamed away and made again under its old name is noticed, as is the renamed one`()
        async throws
    {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/old/deep")
        for (path, listing) in try await library.listAll() {
            library.watcher.confirm(path, listing.stamp, listing.digest, of: library.name)
        }
        try library.disk.rename("library/old", to: "library/new")
        try library.disk.makeDirectory("library/old")
        let changes = try await library.changes()
        #expect(changes["old"]?.kinds == .everything)
        // It is the same directory with the same watches; only where it is is news.
        #expect(changes["new"]?.kinds == .other)
        #expect(changes["new/deep"] == nil)
        try await library.listAll("old")
        try await library.listAll("new")
        try library.disk.write("library/old/1.cbz")
        try library.disk.write("library/new/deep/2.cbz")
        #expect(Set(try await library.changes().keys) == ["old", "new/deep"])
        #expect(try library.kernelWatches() == 4)
    }

    @Test func `a directory removed and made again is noticed`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/d")
        try await library.listAll()
        try library.disk.remove("library/d")
        try library.disk.makeDirectory("library/d")
        let changes = try await library.changes()
        #expect(changes[""]?.removals == Removals(files: 0, directories: 1))
        #expect(changes["d"]?.kinds == .everything)
        try await library.listAll("d")
        try library.disk.write("library/d/a.cbz")
        #expect(try await library.changes().keys.elementsEqual(["d"]))
    }

    @Test func `a directory moved out of the library takes its watches along`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/d/e/f")
        try await library.listAll()
        #expect(try library.kernelWatches() == 4)
        try library.disk.rename("library/d", to: "d")
        #expect(try await library.changes()[""]?.removals == Removals(files: 0, directories: 1))
        #expect(try library.kernelWatches() == 1)
        #expect(library.watcher.figures().libraries[library.name]?.watched == 1)
        try library.disk.write("d/e/f/a.cbz")
        #expect(try await library.changes().isEmpty)
    }

    @Test func `a directory that is listed under a new name before its events are read is watched there`() async throws
    {
        let library = try WatchedLibrary(isStarted: false)
        try library.disk.makeDirectory("library/a/b")
        try await library.listAll()
        try library.disk.rename("library/a", to: "library/c")
        try library.disk.makeDirectory("library/a")
        try await library.listAll()
        library.watcher.start()
        let changes = try await library.changes()
        #expect(changes["a"]?.kinds == .everything)
        for directory in ["a", "c"] as [FilePath] { try await library.listAll(directory) }
        _ = try await library.changes()
        for file in ["a", "c", "c/b"] { try library.disk.write(FilePath("library/\(file)/1.cbz")) }
        #expect(Set(try await library.changes().keys) == ["a", "c", "c/b"])
        #expect(try library.kernelWatches() == 4)
    }

    @Test func `another directory in the root's place is listed anew with all below it`() async throws {
        let library = try WatchedLibrary()
        for root in ["library", "other"] { try library.disk.makeDirectory(FilePath("\(root)/d")) }
        try await library.listAll()
        try library.disk.rename("library", to: "before")
        try await library.watcher.barrier()
        #expect(library.watcher.takeNews().doubts == [library.name])
        try library.disk.rename("other", to: "library")
        try await library.listAll()
        #expect(try await library.changes()[""]?.kinds == .everything)
        try await library.listAll()
        try library.disk.write("library/d/a.cbz")
        #expect(try await library.changes().keys.elementsEqual(["d"]))
        #expect(try library.kernelWatches() == 2)
    }

    @Test func `when the kernel drops events that is told, and nobody waits for a lost cookie`()
        async throws
    {
        let library = try WatchedLibrary(isStarted: false)
        _ = try await library.list()
        let limit = try #require(Int(try readFile("/proc/sys/fs/inotify/max_queued_events").split(separator: "\n")[0]))
        // A quarter more than fits: while another test starts a program, that holds our files open for a moment, and a
        // close that comes late may be merged with the next.
        for number in 0...(limit + limit / 4) {
            try library.disk.write(FilePath(number.isMultiple(of: 2) ? "library/a.cbz" : "library/b.cbz"))
        }
        async let barrier: Void = library.watcher.barrier()
        library.watcher.start()
        try await barrier
        #expect(library.watcher.takeNews().hasOverflowed)
        #expect(library.watcher.figures().overflows >= 1)
        try library.disk.write("library/c.cbz")
        #expect(try await library.changes()[""]?.kinds.contains(.fileArrived) == true)
    }

    @Test func `fifty barriers at once all return`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.list()
        try await withThrowingTaskGroup { group in
            for number in 0..<50 {
                group.addTask {
                    try library.disk.write(FilePath("library/\(number).cbz"))
                    try await library.watcher.barrier()
                }
            }
            try await group.waitForAll()
        }
        #expect(library.watcher.takeNews().changes.count == 1)
    }

    @Test func `a stopped watcher ends its stream and refuses barriers`() async throws {
        let library = try WatchedLibrary()
        library.watcher.stop()
        for await _ in library.watcher.changes { Issue.record("nothing has changed") }
        await #expect(throws: WatchFault.stopped) { try await library.watcher.barrier() }
    }

    @Test func `a consumer is woken by a change`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.list()
        try library.disk.write("library/a.cbz")
        for await _ in library.watcher.changes
        where library.watcher.takeNews().changes.contains(where: { $0.directory == "" }) {
            break
        }
    }

    @Test func `listing and opening wake nobody`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/d")
        try library.disk.write("library/d/a.cbz")
        try await library.listAll()
        try await library.watcher.barrier()
        let before = library.watcher.figures()
        try await library.listAll()
        _ = await library.watcher.open([FileName("a.cbz")], in: "d", of: library.name)
        try await library.watcher.barrier()
        #expect(library.watcher.figures().events == before.events)
        #expect(library.watcher.takeNews().changes.isEmpty)
    }

    @Test func `a directory for barriers that is not there is a fault`() throws {
        let disk = try TemporaryDirectory()
        let fault = #expect(throws: WatchFault.self) {
            try LibraryWatcher(libraries: [], cookies: disk.path.appending("none"), logger: Logger(label: "test"))
        }
        #expect(fault?.code == "watch_cookies")
    }
}
