// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryWatch

@Suite("Events mark directories, in whatever order they come")
struct WatchStateTests {
    private let library: LibraryName
    private let now = ContinuousClock.now
    private var state: WatchState

    init() throws {
        library = try #require(LibraryName("comics"))
        state = WatchState(libraries: [library])
        for (number, path) in ["", "a", "b", "a/x"].enumerated() {
            #expect(state.watch(FilePath(path), of: 0, by: .by(.init(number: Int32(number + 1)))).isEmpty)
        }
    }

    @Test mutating func `a library that is retired ends its watches, and nobody hears of it any more`() throws {
        let other = try #require(LibraryName("manga"))
        #expect(state.add(other) == 1)
        #expect(state.watch("c", of: 1, by: .by(.init(number: 9))).isEmpty)
        let walkedThrough = state.tree.root(of: 0)
        let ended = Set(state.retire(0).map(\.number))
        #expect(ended == [1, 2, 3, 4])
        #expect(state.isRetired(0) && !state.tree.isAlive(walkedThrough))
        #expect(state.table.count(of: 0).watched == 0 && state.table.count(of: 1).watched == 1)
        absorb(2, IN_CREATE, "late.cbz")
        state.doubt(0)
        #expect(state.watch("a", of: 0, by: .by(.init(number: 10))).isEmpty)
        let news = state.takeNews()
        #expect(news.changes.isEmpty && news.doubts.isEmpty)
        absorb(9, IN_CREATE, "new.cbz")
        #expect(state.takeNews().changes.map(\.library) == [other])
        #expect(state.add(library) == 2)
        #expect(state.watch("a", of: 2, by: .by(.init(number: 11))).isEmpty)
        absorb(11, IN_CREATE, "new.cbz")
        #expect(state.takeNews().changes.map(\.library) == [library])
    }

    @discardableResult
    private mutating func absorb(_ watch: Int32, _ mask: Int32, _ name: String? = nil, cookie: UInt32 = 0) -> [Int32] {
        let event = KernelEvent(
            watch: .init(number: watch),
            mask: UInt32(bitPattern: mask),
            cookie: cookie,
            name: name.map { FileName($0) }
        )
        return state.absorb(event, at: now).map(\.number)
    }

    private mutating func changes() -> [FilePath: LibraryChange.Kinds] {
        Dictionary(uniqueKeysWithValues: state.takeNews().changes.map { ($0.directory, $0.kinds) })
    }

    private mutating func watch(_ path: FilePath, by number: Int32) -> [Int32] {
        state.watch(path, of: 0, by: .by(.init(number: number))).map(\.number)
    }

    private mutating func remember(_ listing: Listing, at path: FilePath) -> WatchState.Remembrance {
        state.remember(listing, at: path, of: 0, since: state.handOvers)
    }

    /// Lists everything there is.
    private mutating func see() {
        for (path, names) in [("", ["a", "b"]), ("a", ["x"]), ("b", []), ("a/x", [])] {
            let entries = names.map { Listing.Entry(name: FileName($0), kind: .directory) }
            let listing = Listing(stamp: listing().stamp, entries: entries)
            _ = remember(listing, at: FilePath(path))
            state.confirm(.init(stamp: listing.stamp, digest: listing.digest), at: FilePath(path), of: 0)
        }
    }

    private func listing(_ directories: String...) -> Listing {
        let stamp = DirectoryStamp(
            device: 1,
            inode: 1,
            born: nil,
            modified: Timestamp(nanoseconds: 1),
            changed: Timestamp(nanoseconds: 1)
        )
        return Listing(stamp: stamp, entries: directories.map { Listing.Entry(name: FileName($0), kind: .directory) })
    }

    // MARK: Renames

