// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@Suite("Scopes merge and stay small")
struct ScanScopeTests {
    private let deep = ScanScope.Depth(isDeep: true)
    private let shallow = ScanScope.Depth(isDeep: false)

    private func removing(_ files: Int, _ directories: Int = 0, isDeep: Bool = false) -> ScanScope.Depth {
        ScanScope.Depth(isDeep: isDeep, removals: Removals(files: files, directories: directories))
    }

    @Test func `a deep directory covers what is below it, whichever came first`() {
        for order in [["A", "A/B", "A/B/C"], ["A/B/C", "A/B", "A"], ["A/B/C", "A", "A/B"]] {
            var scope = ScanScope()
            for path in order { scope.insert(FilePath(path), path == "A" ? deep : shallow) }
            #expect(Array(scope.directories.keys) == ["A"])
            #expect(scope == ScanScope([FilePath("A"): deep]))
        }
        var scope = ScanScope([FilePath("A"): deep])
        scope.insert("AB", shallow)
        #expect(scope.directories.count == 2)
    }

    @Test func `a shallow directory covers only itself`() {
        let scope = ScanScope([FilePath("A"): shallow, FilePath("A/B"): shallow, FilePath(): shallow])
        #expect(scope.starts.map(\.directory) == ["", "A", "A/B"])
        #expect(!scope.isWholeLibrary)
        #expect(scope.entry(covering: "A/B") == "A/B")
        #expect(scope.entry(covering: "A/C") == nil)
    }

    @Test func `the entry that covers a directory is its own or the deep one above it`() {
        let scope = ScanScope([FilePath("A"): shallow, FilePath("A/B"): deep])
        #expect(scope.entry(covering: "A") == "A")
        #expect(scope.entry(covering: "A/B") == "A/B")
        #expect(scope.entry(covering: "A/B/C/D") == "A/B")
        #expect(scope.entry(covering: "A/BC") == nil)
        #expect(ScanScope.library.entry(covering: "A/B") == FilePath())
        #expect(ScanScope().entry(covering: FilePath()) == nil)
    }

    @Test func `removals of one directory add up`() {
        var scope = ScanScope()
        scope.insert("A", removing(1, 2))
        scope.insert("A", removing(3))
        scope.insert("A", deep)
        #expect(scope.directories["A"] == removing(4, 2, isDeep: true))
        #expect(scope.directories["A"]?.removals != Removals.none)
        #expect(scope.removals(in: "A") == Removals(files: 4, directories: 2))
    }

    @Test func `a deep directory takes over the removals of those that it covers, whichever came first`() {
        for isDeepFirst in [true, false] {
            var scope = ScanScope()
            if isDeepFirst { scope.insert("A", removing(1, isDeep: true)) }
            scope.insert("A/B", removing(2))
            scope.insert("A/B/C/D", removing(0, 3))
            scope.insert("E", removing(10))
            if !isDeepFirst { scope.insert("A", removing(1, isDeep: true)) }
            #expect(scope.directories.count == 2)
            #expect(scope.removals(in: "A/B/C/D") == Removals(files: 3, directories: 3))
            #expect(scope.removals(in: "A") == scope.removals(in: "A/X"))
            #expect(scope.removals(in: "F") == .none)
        }
    }

    @Test func `what was witnessed is not forgotten when the whole library joins`() {
        var scope = ScanScope([FilePath("A/B"): removing(2)])
        scope.formUnion(.library)
        #expect(scope.removals(in: "A/B") == Removals(files: 2, directories: 0))
        #expect(scope.starts.map(\.directory) == [FilePath()])
        #expect(scope.paths.isEmpty)
    }

    @Test func `too many directories are the whole library, with all that was removed in them`() {
        var scope = ScanScope()
        for number in 0..<ScanScope.directoryLimit { scope.insert(FilePath("\(number)"), removing(1)) }
        #expect(!scope.isWholeLibrary)
        scope.insert("one more", removing(0, 1))
        #expect(scope.isWholeLibrary)
        #expect(scope.directories.count == 1)
        #expect(scope.removals(in: FilePath()) == Removals(files: ScanScope.directoryLimit, directories: 1))
    }

    /// Directories side by side, named by numbers.
    private func inserted(_ count: Int, below parent: String, _ depth: ScanScope.Depth) -> ScanScope {
        var scope = ScanScope()
        for number in 0..<count { scope.insert(FilePath(parent).appending("\(number)"), depth) }
        return scope
    }

    @Test func `too many deep directories side by side are the one that holds them, with all that was removed`() {
        var scope = inserted(ScanScope.siblingLimit, below: "A", removing(1, isDeep: true))
        scope.insert("A/shallow/one", removing(0, 5))
        scope.insert("A", removing(10))
        scope.insert("B", shallow)
        #expect(scope.directories.count == ScanScope.siblingLimit + 3)
        scope.insert("A/0", deep)
        #expect(scope.directories.count == ScanScope.siblingLimit + 3)
        scope.insert("A/one more", removing(0, 1, isDeep: true))
        let removals = Removals(files: 10 + ScanScope.siblingLimit, directories: 6)
        #expect(scope.directories == [FilePath("A"): ScanScope.Depth(isDeep: true, removals: removals), "B": shallow])
        #expect(!scope.isWholeLibrary)
    }

