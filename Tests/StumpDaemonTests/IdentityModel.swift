// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// Two libraries in the hands of somebody who tidies up, with a record of which book is which.
///
/// Every step is one that people and programs do. Where the disk alone cannot tell which book is which (two copies of one
/// content, of which one went; a new file at a place that another had), more than one answer is right, and noted so.
struct IdentityModel {
    struct Place: Hashable, Comparable, CustomStringConvertible {
        var library: String
        var path: String

        static func < (left: Place, right: Place) -> Bool {
            (left.library, left.path) < (right.library, right.path)
        }

        var description: String { "\(library):\(path)" }

        /// The first of the folders that it lies in.
        var folder: Place { Place(library: library, path: String(path.prefix { $0 != "/" })) }

        func isWithin(_ folder: Place) -> Bool { library == folder.library && path.hasPrefix(folder.path + "/") }
    }

    /// Which books of the index something may be.
    struct Claim: Equatable {
        var ids: Set<Int64>
        var mayBeNew: Bool
    }

    struct Book {
        var work: Int
        var tag = 0

        /// What the index had it for when it was looked at last; `nil` for what came since.
        var id: Int64?

        /// Whether it still is the file that the index had then, whatever its content and its place.
        var isSameFile = false

        /// Where it was since then, and with which contents.
        var places: Set<Place> = []
        var works: Set<Int> = []

        /// The books that it was renamed over: it may be any of them, changed.
        var replaced: Set<Int64> = []
    }

    private struct Former {
        var book: Book
        var place: Place
    }

    let roots: [String: FilePath]

    /// On the disk of the library `books`.
    let outside: FilePath
    private(set) var books: [Place: Book] = [:]
    private(set) var steps: [String] = []
    private var away: [(file: FilePath, book: Book)] = []

    /// What was removed or replaced, by the contents that it had.
    private var former: [Former] = []

    /// Where the index had books when it was looked at last, present or missing, and which contents they had.
    private var rows: [Place: Set<Int64>] = [:]
    private var indexed: [Place: Int64] = [:]
    private var contents: [Int64: Int] = [:]
    private var works = 0
    private var random: SplitMix

    init(roots: [String: FilePath], outside: FilePath, seed: UInt64) {
        self.roots = roots
        self.outside = outside
        random = SplitMix(seed: seed)
    }

    mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }

    /// Takes for known what the index has: the books that are there, and the places of those that are missing.
    mutating func accept(_ ids: [Place: Int64], missing: [Place: Set<Int64>]) {
        for place in books.keys {
            guard let id = ids[place], let book = books[place] else { continue }
            books[place] = Book(work: book.work, tag: book.tag, id: id, isSameFile: true)
            contents[id] = book.work
        }
        for index in away.indices { away[index].book.works.formUnion([away[index].book.work]) }
        (indexed, rows, steps) = (ids, missing, [])
        for (place, id) in ids { rows[place, default: []].insert(id) }
    }

    /// What the index may take the book at a place for.
    ///
    /// A file is a book wherever it goes. One that is another is known by its content, where nothing else has or had
    /// that, and else by its place; of all others it may be each that had its content or one of its places.
    func claim(at place: Place) -> Claim {
        guard let book = books[place] else { return Claim(ids: [], mayBeNew: false) }
        let places = book.places.union([place])
        let works = book.works.union([book.work])
        let byPlace = places.reduce(into: Set<Int64>()) { $0.formUnion(rows[$1] ?? []) }
        let byContent = Set(contents.filter { works.contains($0.value) }.keys)
        if let id = book.id {
            let sharers =
                books.values.filter { $0.works.union([$0.work]).contains(book.work) }.count
                + former.filter { $0.book.work == book.work || $0.book.works.contains(book.work) }.count
                + away.filter { $0.book.work == book.work }.count
            let isAlone = sharers == 1 && byContent.subtracting([id]).isEmpty && book.replaced.isEmpty
            if book.isSameFile {
                // A young copy is what its original has become, when that is gone.
                let present = Set(books.values.compactMap { $0.isSameFile ? $0.id : nil })
                let originals = byContent.filter { $0 < id && !present.contains($0) }
                // So is the book whose place it has taken, when that one's file is nowhere.
                let replaced = book.replaced.union(places.compactMap { indexed[$0] }).subtracting(present)
                return Claim(ids: originals.union(replaced).union([id]), mayBeNew: false)
            }
            let isKnownByContent = isAlone && contents[id] == book.work && byPlace.isSubset(of: [id])
            // Whether a copy of what it was is what it was, or the other content at its place, nobody can tell.
            let isCopied = books.contains { other, book in
                other != place && !book.works.union([book.work]).isDisjoint(with: works)
            }
            let isKnownByPlace = isAlone && !isCopied && indexed[place] == id && places == [place]
            if isKnownByContent || isKnownByPlace { return Claim(ids: [id], mayBeNew: false) }
        }
        let own: Set<Int64> = book.id.map { [$0] } ?? []
        return Claim(ids: own.union(byPlace).union(byContent).union(book.replaced), mayBeNew: true)
    }

    // MARK: Steps

    mutating func step() throws {
        switch roll(17) {
        case 0...2: try create()
        case 3...5: try move(to: freePlace())
        case 6: if let place = anyPlace() { try move(to: place) }
        case 7: try exchange()
        case 8...9: try moveFolder()
        case 10: try copy()
        case 11: try edit()
        case 12: try tag()
        case 13: try replace()
        case 14: try remove()
        case 15: try putBack()
        default: try roll(2) == 0 ? takeAway() : bringBack()
        }
    }

    private mutating func create() throws {
        let place = freePlace()
        works += 1
        steps.append("create \(works) at \(place)")
        try DiskStep.write(bytes(of: Book(work: works)), at: path(place))
        put(Book(work: works), at: place)
    }

    private mutating func move(to new: Place) throws {
        guard let old = anyPlace(), old != new, var book = books[old] else { return }
        steps.append("move \(old) to \(new)")
        let victim = leave(new)
        books[old] = nil
        if let victim {
            book.replaced.formUnion(victim.replaced.union(victim.id.map { [$0] } ?? []).union(rows[new] ?? []))
        }
        if isOneDisk(old, new) {
            try DiskStep.move(path(old), to: path(new))
            put(book, at: new, from: old)
        } else {
            try DiskStep.copy(path(old), to: path(new), withTimes: true)
            try DiskStep.remove(path(old))
            put(book, at: new, from: old, isOtherFile: true)
        }
    }

    private mutating func exchange() throws {
        guard let one = anyPlace(), let other = anyPlace(), one != other, isOneDisk(one, other) else { return }
        steps.append("exchange \(one) and \(other)")
        let aside = path(one).removingLastComponent().appending("aside")
        try DiskStep.move(path(one), to: aside)
        try DiskStep.move(path(other), to: path(one))
        try DiskStep.move(aside, to: path(other))
        guard let first = books[one], let second = books[other] else { return }
        put(first, at: other, from: one)
        put(second, at: one, from: other)
    }

    private mutating func moveFolder() throws {
        guard let source = anyPlace()?.folder else { return }
        let target = Place(library: roll(2) == 0 ? anyLibrary() : source.library, path: "f\(roll(90) + 10)")
        guard target != source, !DiskStep.exists(path(target)) else { return }
        steps.append("move folder \(source) to \(target)")
        let inside = books.keys.filter { $0.isWithin(source) }.sorted()
        let moved = { (place: Place) in
            Place(library: target.library, path: target.path + place.path.dropFirst(source.path.count))
        }
        if isOneDisk(source, target) {
            try DiskStep.move(path(source), to: path(target))
            for place in inside {
                if let book = books.removeValue(forKey: place) { put(book, at: moved(place), from: place) }
            }
            return
        }
        // As `mv` does: all is copied before anything is removed.
        for place in inside { try DiskStep.copy(path(place), to: path(moved(place)), withTimes: true) }
        for place in inside { try DiskStep.remove(path(place)) }
        let leaving = inside.compactMap { place in books.removeValue(forKey: place).map { (place, $0) } }
        for (place, book) in leaving { put(book, at: moved(place), from: place, isOtherFile: true) }
    }

    private mutating func copy() throws {
        guard let old = anyPlace(), let book = books[old] else { return }
        let new = freePlace()
        steps.append("copy \(old) to \(new)")
        try DiskStep.copy(path(old), to: path(new), withTimes: roll(2) == 0)
        put(Book(work: book.work, tag: book.tag), at: new)
    }

    /// Another content in the same file.
    private mutating func edit() throws {
        guard let place = anyPlace(), var book = books[place] else { return }
        works += 1
        steps.append("edit \(place), now \(works)")
        book.works.insert(book.work)
        (book.work, book.tag) = (works, 0)
        try DiskStep.write(bytes(of: book), at: path(place))
        books[place] = book
    }

    /// Its description is written anew, into the file or into one that takes its place, maybe under another name.
    private mutating func tag() throws {
        guard let place = anyPlace(), var book = books[place] else { return }
        book.tag += 1
        guard roll(3) > 0 else {
            steps.append("tag \(place) in the file")
            try DiskStep.write(bytes(of: book), at: path(place))
            books[place] = book
            return
        }
        let new = roll(2) == 0 ? place : freePlace()
        steps.append("tag \(place) by another file at \(new)")
        try DiskStep.write(bytes(of: book), at: outside.appending("tagged"))
        books[place] = nil
        if new != place { try DiskStep.remove(path(place)) }
        try DiskStep.bring(outside.appending("tagged"), to: path(new))
        put(book, at: new, from: place, isOtherFile: true)
    }

    /// A new file of another content at the place of one: it is the same book.
    private mutating func replace() throws {
        guard let place = anyPlace(), var book = books[place] else { return }
        works += 1
        steps.append("replace \(place) by \(works)")
        book.works.insert(book.work)
        (book.work, book.tag) = (works, 0)
        try DiskStep.write(bytes(of: book), at: outside.appending("new"))
        try DiskStep.bring(outside.appending("new"), to: path(place))
        put(book, at: place, from: place, isOtherFile: true)
    }

    private mutating func remove() throws {
        guard let place = anyPlace() else { return }
        steps.append("remove \(place)")
        leave(place)
        try DiskStep.remove(path(place))
    }

    private mutating func putBack() throws {
        guard !former.isEmpty else { return }
        let old = former.remove(at: roll(former.count))
        let place = roll(2) == 0 && books[old.place] == nil ? old.place : freePlace()
        steps.append("put \(old.book.work) back at \(place)")
        try DiskStep.write(bytes(of: old.book), at: path(place))
        put(old.book, at: place, from: old.place, isOtherFile: true)
    }

    private mutating func takeAway() throws {
        guard let place = anyPlace(), place.library == "books", let book = books.removeValue(forKey: place) else {
            return
        }
        steps.append("take \(place) away")
        let file = outside.appending("away\(steps.count)")
        try DiskStep.move(path(place), to: file)
        away.append((file, book))
    }

    private mutating func bringBack() throws {
        guard !away.isEmpty else { return }
        let (file, book) = away.remove(at: roll(away.count))
        var place = freePlace()
        while place.library != "books" { place = freePlace() }
        steps.append("bring \(book.work) back to \(place)")
        try DiskStep.move(file, to: path(place))
        put(book, at: place)
    }

    /// A book goes, for good or for another.
    @discardableResult
    private mutating func leave(_ place: Place) -> Book? {
        guard let book = books.removeValue(forKey: place) else { return nil }
        former.append(Former(book: book, place: place))
        return book
    }

    private mutating func put(_ book: Book, at place: Place, from old: Place? = nil, isOtherFile: Bool = false) {
        var book = book
        book.places.insert(place)
        if let old { book.places.insert(old) }
        if isOtherFile { book.isSameFile = false }
        books[place] = book
    }

    // MARK: Places

    func path(_ place: Place) -> FilePath { (roots[place.library] ?? FilePath()).appending(place.path) }

    private func bytes(of book: Book) -> [UInt8] {
        let page = ZipWriter.Entry("1.png", text: "work \(book.work)")
        let info = ZipWriter.Entry("ComicInfo.xml", text: "<ComicInfo><Notes>\(book.tag)</Notes></ComicInfo>")
        return ZipWriter.archive(book.tag == 0 ? [page] : [page, info])
    }

    private mutating func anyPlace() -> Place? {
        books.isEmpty ? nil : books.keys.sorted()[roll(books.count)]
    }

    private mutating func anyLibrary() -> String { roots.keys.sorted()[roll(roots.count)] }

    private mutating func freePlace() -> Place {
        while true {
            let below = roll(3) == 0 ? "s\(roll(2))/" : ""
            let place = Place(library: anyLibrary(), path: "f\(roll(4))/\(below)\(roll(9)).cbz")
            if books[place] == nil { return place }
        }
    }

    private func isOneDisk(_ one: Place, _ other: Place) -> Bool {
        one.library == other.library || DiskStep.device(roots[one.library]) == DiskStep.device(roots[other.library])
    }
}
