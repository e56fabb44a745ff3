// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryWatch
import Logging
import Support
import SystemPackage
import Testing

@Suite("A listing tells all that a directory holds, or nothing")
struct ListingTests {
    @Test func `entries are told apart by kind`() async throws {
        let library = try WatchedLibrary()
        for file in ["Saga 01.CBZ", "cover.jpg", "b.cbz.part", ".hidden.cbz"] {
            try library.disk.write(FilePath("library/\(file)"))
        }
        for directory in ["Saga", "@eaDir"] { try library.disk.makeDirectory(FilePath("library/\(directory)")) }
        let listing = try await library.list()
        #expect(listing.isBook("Saga 01.CBZ"))
        #expect(listing.kind(of: "cover.jpg") == .other)
        #expect(listing.kind(of: "b.cbz.part") == .ignoredFile)
        #expect(listing.kind(of: ".hidden.cbz") == .ignoredFile)
        #expect(listing.kind(of: "Saga") == .directory)
        #expect(listing.kind(of: "@eaDir") == .ignoredDirectory)
        #expect(listing.entries.count == 6)
    }

    @Test func `a book has the same stamp when listed and when open`() async throws {
        let library = try WatchedLibrary()
        try library.disk.write("library/a.cbz", [1, 2, 3])
        guard case .book(.cbz, let stamp) = try await library.list().kind(of: "a.cbz") else {
            Issue.record("a.cbz is no book")
            return
        }
        let opened = await library.watcher.open([FileName("a.cbz")], in: "", of: library.name)
        let book = try opened[0].get()
        #expect(book.stamp == stamp)
        #expect(stamp.size == 3)
        var bytes: [UInt8] = [0, 0, 0, 0]
        #expect(try bytes.withUnsafeMutableBytes { try book.descriptor.read(into: $0) } == 3)
    }

    @Test func `a directory's stamp changes with its entries`() async throws {
        let library = try WatchedLibrary()
        let before = try await library.list().stamp
        #expect(try await library.list().stamp == before)
        try library.disk.write("library/a.cbz")
        let after = try await library.list().stamp
        #expect(after != before)
        #expect(after.inode == before.inode)
    }

    @Test(arguments: [[0x61, 0xFF, 0xFE], [0x61, 0x0A, 0x62], [0xC3], [0x20], [0x5C, 0x22]] as [[UInt8]])
    func `a name of any bytes is what it was`(_ bytes: [UInt8]) async throws {
        let library = try WatchedLibrary()
        let directory = FilePath(bytes: bytes)
        let book = FileName(bytes: bytes + Array(".cbz".utf8))
        let root = FilePath("library")
        try library.disk.makeDirectory(root.appending(directory.components))
        try await #expect(library.list().directories == [FileName(bytes: bytes)])
        _ = try await library.list(directory)
        try library.disk.write(root.appending(directory.components).appending(book))
        #expect(try await library.changes().keys.map(\.bytes) == [bytes])
        #expect(try await library.list(directory).entries.map(\.name) == [book])
        let opened = await library.watcher.open([book], in: directory, of: library.name)
        #expect(try opened.map { try $0.get().stamp.size } == [1])
    }

    @Test func `a path longer than PATH_MAX is listed, watched and opened`() async throws {
        let library = try WatchedLibrary()
        let name = String(repeating: "n", count: 250)
        let depths = 20
        let bottom = FilePath(root: nil, Array(repeating: FilePath.Component(name), count: depths).compactMap(\.self))
        #expect(bottom.length > PATH_MAX)
        let book = FilePath("library").appending(bottom.components).appending("a.cbz")
        try library.disk.makeDirectory(book.removingLastComponent())
        try await library.listAll()
        try library.disk.write(book)
        #expect(try await library.changes()[bottom]?.kinds == [.fileCreated, .fileArrived])
        #expect(try await library.list(bottom).isBook("a.cbz"))
        let opened = await library.watcher.open([FileName("a.cbz")], in: bottom, of: library.name)
        #expect(try opened.map { try $0.get().stamp.size } == [1])
        #expect(try library.kernelWatches() == depths + 1)
    }