    @Test func `widening goes on upwards, and what was widened counts as one`() {
        var scope = ScanScope()
        for parent in 0..<ScanScope.siblingLimit {
            scope.formUnion(inserted(ScanScope.siblingLimit + 1, below: "A/\(parent)", removing(1, isDeep: true)))
        }
        #expect(scope.directories.count == ScanScope.siblingLimit)
        scope.formUnion(inserted(ScanScope.siblingLimit, below: "A/last", removing(1, isDeep: true)))
        #expect(scope.directories.count == 2 * ScanScope.siblingLimit)
        scope.insert("A/last/one more", removing(1, isDeep: true))
        let files = (ScanScope.siblingLimit + 1) * (ScanScope.siblingLimit + 1)
        #expect(scope.directories == [FilePath("A"): removing(files, isDeep: true)])
    }

    @Test func `the root widens to the whole library later than another directory`() {
        var scope = inserted(ScanScope.rootSiblingLimit, below: "", removing(1, isDeep: true))
        #expect(scope.directories.count == ScanScope.rootSiblingLimit)
        scope.insert("one more", removing(1, isDeep: true))
        #expect(scope.isWholeLibrary)
        #expect(scope.removals(in: "A").files == ScanScope.rootSiblingLimit + 1)
    }

    @Test func `many shallow directories side by side stay shallow, for what lies below is none of their business`() {
        var scope = inserted(ScanScope.directoryLimit - 1, below: "A", removing(1))
        scope.insert("A/0/deep", deep)
        #expect(scope.directories.count == ScanScope.directoryLimit)
        #expect(scope.entry(covering: "A") == nil)
    }

    @Test func `deep directories that another one took over are counted no more`() {
        var scope = inserted(100, below: "A/B", deep)
        scope.insert("A/B", deep)
        scope.formUnion(inserted(ScanScope.siblingLimit - 1, below: "A", deep))
        #expect(scope.entry(covering: "A") == nil)
        scope.insert("A/one more", deep)
        #expect(scope.starts.map(\.directory) == ["A"])
    }

    @Test func `widened scopes are the same in any order, and lose nothing`() {
        var random = Xorshift(seed: 23)
        let parents = ["A", "A/B", "C", "C/D/E"]
        var entries: [(directory: FilePath, depth: ScanScope.Depth)] = []
        for _ in 0..<1500 {
            let parent = FilePath(parents[Int(random.next() % 4)])
            let name = "\(random.next() % 180)"
            entries.append((parent.appending(name), removing(1, isDeep: !random.next().isMultiple(of: 4))))
        }
        let first = ScanScope.merging(entries)
        for _ in 0..<10 {
            entries.shuffle(using: &random)
            let scope = ScanScope.merging(entries)
            #expect(scope == first)
            #expect(scope.directories.values.reduce(0) { $0 + $1.removals.files } == entries.count)
            for (directory, depth) in entries {
                let entry = scope.entry(covering: directory)
                #expect(entry != nil)
                if depth.isDeep { #expect(entry.flatMap { scope.directories[$0]?.isDeep } == true) }
            }
        }
        #expect(first.directories.keys.contains { parents.contains($0.string) })
    }

    @Test func `a sum that no number holds is the largest there is`() {
        let sum = Removals(files: .max, directories: 1) + Removals(files: 1, directories: .max)
        #expect(sum == Removals(files: .max, directories: .max))
    }

    @Test func `any scope says the same as the plain rule, in any order`() {
        var random = Xorshift(seed: 11)
        for _ in 0..<200 {
            let entries = (0..<12).map { _ in
                let names = (0..<(random.next() % 4)).map { _ in ["a", "b"][Int(random.next() % 2)] }
                return (FilePath(names.joined(separator: "/")), removing(1, isDeep: random.next().isMultiple(of: 4)))
            }
            var scope = ScanScope()
            for (directory, depth) in entries { scope.insert(directory, depth) }
            var reversed = ScanScope()
            for (directory, depth) in entries.reversed() { reversed.insert(directory, depth) }
            #expect(scope == reversed)
            let deep = entries.filter(\.1.isDeep).map(\.0)
            let expected = Set(entries.map(\.0)).filter { entry in
                !deep.contains { $0 != entry && entry.isWithin($0) }
            }
            #expect(Set(scope.directories.keys) == expected)
            #expect(scope.directories.values.reduce(0) { $0 + $1.removals.files } == entries.count)
        }
    }

    @Test func `options of two requests are those of either`() {
        let merged = ScanOptions(force: true).merged(with: ScanOptions(acceptLosses: true))
        #expect(merged == ScanOptions(force: true, acceptLosses: true))
    }
}

extension ScanScope {
    fileprivate static func merging(_ entries: [(directory: FilePath, depth: Depth)]) -> ScanScope {
        var scope = ScanScope()
        for (directory, depth) in entries { scope.insert(directory, depth) }
        return scope
    }
}
