// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel
import Support
import SystemPackage

/// A library of small books in a few folders that is changed at random while a daemon works on it, and what is known of
/// each book.
///
/// A name is never used twice, so that every book on the disk is either one that was there before or a new one.
final class ShakenLibrary {
    private struct Book {
        /// Whether nothing is wrong with it.
        var isWhole: Bool

        /// What the index called it at the first look.
        var id: Int64?

        /// All that it ever held.
        var contents: Set<[UInt8]>
    }

    private let disk: TemporaryDirectory

    /// By path below the root.
    private var books: [String: Book] = [:]
    private(set) var folders: [String] = []

    /// The books that are gone, by id, with all that they ever held.
    private var deleted: [Int64: Set<[UInt8]>] = [:]
    private var names = 0
    private var writes: Int64 = 0

    /// Fills the library in a directory of a test.
    init(_ disk: TemporaryDirectory, books count: Int, _ random: inout SplitMix) throws {
        self.disk = disk
        for number in 0..<6 { try addFolder(below: number == 5 ? folders[0] : nil) }
        for number in 0..<count {
            let folder = folders[number % folders.count]
            try add(to: folder, isWhole: number % 12 != 11, &random)
        }
    }

    var root: FilePath { disk.path.appending("library") }

    // MARK: Changing

