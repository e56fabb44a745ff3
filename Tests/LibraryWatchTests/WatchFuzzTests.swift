// SPDX-License-Identifier: MIT
import Dispatch
import LibraryModel
import LibraryWatch
import Support
import Synchronization
import SystemPackage
import Testing

@Suite("Whatever happens at full speed, the index ends equal to the disk")
struct WatchFuzzTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `an index kept by changes alone equals the disk, and every directory is watched`(_ seed: UInt64) async throws {
        let library = try WatchedLibrary()
        var index = Index(library)
        try await index.update([], isDeep: true)
        let mutation = Mutation(disk: library.disk, seed: seed, steps: 1000)
        mutation.start()
        while !mutation.isDone.load(ordering: .acquiring) {
            if try await !index.takeChanges() { try await library.watcher.barrier() }
        }
        try await expectTruth(of: &index)
    }

    @Test(arguments: 5...6 as ClosedRange<UInt64>)
    func `events that are read long after their directories were listed do no harm`(_ seed: UInt64) async throws {
        let library = try WatchedLibrary(isStarted: false)
        var index = Index(library)
        let mutation = Mutation(disk: library.disk, seed: seed, steps: 1000)
        mutation.start()
        while !mutation.isDone.load(ordering: .acquiring) { try await index.update([], isDeep: true) }
        library.watcher.start()
        try await expectTruth(of: &index)
    }

    private func expectTruth(of index: inout Index) async throws {
        let library = index.library
        repeat { try await library.watcher.barrier() } while try await index.takeChanges()

        var fresh = Index(try WatchedLibrary(watch: .off, disk: library.disk))
        try await fresh.update([], isDeep: true)
        let disk = fresh.directories
        let wrong = Set(disk.keys).union(index.directories.keys).filter { index.directories[$0] != disk[$0] }
        #expect(wrong.isEmpty)
        #expect(library.watcher.figures().libraries[library.name]?.watched == disk.count)
        #expect(try library.kernelWatches() == disk.count)
        for directory in disk.keys {
            try library.disk.write(([FileName("library")] + directory + [FileName("marker.cbz")]).path)
        }
        #expect(Set(try await library.changes().keys.map(\.names)) == Set(disk.keys))
    }
}

extension [FileName] {
    fileprivate var path: FilePath {
        FilePath(bytes: [UInt8](map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
    }
}

/// What a consumer knows: it lists what is dirty, and enters only directories that are new to it.
private struct Index {
    let library: WatchedLibrary
    private(set) var directories: [[FileName]: [FileName: Listing.Entry.Kind]] = [:]

    init(_ library: WatchedLibrary) {
        self.library = library
    }

    /// Does everything that is dirty now; says whether there was anything.
    @discardableResult
    mutating func takeChanges() async throws -> Bool {
        let changes = library.watcher.takeNews().changes
        for change in changes { try await update(change.directory.names, isDeep: change.kinds.contains(.everything)) }
        return !changes.isEmpty
    }

    mutating func update(_ directory: [FileName], isDeep: Bool) async throws(ListingFault) {
        do throws(ListingFault) {
            let listing = try await library.list(directory.path)
            directories[directory] = listing.kinds
            let found = Set(listing.directories)
            for path in directories.keys where path.count > directory.count && path.starts(with: directory) {
                if !found.contains(path[directory.count]) { directories[path] = nil }
            }
            for name in found where isDeep || directories[directory + [name]] == nil {
                try await update(directory + [name], isDeep: isDeep)
            }
        } catch {
            guard error.code == "changed" else { throw error }
            forget(directory)
        }
    }

    private mutating func forget(_ directory: [FileName]) {
        for path in directories.keys where path.starts(with: directory) { directories[path] = nil }
    }
}

extension Listing {
    fileprivate var kinds: [FileName: Entry.Kind] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.kind) })
    }
}

/// Steps at random on few names, so that they meet; most fail, and that is as well.
private final class Mutation: Sendable {
    let isDone = Atomic(false)
    private let disk: TemporaryDirectory
    private let seed: UInt64
    private let steps: Int

    init(disk: TemporaryDirectory, seed: UInt64, steps: Int) {
        (self.disk, self.seed, self.steps) = (disk, seed, steps)
    }

    func start() {
        DispatchQueue(label: "mutation").async {
            var random = SplitMix(state: self.seed)
            for _ in 0..<self.steps { self.step(&random) }
            self.isDone.store(true, ordering: .releasing)
        }
    }

    private func step(_ random: inout SplitMix) {
        let path = self.path(in: "library", &random)
        let other = self.path(in: "library", &random)
        let outside = FilePath("outside\(Int.random(in: 0..<3, using: &random))")
        let book = path.appending("\(Int.random(in: 0..<3, using: &random)).cbz")
        switch Int.random(in: 0..<12, using: &random) {
        case 0...2:
            try? disk.makeDirectory(path)
            try? disk.write(book)
        case 3: try? disk.write(book, Array(repeating: 1, count: Int.random(in: 1..<99, using: &random)))
        case 4: try? disk.remove(book)
        case 5: try? disk.rename(book, to: other.appending("0.cbz"))
        case 6...7: try? disk.rename(path, to: other)
        case 8:
            try? disk.rename(path, to: other)
            try? disk.makeDirectory(path)
        case 9: try? disk.rename(path, to: outside)
        case 10: try? disk.rename(outside, to: path)
        default: try? disk.remove(path)
        }
    }

    private func path(in root: FilePath, _ random: inout SplitMix) -> FilePath {
        var path = root
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            path.append(["a", "b", "c", "d"][Int.random(in: 0..<4, using: &random)])
        }
        return path
    }
}

/// The SplitMix64 generator: the same numbers for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
