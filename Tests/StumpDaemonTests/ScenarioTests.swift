// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryStore
import LibraryWatch
import Support
import SystemPackage
import Testing

@testable import StumpDaemon

/// Numbered as the scenarios of the reference; those that need mounts or slow writers are tested on the real program.
@Suite("Whatever happens to a library, its index is what is on disk", .timeLimit(.minutes(5)))
struct ScenarioTests {
    private let disk: TemporaryDirectory
    private let daemon: LivingDaemon

    init() async throws {
        disk = try TemporaryDirectory()
        daemon = try await LivingDaemon(on: disk)
        try await daemon.settle()
    }

    private func write(_ paths: String..., pages: Int = 1) throws {
        for path in paths {
            let file = FilePath("library/\(path)")
            try disk.makeDirectory(file.removingLastComponent())
            // Of another content each, so that none is taken for another.
            try disk.write(file, BookBuilder.comic(pages: pages, width: 8, height: 8, tint: UInt8(path.utf8.count)))
        }
    }

    private func rename(_ old: String, to new: String) throws {
        try disk.rename(FilePath("library/\(old)"), to: FilePath("library/\(new)"))
    }

    private func remove(_ path: String) throws { try disk.remove(FilePath("library/\(path)")) }

    /// The ids of the books that are there, by their paths.
    private func ids() async throws -> [String: Int64] {
        try await daemon.settle()
        return try await daemon.entries().filter { $0.state != .missing }
            .reduce(into: [:]) { $0[$1.path.string] = $1.id }
    }

    private func missing() async throws -> Set<String> {
        Set(try await daemon.entries().filter { $0.state == .missing }.map(\.path.string))
    }

    private func watches() -> Int { daemon.state.watcher.figures().watches }

    // MARK: Creation

    @Test func `1: a book in a nested directory comes and goes`() async throws {
        try write("sub/dir/1.cbz")
        #expect(try await ids().keys.elementsEqual(["sub/dir/1.cbz"]))
        try remove("sub/dir/1.cbz")
        #expect(try await ids().isEmpty)
        #expect(try await missing() == ["sub/dir/1.cbz"])
        await daemon.end()
    }

    @Test func `2: a new directory's book that is made, removed and made again is there once, as it is last`()
        async throws
    {
        try write("new/1.cbz")
        try remove("new/1.cbz")
        try write("new/1.cbz", pages: 2)
        try write("new/1.cbz", pages: 3)
        #expect(try await ids().count == 1)
        #expect(try await daemon.entries().map(\.pages) == [3])
        await daemon.end()
    }

    @Test func `3: a hundred chains of ten directories made at once are found to their ends`() async throws {
        for chain in 0..<100 {
            try write((["\(chain)"] + (1...9).map { "\($0)" }).joined(separator: "/") + "/1.cbz")
        }
        #expect(try await ids().count == 100)
        #expect(watches() == 1 + 100 * 10)
        await daemon.end()
    }

    @Test func `5, 23, 72: two thousand books that two programs rename without pause are each there once`() async throws
    {
        try disk.makeDirectory("library/a")
        try disk.makeDirectory("library/b")
        let book = BookBuilder.comic(pages: 1, width: 8, height: 8)
        await withTaskGroup(of: Void.self) { group in
            for side in ["a", "b"] {
                group.addTask {
                    for number in 0..<1000 {
                        try? disk.write(FilePath("library/\(side)/\(number).part"), book)
                        try? disk.rename(
                            FilePath("library/\(side)/\(number).part"),
                            to: FilePath("library/\(side == "a" ? "b" : "a")/\(side)\(number).cbz")
                        )
                    }
                }
            }
        }
        #expect(try await ids().count == 2000)
        let jobs = try await daemon.state.store.jobs(LibraryStore.JobFilter(limit: 500))
        #expect(jobs.count < 200, "\(jobs.count) jobs for 2,000 books")
        #expect(jobs.allSatisfy { !$0.scope.isWholeLibrary })
        await daemon.end()
    }

    @Test func `73: what is made and removed before anybody looks is told to nobody`() async throws {
        let before = try await daemon.events().last ?? 0
        try write("1.cbz")
        try remove("1.cbz")
        #expect(try await ids().isEmpty)
        #expect(try await daemon.eventTypes(after: before).filter { "\($0)".hasPrefix("book") }.isEmpty)
        await daemon.end()
    }

    // MARK: Renames

