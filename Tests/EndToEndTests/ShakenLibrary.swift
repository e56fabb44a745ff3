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
    }

    private let disk: TemporaryDirectory

    /// By path below the root.
    private var books: [String: Book] = [:]
    private(set) var folders: [String] = []

    /// The ids of books that are gone.
    private var deleted: Set<Int64> = []
    private var names = 0
    private var writes = 0

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
        try write(path, isWhole: isWhole, &random)
        books[path] = Book(isWhole: isWhole)
    }

    private func replace(_ random: inout SplitMix) throws {
        guard let path = any(&random), let book = books[path] else { return }
        let isWhole = Int.random(in: 0..<6, using: &random) != 0
        try write(path, isWhole: isWhole, &random)
        books[path] = Book(isWhole: isWhole, id: book.id)
    }

    private func delete(_ random: inout SplitMix) throws {
        guard let path = any(&random), let book = books.removeValue(forKey: path) else { return }
        if let id = book.id { deleted.insert(id) }
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

    /// In place, or under another name first.
    private func write(_ path: String, isWhole: Bool, _ random: inout SplitMix) throws {
        writes += 1
        let bytes = isWhole ? whole() : faulty(&random)
        if Bool.random(using: &random) {
            try disk.write(onDisk(path), bytes)
            try setTime(onDisk(path))
        } else {
            try disk.write("arriving", bytes)
            try setTime("arriving")
            try disk.rename("arriving", to: onDisk(path))
        }
    }

    /// Books with the same bytes and the same time would be copies, of which one becomes the other when that goes.
    private func setTime(_ file: FilePath) throws {
        try disk.setModified(file, Timestamp(nanoseconds: (1_000_000_000 + 10 * Int64(writes)) * 1_000_000_000))
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

    /// What only one book holds, but for the first ones, which share their contents in pairs, and so their thumbnails.
    ///
    /// A content that turned up again when its book has gone or holds another would be that book.
    private func whole() -> [UInt8] {
        let content = writes <= ShakenLibrary.shared * 2 ? writes % ShakenLibrary.shared : writes
        return BookBuilder.comic(
            pages: 1 + content % 2,
            width: 30,
            height: 40 + content / 256,
            tint: UInt8(truncatingIfNeeded: content)
        )
    }

    private static let shared = 50

    private func faulty(_ random: inout SplitMix) -> [UInt8] {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: BookBuilder.truncatedComic(height: writes)
        case 1: BookBuilder.encryptedComic(height: writes)
        default: BookBuilder.archiveWithoutPages()
        }
    }

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
        verdict.expectNone(deleted.subtracting(missing).map { "\($0)" }, "deleted books that are not missing")
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

    private func repeated(_ names: [String]) -> [String] {
        Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.map(\.key)
    }
}
