// SPDX-License-Identifier: MIT
import Dispatch
import LibraryModel
package import Synchronization
import SystemPackage

/// Steps at random through what programs and people do to a library, on few names, so that they meet.
///
/// Most steps fail, and that is as well. They run at full speed on a thread of their own.
package final class DiskMutation: Sendable {
    package let isDone = Atomic(false)
    private let disk: TemporaryDirectory
    private let seed: UInt64
    private let steps: Int

    /// Of several sizes and contents, so that one that takes another's place can be told from it.
    private let books: [[UInt8]]

    /// Whether the root itself is moved away, and another put in its place.
    private let movesRoot: Bool

    /// Takes a disk that has the library's root at `library`, and nothing of value beside it.
    package init(disk: TemporaryDirectory, seed: UInt64, steps: Int, books: [[UInt8]], movesRoot: Bool = false) {
        (self.disk, self.seed, self.steps, self.books) = (disk, seed, steps, books)
        self.movesRoot = movesRoot
    }

    package func start() {
        DispatchQueue(label: "mutation").async {
            self.run()
            self.isDone.store(true, ordering: .releasing)
        }
    }

    /// Does all the steps on this thread.
    package func run() {
        var random = SplitMix(seed: seed)
        for _ in 0..<steps { step(&random) }
        // A root that was moved away is back at the end, or there is another.
        if movesRoot { try? disk.makeDirectory("library") }
    }

    private func step(_ random: inout SplitMix) {
        let path = path(&random)
        let other = self.path(&random)
        let outside = FilePath("outside\(Int.random(in: 0..<3, using: &random))")
        let book = path.appending("\(Int.random(in: 0..<3, using: &random)).cbz")
        switch Int.random(in: 0..<20, using: &random) {
        case 0...2: write(book, &random, making: path)
        case 3: write(book, &random)
        case 4: try? disk.remove(book)
        case 5: try? disk.rename(book, to: other.appending("0.cbz"))
        case 6: try? disk.rename(path, to: other)
        case 7:
            try? disk.rename(path, to: other)
            try? disk.makeDirectory(path)
        case 8: try? disk.rename(path, to: outside)
        case 9: try? disk.rename(outside, to: path)
        case 10: try? disk.exchange(path, with: other)
        case 11: try? disk.exchange(book, with: other.appending("1.cbz"))
        case 12: try? disk.makeHardLink(other.appending("2.cbz"), to: book)
        case 13: linkFromOutside(book, &random)
        case 14: replaceByLink(path, to: other)
        case 15: try? disk.makeSymbolicLink(book, to: disk.path.appending(other.appending("0.cbz").components))
        case 16: arrive(book, &random)
        case 17: copy(to: path, &random)
        case 18 where movesRoot && Int.random(in: 0..<20, using: &random) == 0: moveRoot(&random)
        default: try? disk.remove(path)
        }
    }

    private func path(_ random: inout SplitMix) -> FilePath {
        var path = FilePath("library")
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            path.append(["a", "b", "c", "d"][Int.random(in: 0..<4, using: &random)])
        }
        return path
    }

    private func write(_ book: FilePath, _ random: inout SplitMix, making directory: FilePath? = nil) {
        if let directory { try? disk.makeDirectory(directory) }
        // No event tells the other names of a file that it was written; that is for the slow walk.
        if (try? disk.isShared(book)) == true { try? disk.remove(book) }
        try? disk.write(book, books[Int.random(in: books.indices, using: &random)])
    }

    /// A download that gets its name when it is whole.
    private func arrive(_ book: FilePath, _ random: inout SplitMix) {
        let part = FilePath(bytes: book.bytes + Array(".part".utf8))
        write(part, &random)
        try? disk.rename(part, to: book)
    }

    /// A file that has another name elsewhere.
    private func linkFromOutside(_ book: FilePath, _ random: inout SplitMix) {
        let outside = FilePath("linked\(Int.random(in: 0..<3, using: &random)).cbz")
        write(outside, &random)
        try? disk.makeHardLink(book, to: outside)
    }

    private func replaceByLink(_ path: FilePath, to other: FilePath) {
        try? disk.rename(path, to: other)
        try? disk.makeSymbolicLink(path, to: disk.path.appending(other.components))
    }

    /// Many directories at once, the deepest with a book.
    private func copy(to path: FilePath, _ random: inout SplitMix) {
        for name in ["a", "b", "c"] {
            write(
                path.appending(name).appending("a").appending("0.cbz"),
                &random,
                making: path.appending(name).appending("a")
            )
        }
    }

    private func moveRoot(_ random: inout SplitMix) {
        if Bool.random(using: &random) {
            try? disk.rename("library", to: "away")
            try? disk.rename("away", to: "library")
        } else {
            try? disk.rename("library", to: "before")
            try? disk.makeDirectory("library/a")
            try? disk.remove("before")
        }
    }
}
