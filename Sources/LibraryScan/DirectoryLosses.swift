// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// What a directory had and its listing does not show any more.
struct DirectoryLosses: Sendable, Equatable {
    var directory: FilePath
    var books: Set<Int64> = []
    var directories: [Int64: FileName] = [:]

    /// When the directory was listed.
    var listedAt: ContinuousClock.Instant

    var isEmpty: Bool { books.isEmpty && directories.isEmpty }

    /// The directories that are lost, by their paths.
    var paths: [FilePath] { directories.values.map { directory.appending($0) } }

    /// What of it is not among the others.
    func subtracting(_ others: DirectoryLosses) -> DirectoryLosses {
        var rest = self
        rest.books.subtract(others.books)
        rest.directories = directories.filter { others.directories[$0.key] == nil }
        return rest
    }
}
