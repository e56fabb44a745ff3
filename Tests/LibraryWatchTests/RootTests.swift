// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryWatch
import Logging
import Support
import SystemPackage
import Testing

@Suite("A root that comes, goes or is exchanged is noticed, whatever happens above it")
struct RootTests {
    private func doubts(_ library: WatchedLibrary) async throws -> Set<LibraryName> {
        try await library.watcher.barrier()
        return library.watcher.takeNews().doubts
    }

    @Test func `a root that is not there yet is noticed when it comes, level by level`() async throws {
        let library = try WatchedLibrary(root: "mnt/disk/comics")
        await #expect(throws: ListingFault.self) { try await library.watcher.volumes(of: library.name) }
        #expect(try await doubts(library).isEmpty)
        for directory in ["mnt", "mnt/disk"] {
            try library.disk.makeDirectory(FilePath(directory))
            #expect(try await doubts(library) == [library.name])
            await #expect(throws: ListingFault.self) { try await library.watcher.volumes(of: library.name) }
        }
        try library.disk.makeDirectory("mnt/disk/music")
        #expect(try await doubts(library).isEmpty, "another name is nobody's business")
        try library.disk.makeDirectory("mnt/disk/comics")
        #expect(try await doubts(library) == [library.name])
        #expect(try await library.watcher.volumes(of: library.name).first?.path == FilePath())
    }

    @Test func `a directory above the root that is renamed takes the root along`() async throws {
        let library = try WatchedLibrary(root: "mnt/comics")
        try library.disk.makeDirectory("mnt/comics/a")
        _ = try await library.watcher.volumes(of: library.name)
        try await library.listAll()
        _ = try await doubts(library)
        try library.disk.rename("mnt", to: "elsewhere")
        #expect(try await doubts(library) == [library.name])
        await #expect(throws: ListingFault.self) { try await library.watcher.volumes(of: library.name) }
        try library.disk.rename("elsewhere", to: "mnt")
        #expect(try await doubts(library) == [library.name])
        _ = try await library.watcher.volumes(of: library.name)
        #expect(await library.watcher.resync(library.name))
        try library.disk.write("mnt/comics/a/1.cbz")
        #expect(try await library.changes().keys.contains("a"))
    }

    @Test func `a root that is a link is noticed when the link is changed`() async throws {
        let library = try WatchedLibrary(root: "link")
        for target in ["one", "two"] { try library.disk.makeDirectory(FilePath(target)) }
        try library.disk.makeSymbolicLink("link", to: "one")
        _ = try await library.watcher.volumes(of: library.name)
        _ = try await doubts(library)
        try library.disk.makeSymbolicLink("new", to: "two")
        try library.disk.rename("new", to: "link")
        #expect(try await doubts(library) == [library.name])
        _ = try await library.watcher.volumes(of: library.name)
        try library.disk.rename("two", to: "three")
        #expect(try await doubts(library) == [library.name], "the way goes through the link")
    }

    @Test func `links that lead in a circle are no way to anywhere`() async throws {
        let library = try WatchedLibrary(root: "a")
        try library.disk.makeSymbolicLink("a", to: "b")
        try library.disk.makeSymbolicLink("b", to: "a")
        await #expect(throws: ListingFault.self) { try await library.watcher.volumes(of: library.name) }
    }

    @Test func `looking at the root again and again leaves no watch behind`() async throws {
        let library = try WatchedLibrary()
        _ = try await library.watcher.volumes(of: library.name)
        let watches = try library.kernelWatches()
        for _ in 0..<20 { _ = try await library.watcher.volumes(of: library.name) }
        #expect(try library.kernelWatches() == watches)
    }

    @Test func `a volume is told by its file system and where it is mounted`() async throws {
        let library = try WatchedLibrary()
        let root = try #require(try await library.watcher.volumes(of: library.name).first)
        #expect(!root.fileSystem.isEmpty && !root.mountPoint.isEmpty && root.blocks > 0)
        #expect(!root.isMountRoot)
        #expect(try await library.watcher.volumes(of: library.name).first == root)
    }

    @Test func `files are asked for their sizes without being opened`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/d")
        try library.disk.write("library/d/1.cbz", [1, 2, 3])
        let presences = await library.watcher.presence(of: ["d/1.cbz", "d/2.cbz", "e/1.cbz", "d"], in: library.name)
        let sizes = presences.map(\.size)
        #expect(sizes == [3, nil, nil, nil])
    }
}
