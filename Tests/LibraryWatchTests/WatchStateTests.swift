// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryWatch

@Suite("Events mark directories, in whatever order they come")
struct WatchStateTests {
    private let library: LibraryName
    private var state: WatchState

    init() throws {
        library = try #require(LibraryName("comics"))
        state = WatchState(libraries: [library])
        for (number, path) in ["", "a", "b", "a/x"].enumerated() {
            #expect(state.watch(FilePath(path), of: 0, by: .init(number: Int32(number + 1))).isEmpty)
        }
    }

    private func event(_ watch: Int32, _ mask: Int32, _ name: String? = nil) -> KernelEvent {
        KernelEvent(watch: .init(number: watch), mask: UInt32(bitPattern: mask), name: name.map { FileName($0) })
    }

    private mutating func changes() -> [FilePath: LibraryChange.Kinds] {
        Dictionary(uniqueKeysWithValues: state.takeChanges().map { ($0.directory, $0.kinds) })
    }

    @Test mutating func `two directories that exchange names are both listed anew`() {
        var ended: [Int32] = []
        let pairs = [(IN_MOVED_FROM, "a"), (IN_MOVED_TO, "b"), (IN_MOVED_FROM, "b"), (IN_MOVED_TO, "a")]
        for (mask, name) in pairs { ended += state.absorb(event(1, mask | IN_ISDIR, name)).map(\.number) }
        #expect(changes() == ["": [.removed, .directoryAppeared], "a": .everything, "b": .everything])
        #expect(ended.sorted() == [2, 3, 4])
    }

    @Test mutating func `a directory made and deleted before anybody looks is not listed`() {
        _ = state.absorb(event(1, IN_CREATE | IN_ISDIR, "new"))
        _ = state.absorb(event(1, IN_DELETE | IN_ISDIR, "new"))
        #expect(changes() == ["": [.removed, .directoryAppeared]])
    }

    @Test mutating func `very many new directories are listed by listing all below their parent`() {
        for number in 0..<1000 { _ = state.absorb(event(2, IN_CREATE | IN_ISDIR, "\(number)")) }
        #expect(changes() == ["a": [.directoryAppeared, .everything]])
    }

    @Test mutating func `a watch that has been ended is never looked up again`() {
        #expect(state.absorb(event(1, IN_MOVED_FROM | IN_ISDIR, "a")).count == 2)
        _ = state.takeChanges()
        _ = state.absorb(event(4, IN_CLOSE_WRITE, "late.cbz"))
        _ = state.absorb(event(4, IN_IGNORED))
        #expect(changes().isEmpty)
    }

    @Test mutating func `a watch that the kernel ends marks its directory, and only while it is that one's`() {
        _ = state.absorb(event(3, IN_IGNORED))
        #expect(changes() == ["b": .everything])
        #expect(state.watch("b", of: 0, by: .init(number: 9)).isEmpty)
        _ = state.absorb(event(3, IN_IGNORED))
        #expect(changes().isEmpty)
        _ = state.absorb(event(9, IN_CLOSE_WRITE, "a.cbz"))
        #expect(changes() == ["b": .fileArrived])
    }

    @Test mutating func `another directory of the same name ends the watches below the old one`() {
        #expect(Set(state.watch("a", of: 0, by: .init(number: 9)).map(\.number)) == [2, 4])
        #expect(changes() == ["a": .everything])
        #expect(state.watchCount == 3)
    }

    @Test mutating func `a watch follows its directory to the path where it was listed last`() {
        #expect(state.watch("b/y", of: 0, by: .init(number: 4)).isEmpty)
        _ = state.absorb(event(4, IN_CLOSE_WRITE, "a.cbz"))
        #expect(changes() == ["b/y": .fileArrived])
        // The late event of the old path does not end the watch.
        #expect(state.absorb(event(2, IN_MOVED_FROM | IN_ISDIR, "x")).isEmpty)
    }

    @Test mutating func `a directory moved up into its parent's place keeps its watch`() {
        #expect(state.watch("a", of: 0, by: .init(number: 4)).map(\.number) == [2])
        _ = state.absorb(event(4, IN_CLOSE_WRITE, "a.cbz"))
        #expect(changes() == ["a": [.fileArrived, .everything]])
    }

    @Test mutating func `a listing drops directories that it did not find`() {
        #expect(state.keep([FileName("b")], in: "", of: 0).map(\.number).sorted() == [2, 4])
        #expect(state.watchCount == 2)
    }

    @Test mutating func `a refused watch counts until the directory goes`() {
        #expect(state.watch("c", of: 0, by: nil).isEmpty)
        #expect(state.figures == [library: WatchFigures.Library(watched: 4, unwatched: 1)])
        #expect(state.drop("c", of: 0).isEmpty)
        #expect(state.figures == [library: WatchFigures.Library(watched: 4, unwatched: 0)])
    }

    @Test mutating func `a dropped directory takes its marks along, and its place in memory is used again`() {
        for number in 0..<1000 {
            _ = state.watch(FilePath("a/x/\(number)"), of: 0, by: .init(number: Int32(100 + number)))
            _ = state.absorb(event(Int32(100 + number), IN_CLOSE_WRITE, "a.cbz"))
            #expect(state.drop(FilePath("a/x/\(number)"), of: 0).count == 1)
        }
        #expect(changes().isEmpty)
        #expect(state.watchCount == 4)
    }

    @Test func `events are taken apart at any length of name`() {
        var bytes: [UInt8] = []
        let append = { (watch: Int32, mask: UInt32, name: [UInt8]) in
            for value in [UInt32(bitPattern: watch), mask, 0, UInt32(name.count)] {
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
        #expect(events.map(\.name) == [nil, FileName("abc"), FileName(bytes: [0xFF, 0x0A])])
    }
}