    @Test mutating func `two directories that exchange names keep their watches`() {
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 1)
        absorb(1, IN_MOVED_TO | IN_ISDIR, "b", cookie: 1)
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "b", cookie: 2)
        absorb(1, IN_MOVED_TO | IN_ISDIR, "a", cookie: 2)
        // The second half has moved away what the first had brought, so one of them is found by listing.
        let after = changes()
        #expect(after[""] == [.removed, .directoryAppeared])
        #expect(after["a"] != nil)
    }

    @Test mutating func `a renamed directory is one changed parent, whatever is below it`() {
        see()
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 7)
        #expect(absorb(3, IN_MOVED_TO | IN_ISDIR, "c", cookie: 7).isEmpty)
        #expect(changes() == ["": .removed, "b": .directoryAppeared, "b/c": .other])
        absorb(4, IN_CLOSE_WRITE, "deep.cbz")
        #expect(changes() == ["b/c/x": .fileArrived])
        #expect(state.table.count == 4)
    }

    @Test mutating func `a rename whose halves come in two reads is still one`() {
        see()
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 7)
        #expect(changes() == ["": .removed])
        absorb(4, IN_CLOSE_WRITE, "on-the-way.cbz")
        #expect(changes().isEmpty, "it hangs nowhere")
        absorb(1, IN_MOVED_TO | IN_ISDIR, "c", cookie: 7)
        #expect(changes() == ["": .directoryAppeared, "c": .other, "c/x": .fileArrived])
    }

    @Test mutating func `interleaved renames are told apart by their cookies`() {
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 1)
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "b", cookie: 2)
        absorb(1, IN_MOVED_TO | IN_ISDIR, "b2", cookie: 2)
        absorb(1, IN_MOVED_TO | IN_ISDIR, "a2", cookie: 1)
        _ = changes()
        absorb(2, IN_CLOSE_WRITE, "1.cbz")
        absorb(3, IN_CLOSE_WRITE, "1.cbz")
        #expect(changes() == ["a2": .fileArrived, "b2": .fileArrived])
    }

    @Test
    mutating func `a directory that is moved away and does not arrive ends its watches, after a while or a barrier`() {
        #expect(absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 7).isEmpty)
        #expect(state.deadline == now + Limbo.patience)
        #expect(state.expireLimbo(at: now).isEmpty)
        #expect(Set(state.expireLimbo(at: now + Limbo.patience).map(\.number)) == [2, 4])
        #expect(state.deadline == nil)
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "b", cookie: 8)
        #expect(state.expireLimbo(at: nil).map(\.number) == [3])
    }

    @Test mutating func `a directory renamed over an empty one takes its place`() {
        absorb(3, IN_DELETE_SELF)
        absorb(3, IN_IGNORED)
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 7)
        #expect(absorb(1, IN_MOVED_TO | IN_ISDIR, "b", cookie: 7).isEmpty)
        _ = changes()
        absorb(2, IN_CLOSE_WRITE, "1.cbz")
        absorb(4, IN_CLOSE_WRITE, "2.cbz")
        #expect(changes() == ["b": .fileArrived, "b/x": .fileArrived])
        #expect(state.table.count == 3)
    }

    @Test mutating func `a directory that was listed at its new path before the news of its move is there once`() {
        #expect(watch("c", by: 2).isEmpty)
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 7)
        #expect(absorb(1, IN_MOVED_TO | IN_ISDIR, "c", cookie: 7) == [4])
        #expect(changes()["c"] == .everything)
        absorb(2, IN_CLOSE_WRITE, "1.cbz")
        #expect(changes() == ["c": .fileArrived])
    }

    @Test mutating func `names that begin alike have nothing to do with each other`() {
        _ = watch("ab", by: 9)
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 7)
        absorb(1, IN_MOVED_TO | IN_ISDIR, "x", cookie: 7)
        _ = changes()
        absorb(9, IN_CLOSE_WRITE, "1.cbz")
        #expect(changes() == ["ab": .fileArrived])
    }

    // MARK: Deletions

    @Test mutating func `what was seen to go below a deleted directory is not forgotten with it`() {
        for name in ["1.cbz", "2.cbz"] { absorb(4, IN_DELETE, name) }
        absorb(4, IN_IGNORED)
        absorb(2, IN_DELETE | IN_ISDIR, "x")
        absorb(2, IN_IGNORED)
        absorb(1, IN_DELETE | IN_ISDIR, "a")
        let news = state.takeNews().changes
        #expect(news.map(\.directory) == [""])
        #expect(news.first?.removals == Removals(files: 2, directories: 2))
        #expect(state.table.count == 2)
    }

    @Test mutating func `a directory made and deleted before anybody looks is not listed`() {
        absorb(1, IN_CREATE | IN_ISDIR, "new")
        absorb(1, IN_DELETE | IN_ISDIR, "new")
        #expect(changes() == ["": [.removed, .directoryAppeared]])
    }

    @Test mutating func `very many new directories are listed by listing all below their parent`() {
        for number in 0..<1000 { absorb(2, IN_CREATE | IN_ISDIR, "\(number)") }
        #expect(changes() == ["a": [.directoryAppeared, .everything]])
    }

    @Test mutating func `a dropped directory takes its marks along, and its place in memory is used again`() {
        for number in 0..<1000 {
            _ = watch(FilePath("a/x/\(number)"), by: Int32(100 + number))
            absorb(Int32(100 + number), IN_CLOSE_WRITE, "a.cbz")
            #expect(state.drop(FilePath("a/x/\(number)"), of: 0).count == 1)
        }
        #expect(changes().isEmpty)
        #expect(state.table.count == 4)
        #expect(state.tree.count == 4)
    }

    // MARK: Watches

    @Test mutating func `a watch that has been ended is never looked up again`() {
        absorb(1, IN_DELETE | IN_ISDIR, "a")
        _ = state.takeNews()
        absorb(4, IN_CLOSE_WRITE, "late.cbz")
        absorb(4, IN_IGNORED)
        #expect(changes().isEmpty)
    }

    @Test mutating func `another directory of the same name is listed with everything below it`() {
        #expect(watch("a", by: 9) == [2])
        #expect(changes() == ["a": .everything])
    }

    @Test mutating func `a directory at two paths has one watch, which ends with the last of them`() {
        #expect(watch("b/y", by: 4).isEmpty)
        absorb(4, IN_CLOSE_WRITE, "a.cbz")
        #expect(changes() == ["a/x": .fileArrived, "b/y": .fileArrived])
        #expect(state.drop("a/x", of: 0).isEmpty)
        absorb(4, IN_CLOSE_WRITE, "a.cbz")
        #expect(changes() == ["b/y": .fileArrived])
        #expect(state.drop("b/y", of: 0).map(\.number) == [4])
    }

    @Test mutating func `a listing drops directories that it did not find`() {
        #expect(remember(listing("b"), at: "").ended.map(\.number).sorted() == [2, 4])
        #expect(state.table.count == 2)
    }

    @Test mutating func `a listing tells of directories that nothing was known of`() {
        see()
        #expect(remember(listing("a", "b", "new"), at: "").unseen == [FileName("new")])
        #expect(remember(listing("a", "b", "new"), at: "").unseen == [FileName("new")], "not listed yet")
        _ = watch("new", by: 9)
        let listed = listing()
        _ = remember(listed, at: "new")
        #expect(remember(listing("a", "b", "new"), at: "").unseen == [FileName("new")], "listed, and not confirmed")
        state.confirm(.init(stamp: nil, digest: listed.digest), at: "new", of: 0)
        #expect(remember(listing("a", "b", "new"), at: "").unseen.isEmpty)
    }

    @Test mutating func `a directory that a job listed and did not finish is told of until somebody finishes it`() {
        see()
        _ = remember(listing("x", "y"), at: "a")
        #expect(remember(listing("a", "b"), at: "").unseen == [FileName("a")])
        _ = remember(listing("x", "y"), at: "a")
        #expect(remember(listing("a", "b"), at: "").unseen == [FileName("a")], "another job has not either")
        let last = listing("x", "y", "z")
        _ = remember(last, at: "a")
        state.confirm(.init(stamp: nil, digest: listing("x", "y").digest), at: "a", of: 0)
        #expect(remember(listing("a", "b"), at: "").unseen == [FileName("a")], "something came meanwhile")
        state.confirm(.init(stamp: nil, digest: last.digest), at: "a", of: 0)
        #expect(remember(listing("a", "b"), at: "").unseen.isEmpty)
        _ = remember(last, at: "a")
        #expect(remember(listing("a", "b"), at: "").unseen.isEmpty, "a listing that shows nothing new owes nothing")
    }

    @Test mutating func `what was handed over and not listed is told again under its new path`() {
        see()
        absorb(4, IN_CLOSE_WRITE, "1.cbz")
        absorb(3, IN_CLOSE_WRITE, "1.cbz")
        #expect(changes() == ["a/x": .fileArrived, "b": .fileArrived])
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "a", cookie: 7)
        absorb(1, IN_MOVED_TO | IN_ISDIR, "c", cookie: 7)
        #expect(changes() == ["": [.removed, .directoryAppeared], "c": .other, "c/x": .other])
        let listed = listing()
        _ = remember(listed, at: "c/x")
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "c", cookie: 8)
        absorb(1, IN_MOVED_TO | IN_ISDIR, "d", cookie: 8)
        #expect(changes()["d/x"] == .other, "it was listed, and is not in the catalog")
        _ = remember(listed, at: "d/x")
        state.confirm(.init(stamp: listed.stamp, digest: listed.digest), at: "d/x", of: 0)
        absorb(1, IN_MOVED_FROM | IN_ISDIR, "d", cookie: 9)
        absorb(1, IN_MOVED_TO | IN_ISDIR, "e", cookie: 9)
        #expect(changes()["e/x"] == nil)
    }

    @Test mutating func `a directory on the way to one that was listed is not seen by that`() {
        see()
        _ = watch("p/q", by: 9)
        _ = remember(listing(), at: "p/q")
        #expect(remember(listing("a", "b", "p"), at: "").unseen == [FileName("p")])
    }

    @Test mutating func `a directory at two paths that is moved away is gone from both, with all below it`() {
        _ = watch("c", by: 2)
        _ = watch("c/x", by: 4)
        absorb(2, IN_MOVED_FROM | IN_ISDIR, "x", cookie: 7)
        #expect(state.expireLimbo(at: nil).map(\.number) == [4])
        #expect(state.tree.count == 4 && state.table.count == 3)
    }

    @Test mutating func `a refused watch counts until the directory goes`() {
        #expect(state.watch("c", of: 0, by: .refused).isEmpty)
        #expect(state.table.count(of: 0).refused == 1)
        #expect(state.drop("c", of: 0).isEmpty)
        #expect(state.table.count(of: 0).refused == 0)
    }

    // MARK: Disks

    @Test mutating func `an unmounted disk is doubted, and nothing of it forgotten`() {
        for watch in 1...4 as ClosedRange<Int32> {
            absorb(watch, IN_UNMOUNT)
            absorb(watch, IN_IGNORED)
        }
        let news = state.takeNews()
        #expect(news.doubts == [library])
        #expect(news.changes.isEmpty)
        #expect(state.tree.count == 4)
        #expect(state.table.count == 0)
    }

    @Test(arguments: [IN_MOVE_SELF, IN_DELETE_SELF]) mutating func `a root that goes is doubted`(mask: Int32) {
        absorb(1, mask)
        #expect(state.takeNews().doubts == [library])
        absorb(2, mask)
        #expect(state.takeNews().doubts.isEmpty, "of all others the parent tells")
    }

    @Test mutating func `a directory on the way to a root is nobody's business but for its end and one name`() {
        let anchors = [
            AnchorTable.Anchor(watch: .init(number: 20), name: nil),
            AnchorTable.Anchor(watch: .init(number: 21), name: FileName("comics")),
        ]
        #expect(state.setAnchors(anchors, of: 0).isEmpty)
        absorb(21, IN_CREATE | IN_ISDIR, "music")
        #expect(state.takeNews().doubts.isEmpty)
        absorb(21, IN_CREATE | IN_ISDIR, "comics")
        #expect(state.takeNews().doubts == [library])
        absorb(20, IN_MOVE_SELF)
        #expect(state.takeNews().doubts == [library])
        #expect(Set(state.setAnchors([], of: 0).map(\.number)) == [20, 21])
    }

    // MARK: Evidence

    @Test mutating func `a change that no event has told of is evidence, and only once all events are read`() {
        #expect(!remember(listing(), at: "b").isSuspicious, "it was not watched before")
        #expect(remember(listing("new"), at: "b").isSuspicious)
        #expect(state.takeEvidence().count == 1)
        #expect(remember(listing("new", "newer"), at: "b").isSuspicious)
        absorb(3, IN_CREATE | IN_ISDIR, "newer")
        #expect(state.takeEvidence().isEmpty, "the event was on its way")
    }

    @Test mutating func `an overflow is told, and marks nothing by itself`() {
        absorb(-1, IN_Q_OVERFLOW)
        let news = state.takeNews()
        #expect(news.hasOverflowed && news.changes.isEmpty)
        #expect(!state.takeNews().hasOverflowed)
    }

    @Test func `events are taken apart at any length of name`() {
        var bytes: [UInt8] = []
        let append = { (watch: Int32, mask: UInt32, name: [UInt8]) in
            for value in [UInt32(bitPattern: watch), mask, 5, UInt32(name.count)] {
                bytes += withUnsafeBytes(of: value) { Array($0) }
            }
            bytes += name
        }
        append(1, 0x100, [])
        append(2, 0x200, Array("abc".utf8) + [0])
        append(3, 0x400, [0xFF, 0x0A, 0, 0, 0, 0, 0, 0])
        let events = bytes.withUnsafeBytes { KernelEvent.parse($0) }
        #expect(events.map(\.watch.number) == [1, 2, 3])
        #expect(events.map(\.mask) == [0x100, 0x200, 0x400])
        #expect(events.allSatisfy { $0.cookie == 5 })
        #expect(events.map(\.name) == [nil, FileName("abc"), FileName(bytes: [0xFF, 0x0A])])
    }
}
