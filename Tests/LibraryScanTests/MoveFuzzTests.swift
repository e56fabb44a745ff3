// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("Whatever directories do to each other, ids follow them", .timeLimit(.minutes(5)))
struct MoveFuzzTests {
    /// A directory of a disorderly user, with the books that he put there and will know again.
    private final class Shelf {
        var name: String
        var shelves: [Shelf] = []
        let books: [String]

        init(_ name: String, _ books: [String]) {
            self.name = name
            self.books = books
        }

        /// The names of all books by their paths.
        func index(below path: String) -> [String: String] {
            let own = path.isEmpty ? "" : "\(path)/"
            var index = Dictionary(uniqueKeysWithValues: books.map { (own + "book.cbz", $0) })
            for shelf in shelves { index.merge(shelf.index(below: own + shelf.name)) { $1 } }
            return index
        }

        func walk(_ path: String, _ visit: (Shelf, String) -> Void) {
            visit(self, path)
            for shelf in shelves { shelf.walk(path.isEmpty ? shelf.name : "\(path)/\(shelf.name)", visit) }
        }
    }

    private struct Dice {
        var state: UInt64

        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % sides
        }
    }

    private struct User {
        let bench: ScanBench
        let root = Shelf("", [])
        var dice: Dice
        var count = 0

        /// The shelves that lie in another, each with its path and its parent.
        private var places: [(shelf: Shelf, path: String, parent: Shelf)] {
            var places: [(Shelf, String, Shelf)] = []
            root.walk("") { parent, path in
                for shelf in parent.shelves {
                    places.append((shelf, path.isEmpty ? shelf.name : "\(path)/\(shelf.name)", parent))
                }
            }
            return places
        }

        mutating func act() throws {
            switch dice.roll(6) {
            case 0, 1: try make()
            case 2, 3: try move()
            default: try exchange()
            }
        }

        private mutating func make() throws {
            var parents = [(root, "")]
            parents += places.map { ($0.shelf, $0.path) }
            let (parent, path) = parents[dice.roll(parents.count)]
            let name = "d\(dice.roll(5))"
            guard !parent.shelves.contains(where: { $0.name == name }) else { return }
            count += 1
            let shelf = Shelf(name, ["\(count)"])
            parent.shelves.append(shelf)
            let entry = ZipWriter.Entry("\(count).png", text: "\(count)")
            try bench.write("\(path.isEmpty ? name : "\(path)/\(name)")/book.cbz", ZipWriter.archive([entry]))
        }

        private mutating func move() throws {
            let places = self.places
            guard !places.isEmpty else { return }
            let from = places[dice.roll(places.count)]
            var parents = [(root, "")]
            parents += places.map { ($0.shelf, $0.path) }
            let (parent, path) = parents[dice.roll(parents.count)]
            let name = "d\(dice.roll(5))"
            let target = path.isEmpty ? name : "\(path)/\(name)"
            guard !FilePath(target).isWithin(FilePath(from.path)), !FilePath(from.path).isWithin(FilePath(target)),
                !parent.shelves.contains(where: { $0.name == name })
            else { return }
            try bench.rename(from.path, to: target)
            from.parent.shelves.removeAll { $0 === from.shelf }
            from.shelf.name = name
            parent.shelves.append(from.shelf)
        }

        private mutating func exchange() throws {
            let places = self.places
            guard places.count > 1 else { return }
            let (one, other) = (places[dice.roll(places.count)], places[dice.roll(places.count)])
            guard !FilePath(one.path).isWithin(FilePath(other.path)), !FilePath(other.path).isWithin(FilePath(one.path))
            else { return }
            try bench.rename(one.path, to: "../aside")
            try bench.rename(other.path, to: one.path)
            try bench.rename("../aside", to: other.path)
            one.parent.shelves.removeAll { $0 === one.shelf }
            other.parent.shelves.removeAll { $0 === other.shelf }
            swap(&one.shelf.name, &other.shelf.name)
            one.parent.shelves.append(other.shelf)
            other.parent.shelves.append(one.shelf)
        }
    }

    @Test(arguments: 1...24)
    func `moves, exchanges and new directories in any order keep every book's id, and open none twice`(
        seed: UInt64
    ) async throws {
        let bench = try await ScanBench()
        var user = User(bench: bench, dice: Dice(state: seed &* 0x9E37_79B9_7F4A_7C15))
        var ids: [String: Int64] = [:]
        for round in 1...8 {
            for _ in 0...user.dice.roll(5) { try user.act() }
            try await bench.scan()
            let found = try await bench.books().filter { $0.value.state != .missing }.mapValues(\.id)
            let truth = user.root.index(below: "")
            #expect(found.keys.sorted() == truth.keys.sorted(), "round \(round)")
            for (path, name) in truth {
                #expect(ids[name] == nil || ids[name] == found[path], "round \(round): \(name) at \(path)")
                ids[name] = found[path]
            }
            #expect(Set(ids.values).count == ids.count)
        }
        #expect(try await bench.books().count == ids.count)
        #expect(bench.files.openings.count == ids.count)
    }
}