    /// Changes something, as people and programs do.
    func change(_ random: inout SplitMix) throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2: try add(to: folder(&random), isWhole: true, &random)
        case 3: try add(to: folder(&random), isWhole: false, &random)
        case 4:
            let folder = try addFolder(below: Bool.random(using: &random) ? folder(&random) : nil)
            for _ in 0..<3 { try add(to: folder, isWhole: true, &random) }
        case 5, 6: try renameFolder(folder(&random), &random)
        case 7: try delete(&random)
        default: try replace(&random)
        }
    }

    private func folder(_ random: inout SplitMix) -> String {
        folders[Int.random(in: folders.indices, using: &random)]
    }

    @discardableResult
    private func addFolder(below parent: String?) throws -> String {
        let folder = [parent, name("folder")].compactMap { $0 }.joined(separator: "/")
        try disk.makeDirectory(onDisk(folder))
        folders.append(folder)
        return folder
    }

    private func add(to folder: String, isWhole: Bool, _ random: inout SplitMix) throws {
        let path = "\(folder)/\(name("book")).cbz"
        let bytes = try write(path, isWhole: isWhole, &random)
        books[path] = Book(isWhole: isWhole, contents: [bytes])
    }

    private func replace(_ random: inout SplitMix) throws {
        guard let path = any(&random), let book = books[path] else { return }
        let isWhole = Int.random(in: 0..<6, using: &random) != 0
        let bytes = try write(path, isWhole: isWhole, &random)
        books[path] = Book(isWhole: isWhole, id: book.id, contents: book.contents.union([bytes]))
    }

    private func delete(_ random: inout SplitMix) throws {
        guard let path = any(&random), let book = books.removeValue(forKey: path) else { return }
        if let id = book.id { deleted[id] = book.contents }
        try disk.remove(onDisk(path))
    }

    private func renameFolder(_ old: String, _ random: inout SplitMix) throws {
        let parent = old.split(separator: "/").dropLast().joined(separator: "/")
        let new = (parent.isEmpty ? "" : "\(parent)/") + name("folder")
        try disk.rename(onDisk(old), to: onDisk(new))
        let moved = { (path: String) in
            path == old || path.hasPrefix("\(old)/") ? new + path.dropFirst(old.count) : path
        }
        folders = folders.map(moved)
        books = Dictionary(uniqueKeysWithValues: books.map { (moved($0.key), $0.value) })
    }

    /// In place, or under another name first; gives what was written.
    private func write(_ path: String, isWhole: Bool, _ random: inout SplitMix) throws -> [UInt8] {
        let contents = isWhole ? ShakenLibrary.whole : ShakenLibrary.faulty
        let bytes = contents[Int.random(in: contents.indices, using: &random)]
        if Bool.random(using: &random) {
            try disk.write(onDisk(path), bytes)
            try setTime(onDisk(path))
        } else {
            try disk.write("arriving", bytes)
            try setTime("arriving")
            try disk.rename("arriving", to: onDisk(path))
        }
        return bytes
    }

    /// Books with the same bytes and the same time would be copies, of which one becomes the other when that goes.
    private func setTime(_ file: FilePath) throws {
        writes += 1
        try disk.setModified(file, Timestamp(nanoseconds: (1_000_000_000 + 10 * writes) * 1_000_000_000))
    }

    private func any(_ random: inout SplitMix) -> String? {
        // A dictionary's order is not the seed's.
        books.keys.sorted().randomElement(using: &random)
    }

    private func name(_ kind: String) -> String {
        names += 1
        return "\(kind)\(names)"
    }

    private func onDisk(_ path: String) -> FilePath { FilePath("library/\(path)") }

    /// Some of the books share their contents, and so their thumbnails.
    private static let whole = (0..<80).map {
        BookBuilder.comic(pages: 1 + $0 % 2, width: 30, height: 40 + $0 / 2, tint: UInt8($0))
    }

    private static let faulty = [
        BookBuilder.truncatedComic(), BookBuilder.encryptedComic(), BookBuilder.archiveWithoutPages(),
    ]

    // MARK: Judging

    /// Remembers what the index calls each book, which it is to be called for ever.
    func learn(_ index: [BookSummary]) {
        for book in index { books[book.path]?.id = book.id }
    }

    /// Compares the index of a daemon at rest with the disk.
    func judge(_ index: [BookSummary], _ problems: [ProblemSummary]) -> Verdict {
        var verdict = Verdict()
        let truth = Set(DiskTruth(below: root).books.keys.map(\.string))
        verdict.expect(truth == Set(books.keys), "the test does not know its own library")
        verdict.expectNone(repeated(index.map(\.path)), "paths that are in the index twice")
        verdict.expectNone(repeated(index.map { "\($0.id)" }), "ids that are in the index twice")
        let present = Dictionary(index.filter { $0.state != "missing" }.map { ($0.path, $0) }) { one, _ in one }
        verdict.expectNone(truth.subtracting(present.keys), "books that are on the disk and not in the index")
        verdict.expectNone(Set(present.keys).subtracting(truth), "books that are in the index and not on the disk")
        // They keep the problems that they had.
        let missing = Set(index.filter { $0.state == "missing" }.map(\.id))
        let lost = deleted.filter { !missing.contains($0.key) && !isBack($0.key, $0.value, present) }
        verdict.expectNone(lost.keys.map { "\($0)" }, "deleted books that are not missing")
        for (path, book) in books {
            guard let entry = present[path] else { continue }
            if let id = book.id { verdict.expect(entry.id == id, "\(path) was book \(id) and is now \(entry.id)") }
            verdict.expect(
                (entry.state == "ready") == book.isWhole,
                "\(path) is \(entry.state), though it is \(book.isWhole ? "whole" : "faulty")"
            )
            verdict.expect(entry.thumbnail != nil || !book.isWhole, "\(path) has no thumbnail")
        }
        let open = problems.filter { $0.severity == "error" && !missing.contains($0.bookID ?? 0) }
        let told = Set(open.compactMap(\.path))
        let faulty = Set(books.filter { !$0.value.isWhole }.keys)
        verdict.expectNone(faulty.subtracting(told), "faulty books without a problem")
        verdict.expectNone(told.subtracting(faulty), "problems without a faulty book")
        return verdict
    }

    /// Whether a book that came after another one had gone, with the same content, is now that book.
    private func isBack(_ id: Int64, _ contents: Set<[UInt8]>, _ present: [String: BookSummary]) -> Bool {
        guard let path = present.first(where: { $0.value.id == id })?.key, let book = books[path] else { return false }
        return book.id == nil && !book.contents.isDisjoint(with: contents)
    }

    private func repeated(_ names: [String]) -> [String] {
        Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.map(\.key)
    }
}
