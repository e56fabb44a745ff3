// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryWatch
import Support
import SystemPackage
import Testing

@Suite("A directory that is written touches only the very files that are meant")
struct WritableDirectoryTests {
    private let disk: TemporaryDirectory
    private let directory: WritableDirectory
    private let draft = ConversionNames.draft(7)

    init() throws {
        disk = try TemporaryDirectory()
        try disk.write("1.cbr", Array("original".utf8))
        let descriptor = try FileDescriptor.open(disk.path, .readOnly)
        directory = WritableDirectory(adopting: descriptor.rawValue, at: disk.path)
    }

    private func text(_ path: FilePath) throws -> String { try readFile(disk.path.appending(path.components)) }

    private func isThere(_ path: FilePath) -> Bool { access(disk.path.appending(path.components).string, F_OK) == 0 }

    private func stamp(_ name: String) async throws -> FileStamp {
        try #require(try await directory.stamp(of: FileName(name)))
    }

    private func link(_ name: String, to target: String) {
        #expect(symlink(target, disk.path.appending(name).string) == 0)
    }

    @Test func `a draft is ours alone until it is dressed like the original`() async throws {
        let path = disk.path.appending("1.cbr").string
        #expect(chmod(path, 0o640) == 0)
        var times = [timeval(tv_sec: 1_000_000_000, tv_usec: 500), timeval(tv_sec: 1_100_000_000, tv_usec: 250)]
        #expect(utimes(path, &times) == 0)
        let file = try await directory.makeDraft(draft)
        var status = stat()
        #expect(fstat(file.descriptor.rawValue, &status) == 0 && status.st_mode & 0o7777 == 0o600)
        let original = try await directory.open(FileName("1.cbr"))
        #expect(try await directory.finish(file, like: original).isEmpty)
        #expect(fstat(file.descriptor.rawValue, &status) == 0 && status.st_mode & 0o7777 == 0o640)
        let made = try #require(try await directory.stamp(of: draft))
        #expect(made.modified == original.stamp.modified)
    }