    @Test func `9, 11: a directory renamed twice keeps the ids of all below it, and its watches`() async throws {
        try write("sub/dir/1.cbz", "sub/2.cbz", "sub/dir/deep/3.cbz")
        let before = try await ids()
        try rename("sub", to: "sub2")
        try rename("sub2", to: "sub3")
        let after = try await ids()
        #expect(
            after == [
                "sub3/dir/1.cbz": before["sub/dir/1.cbz"], "sub3/2.cbz": before["sub/2.cbz"],
                "sub3/dir/deep/3.cbz": before["sub/dir/deep/3.cbz"],
            ]
        )
        #expect(try await missing().isEmpty)
        #expect(watches() == 4)
        try write("sub3/dir/deep/4.cbz")
        #expect(try await ids().keys.contains("sub3/dir/deep/4.cbz"))
        await daemon.end()
    }

    @Test func `12, 13: directories that are moved through each other end where they are`() async throws {
        try write("a/1.cbz", "d1/2.cbz", "d2/3.cbz", "x/y/4.cbz")
        let before = try await ids()
        try rename("d1", to: "d2/d1")
        try rename("d2/d1", to: "d1")
        try rename("a", to: "d1/a")
        try rename("x/y", to: "y")
        try rename("d1", to: "x/d1")
        try rename("x", to: "z")
        let after = try await ids()
        #expect(
            after == [
                "z/d1/a/1.cbz": before["a/1.cbz"], "z/d1/2.cbz": before["d1/2.cbz"], "d2/3.cbz": before["d2/3.cbz"],
                "y/4.cbz": before["x/y/4.cbz"],
            ]
        )
        #expect(try await missing().isEmpty)
        await daemon.end()
    }

    @Test func `14: a directory replaced by a link to itself is there once, where it went`() async throws {
        try write("foo/1.cbz")
        let before = try await ids()
        try rename("foo", to: "bar")
        try disk.makeSymbolicLink("library/foo", to: "bar")
        #expect(try await ids() == ["bar/1.cbz": before["foo/1.cbz"]])
        await daemon.end()
    }

    @Test func `15: directories that change places in two renames take their ids along`() async throws {
        try write("dir/1.cbz", "alt/2.cbz")
        let before = try await ids()
        try rename("dir", to: "bye")
        try rename("alt", to: "dir")
        #expect(try await ids() == ["bye/1.cbz": before["dir/1.cbz"], "dir/2.cbz": before["alt/2.cbz"]])
        await daemon.end()
    }

    @Test func `16: a book and a directory that are exchanged in one step are both right`() async throws {
        try write("a.cbz", "b/1.cbz")
        let before = try await ids()
        try disk.exchange("library/a.cbz", with: "library/b")
        try await daemon.settle()
        #expect(try await ids() == ["a.cbz/1.cbz": before["b/1.cbz"]])
        try disk.exchange("library/a.cbz", with: "library/b")
        #expect(try await ids() == before)
        await daemon.end()
    }

    @Test func `16: two directories that are exchanged in one step take their ids along`() async throws {
        try write("a/1.cbz", "a/x/2.cbz", "b/1.cbz")
        let before = try await ids()
        try disk.exchange("library/a", with: "library/b")
        #expect(
            try await ids() == [
                "b/1.cbz": before["a/1.cbz"], "b/x/2.cbz": before["a/x/2.cbz"], "a/1.cbz": before["b/1.cbz"],
            ]
        )
        await daemon.end()
    }

    @Test func `17: a book renamed over another is that other, changed`() async throws {
        try write("old.cbz")
        try write("new.cbz", pages: 2)
        let before = try await ids()
        try rename("new.cbz", to: "old.cbz")
        #expect(try await ids() == ["old.cbz": before["old.cbz"]])
        #expect(try await daemon.entries().first { $0.state != .missing }?.pages == 2)
        await daemon.end()
    }

    @Test func `19, 20, 21: a directory that leaves is missing, and all of it back with its ids`() async throws {
        try write("d/1.cbz", "d/e/2.cbz")
        let before = try await ids()
        try disk.rename("library/d", to: "outside")
        #expect(try await ids().isEmpty)
        #expect(watches() == 1)
        try disk.write("outside/e/3.cbz", BookBuilder.comic(pages: 1))
        try disk.rename("outside", to: "library/d")
        let after = try await ids()
        #expect(after.count == 3 && before.allSatisfy { after[$0.key] == $0.value })
        #expect(watches() == 3)
        await daemon.end()
    }

    @Test func `29: what was moved out of a directory before that was removed has no watch left`() async throws {
        try write("a/b/1.cbz")
        _ = try await ids()
        try disk.rename("library/a/b", to: "out")
        try remove("a")
        #expect(try await ids().isEmpty)
        #expect(watches() == 1)
        await daemon.end()
    }

    // MARK: Deletions

    @Test func `25, 43: a hundred books removed with their directories are missing at once, and nobody is asked`()
        async throws
    {
        for series in 0..<10 {
            for number in 0..<10 { try write("S\(series)/\(number).cbz") }
        }
        #expect(try await ids().count == 100)
        for series in 0..<10 { try remove("S\(series)") }
        try #require(await daemon.state.intake.flush(within: .seconds(7200)))
        #expect(try await missing().count == 100)
        #expect(try await daemon.state.store.figures(of: daemon.library.name).heldLosses == 0)
        #expect(watches() == 1)
        await daemon.end()
    }

    @Test func `74: a book deleted and written again under its name is the same book, changed`() async throws {
        try write("1.cbz")
        let before = try await ids()
        try remove("1.cbz")
        try write("1.cbz", pages: 4)
        #expect(try await ids() == before)
        #expect(try await daemon.entries().map(\.pages) == [4])
        await daemon.end()
    }

    // MARK: Names and links

    @Test func `52: names of any bytes are each a book of their own`() async throws {
        let names: [[UInt8]] = [
            [0xFF, 0xFE], Array("two\nlines".utf8), Array("é".utf8), Array("e\u{301}".utf8), Array("📚".utf8),
            Array(repeating: UInt8(ascii: "x"), count: 251),
        ]
        for name in names {
            try disk.write(
                FilePath("library").appending(FileName(bytes: name + Array(".cbz".utf8))),
                BookBuilder.comic(pages: 1, width: 8, height: 8)
            )
        }
        try await daemon.settle()
        #expect(Set(try await daemon.entries().map { $0.path.bytes.dropLast(4) }) == Set(names.map { $0[...] }))
        await daemon.end()
    }

    @Test func `54: links to directories are not entered, and links in circles and to nothing are no books`()
        async throws
    {
        try write("d/1.cbz")
        for (link, target) in [("loop", "."), ("dir", "d"), ("a.cbz", "b.cbz"), ("b.cbz", "a.cbz"), ("c.cbz", "none")] {
            try disk.makeSymbolicLink(FilePath("library/\(link)"), to: FilePath(target))
        }
        try disk.makeSymbolicLink("library/book.cbz", to: "d/1.cbz")
        #expect(Set(try await ids().keys) == ["d/1.cbz", "book.cbz"])
        #expect(watches() == 2)
        await daemon.end()
    }

    // MARK: Times

    @Test func `67, 68: a book changed with its old time, or by an older one, is read again`() async throws {
        try write("1.cbz", "2.cbz")
        let before = try await ids()
        let old = try #require(try await daemon.entries().first).modified
        try write("1.cbz", pages: 2)
        try disk.setModified("library/1.cbz", old)
        try write("2.cbz", pages: 3)
        try disk.setModified("library/2.cbz", Timestamp(nanoseconds: old.nanoseconds - 86_400_000_000_000))
        #expect(try await ids() == before)
        #expect(try await daemon.entries().map(\.pages) == [2, 3])
        await daemon.end()
    }

    @Test(arguments: [0, 4_291_747_200] as [Int64])
    func `83: a book of 1970 or of 2106 is read as soon as any other`(_ seconds: Int64) async throws {
        try write("1.cbz")
        try disk.setModified("library/1.cbz", Timestamp(seconds: seconds, nanoseconds: 0))
        #expect(try await ids().count == 1)
        #expect(try await daemon.entries().map(\.state) == [.ready])
        await daemon.end()
    }

    // MARK: Restarts

    @Test func `78: a start on an unchanged library asks for no job`() async throws {
        for series in 0..<20 { try write("S\(series)/1.cbz") }
        _ = try await ids()
        // What was listed within a tick of its change is listed once more, to be sure.
        try await daemon.restUntilSettled()
        let before = try await daemon.state.store.jobs(LibraryStore.JobFilter()).count
        await daemon.end()
        let second = try await LivingDaemon(on: disk)
        try await second.settle()
        #expect(try await second.state.store.jobs(LibraryStore.JobFilter()).count == before)
        #expect(second.state.watcher.figures().watches == 21)
        await second.end()
    }

    @Test func `79, 80: what was added, removed, renamed and edited while it was down is found, and renames keep ids`()
        async throws
    {
        try write("gone/1.cbz", "moved/2.cbz", "moved/deep/3.cbz", "edited/4.cbz", "reused/5.cbz")
        let before = try await ids()
        await daemon.end()
        try remove("gone/1.cbz")
        try rename("moved", to: "there")
        try write("edited/4.cbz", pages: 7)
        try write("added/6.cbz")
        // Its inode number may be given to the next file at once; that is no move.
        try remove("reused/5.cbz")
        try write("reused/7.cbz", pages: 3)
        let second = try await LivingDaemon(on: disk)
        try await second.settle()
        let after = try await second.entries().filter { $0.state != .missing }
        let ids = after.reduce(into: [String: Int64]()) { $0[$1.path.string] = $1.id }
        #expect(
            Set(ids.keys) == ["there/2.cbz", "there/deep/3.cbz", "edited/4.cbz", "added/6.cbz", "reused/7.cbz"]
        )
        #expect(ids["there/2.cbz"] == before["moved/2.cbz"] && ids["there/deep/3.cbz"] == before["moved/deep/3.cbz"])
        #expect(after.first { $0.path == "edited/4.cbz" }?.pages == 7)
        #expect(ids["reused/7.cbz"] != before["reused/5.cbz"])
        await second.end()
    }
}