    @Test func `a symbolic link to a file is a book, one to a directory or to nowhere is nothing`() async throws {
        let library = try WatchedLibrary()
        try library.disk.write("elsewhere.cbz", [1, 2])
        try library.disk.makeDirectory("library/real")
        try library.disk.makeSymbolicLink("library/linked.cbz", to: "../elsewhere.cbz")
        try library.disk.makeSymbolicLink("library/dangling.cbz", to: "nowhere.cbz")
        try library.disk.makeSymbolicLink("library/loop.cbz", to: "loop.cbz")
        try library.disk.makeSymbolicLink("library/directory", to: "real")
        try library.disk.makeSymbolicLink("library/directory.cbz", to: "real")
        let listing = try await library.list()
        guard case .book(.cbz, let stamp) = listing.kind(of: "linked.cbz") else {
            Issue.record("linked.cbz is no book")
            return
        }
        #expect(stamp.size == 2)
        for name in ["dangling.cbz", "loop.cbz", "directory", "directory.cbz"] {
            #expect(listing.kind(of: name) == .other, "\(name)")
        }
        let names = ["linked.cbz", "dangling.cbz", "directory.cbz"].map { FileName($0) }
        let opened = await library.watcher.open(names, in: "", of: library.name)
        #expect(try opened[0].get().stamp == stamp)
        let root = library.disk.path.appending("library")
        #expect(opened[1].fault == .absent(root.appending("dangling.cbz")))
        #expect(opened[2].fault == .wrongKind(root.appending("directory.cbz")))
    }

    @Test func `a pipe with a book's name neither blocks nor is a book`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makePipe("library/x.cbz")
        #expect(try await library.list().kind(of: "x.cbz") == .other)
        let opened = await library.watcher.open([FileName("x.cbz")], in: "", of: library.name)
        #expect(opened[0].fault == .wrongKind(library.disk.path.appending("library/x.cbz")))
    }

    @Test func `a directory that was exchanged for a link, a file or nothing is refused`() async throws {
        let library = try WatchedLibrary()
        let root = library.disk.path.appending("library")
        try library.disk.makeDirectory("outside/inner")
        try library.disk.makeSymbolicLink("library/link", to: "../outside")
        try library.disk.write("library/file")
        for path in ["link", "link/inner", "file", "..", "a/../.."] as [FilePath] {
            await #expect(throws: ListingFault.self, "\(path)") { try await library.list(path) }
        }
        await #expect(throws: ListingFault.wrongKind(root.appending("link"))) { try await library.list("link/inner") }
        await #expect(throws: ListingFault.absent(root.appending("gone"))) { try await library.list("gone/deeper") }
        #expect(try library.kernelWatches() == 0)
    }

    @Test(.enabled(if: getuid() != 0, "root may read everything"))
    func `a directory without rights is denied, and what may be read again is noticed`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/closed")
        try library.disk.setMode("library/closed", 0)
        #expect(try await library.list().directories == [FileName("closed")])
        let path = library.disk.path.appending("library/closed")
        await #expect(throws: ListingFault.denied(path)) { try await library.list("closed") }
        try library.disk.setMode("library/closed", 0o755)
        #expect(try await library.changes()["closed"]?.kinds == .everything)
        #expect(try await library.list("closed").entries.isEmpty)
    }

    @Test func `a root that is missing is offline while other libraries work`() async throws {
        let disk = try TemporaryDirectory()
        for directory in ["cookies", "present"] as [FilePath] { try disk.makeDirectory(directory) }
        try disk.makeSymbolicLink("linked", to: "present")
        try disk.write("file")
        let settings = try ["missing", "file", "linked"].map {
            LibrarySettings(name: try #require(LibraryName($0)), root: disk.path.appending($0))
        }
        let watcher = try LibraryWatcher(
            libraries: settings,
            cookies: disk.path.appending("cookies"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        watcher.start()
        defer { watcher.stop() }
        for library in settings[..<2] {
            let fault = await #expect(throws: ListingFault.self) { try await watcher.list("", of: library.name) }
            #expect(fault?.code == "root_offline")
            let opened = await watcher.open([FileName("a.cbz")], in: "", of: library.name)
            #expect(opened.map { $0.fault?.code } == ["root_offline"])
        }
        #expect(try await watcher.list("", of: settings[2].name).entries.isEmpty)
        try disk.write("present/a.cbz")
        try await watcher.barrier()
        #expect(watcher.takeNews().changes.map(\.library) == [settings[2].name])
    }

    @Test func `a library with watching off is listed and not watched`() async throws {
        let library = try WatchedLibrary(watch: .off)
        try library.disk.write("library/a.cbz")
        #expect(try await library.list().isBook("a.cbz"))
        try library.disk.write("library/b.cbz")
        #expect(try await library.changes().isEmpty)
        #expect(try library.kernelWatches() == 0)
    }
}

extension Result {
    fileprivate var fault: Failure? {
        if case .failure(let fault) = self { fault } else { nil }
    }
}