    @Test func `a draft's name that is taken is an error, also where a link has it`() async throws {
        link(draft.text, to: "elsewhere")
        await #expect(throws: WritingFault.occupied(disk.path.appending(draft))) {
            try await directory.makeDraft(draft)
        }
        #expect(!isThere("elsewhere"))
    }

    @Test func `a rename gives a free name and never replaces`() async throws {
        try disk.write("1.cbz", Array("other".utf8))
        let stamp = try await stamp("1.cbr")
        await #expect(throws: WritingFault.occupied(disk.path.appending("1.cbz"))) {
            try await directory.rename(FileName("1.cbr"), stamp, to: FileName("1.cbz"))
        }
        #expect(try text("1.cbz") == "other" && text("1.cbr") == "original")
        try await directory.rename(FileName("1.cbr"), stamp, to: FileName("2.cbz"))
        #expect(try text("2.cbz") == "original" && !isThere("1.cbr"))
    }

    @Test func `a file that is not the one that was meant is left alone, whatever is asked`() async throws {
        let stamp = try await stamp("1.cbr")
        try disk.remove("1.cbr")
        try disk.write("1.cbr", Array("another one".utf8))
        let fault = WritingFault.changed(disk.path.appending("1.cbr"))
        let name = FileName("1.cbr")
        await #expect(throws: fault) { try await directory.rename(name, stamp, to: FileName("2.cbr")) }
        await #expect(throws: fault) { try await directory.putOnShelf(name, stamp, as: name) }
        await #expect(throws: fault) { try await directory.remove(name, stamp, onShelf: false) }
        #expect(try text("1.cbr") == "another one")
    }

    @Test func `what goes on the shelf comes back bit for bit, and the shelf goes with its last file`() async throws {
        let stamp = try await stamp("1.cbr")
        let name = FileName("1.cbr")
        try await directory.putOnShelf(name, stamp, as: name)
        #expect(try text(".stump-originals/1.cbr") == "original" && !isThere("1.cbr"))
        #expect(try await directory.stampOnShelf(of: name)?.isSameFile(as: stamp) == true)
        try await directory.takeFromShelf(name, stamp, as: name)
        #expect(try text("1.cbr") == "original" && !isThere(".stump-originals"))
        #expect(try await self.stamp("1.cbr").isSameFile(as: stamp))
    }

    @Test func `a shelf is as open as the directory that it is in`() async throws {
        #expect(chmod(disk.path.string, 0o750) == 0)
        try await directory.putOnShelf(FileName("1.cbr"), try await stamp("1.cbr"), as: FileName("1.cbr"))
        var status = stat()
        #expect(lstat(disk.path.appending(".stump-originals").string, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o750)
    }

    @Test func `a link in the shelf's place leads nowhere`() async throws {
        let elsewhere = try TemporaryDirectory()
        link(".stump-originals", to: elsewhere.path.string)
        let stamp = try await stamp("1.cbr")
        await #expect(throws: WritingFault.self) {
            try await directory.putOnShelf(FileName("1.cbr"), stamp, as: FileName("1.cbr"))
        }
        #expect(try text("1.cbr") == "original")
    }

    @Test func `a link is neither opened nor taken for a file`() async throws {
        link("2.cbr", to: "1.cbr")
        let fault = WritingFault.changed(disk.path.appending("2.cbr"))
        await #expect(throws: fault) { try await directory.open(FileName("2.cbr")) }
        await #expect(throws: fault) { try await directory.stamp(of: FileName("2.cbr")) }
    }

    @Test func `only drafts are discarded, and one that is gone is no error`() async throws {
        await #expect(throws: WritingFault.changed(disk.path.appending("1.cbr"))) {
            try await directory.discard(FileName("1.cbr"))
        }
        #expect(isThere("1.cbr"))
        _ = try await directory.makeDraft(draft)
        try await directory.discard(draft)
        #expect(!isThere(FilePath(draft.text)))
        try await directory.discard(draft)
    }

    @Test func `what is removed is gone, and twice is no error`() async throws {
        let stamp = try await stamp("1.cbr")
        try await directory.remove(FileName("1.cbr"), stamp, onShelf: false)
        #expect(!isThere("1.cbr"))
        try await directory.remove(FileName("1.cbr"), stamp, onShelf: false)
        try await directory.remove(FileName("1.cbr"), stamp, onShelf: true)
    }

    @Test func `it works where it was opened, though its path leads elsewhere by now`() async throws {
        try disk.makeDirectory("a")
        try disk.write("a/1.cbr", Array("inside".utf8))
        let descriptor = try FileDescriptor.open(disk.path.appending("a"), .readOnly)
        let inside = WritableDirectory(adopting: descriptor.rawValue, at: disk.path.appending("a"))
        try disk.rename("a", to: "b")
        try disk.makeDirectory("a")
        let stamp = try #require(try await inside.stamp(of: FileName("1.cbr")))
        try await inside.rename(FileName("1.cbr"), stamp, to: FileName("1.cbz"))
        #expect(try text("b/1.cbz") == "inside")
    }

    @Test func `there is room, less what has to stay free`() async throws {
        var space = statvfs()
        #expect(statvfs(disk.path.string, &space) == 0)
        let free = Int64(space.f_bavail) * Int64(space.f_frsize)
        let room = try await directory.room()
        #expect(room < free && room >= 0)
        #expect(await directory.isWritable())
    }
}

@Suite("Own changes are nobody's news")
struct OwnChangeTests {
    @Test func `a result that takes its name and an original that leaves are not told, and others are`() async throws {
        let library = try WatchedLibrary()
        for path in ["library/A/1.cbr", "library/A/2.cbr"] as [FilePath] {
            try library.disk.makeDirectory(path.removingLastComponent())
            try library.disk.write(path, Array("x".utf8))
        }
        try await library.listAll()
        _ = try await library.changes()
        let (draft, original) = (ConversionNames.draft(1), FileName("1.cbr"))
        let names = [original, FileName("1.cbz")]
        library.watcher.beginOwnChanges(to: names, in: "A", of: library.name)
        let directory = try await library.watcher.bookDirectory("A", of: library.name)
        let file = try await directory.makeDraft(draft)
        try file.descriptor.writeAll(Array("y".utf8))
        _ = try await directory.finish(file, like: try await directory.open(original))
        let made = try #require(try await directory.stamp(of: draft))
        try await directory.rename(draft, made, to: FileName("1.cbz"))
        let stamp = try #require(try await directory.stamp(of: original))
        try await directory.putOnShelf(original, stamp, as: original)
        await library.watcher.endOwnChanges(in: "A", of: library.name)
        #expect(try await library.changes().isEmpty)
        #expect(try await library.list("A").isBook("1.cbz"))
        try library.disk.remove("library/A/1.cbz")
        #expect(try await library.changes()["A"]?.removals.files == 1, "from now on everything counts")
        library.watcher.beginOwnChanges(to: names, in: "A", of: library.name)
        try library.disk.remove("library/A/2.cbr")
        #expect(try await library.changes()["A"]?.removals.files == 1)
        library.watcher.markChanged("A", of: library.name)
        #expect(try await library.changes()["A"]?.kinds.contains(.found) == true)
    }
}
