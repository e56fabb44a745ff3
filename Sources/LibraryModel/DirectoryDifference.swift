// SPDX-License-Identifier: MIT

/// A book as the catalog last saw it.
package struct KnownBook: Sendable, Equatable {
    package var id: Int64
    package var name: FileName
    package var stamp: FileStamp

    /// Whether it is not in the index: it is gone, or ignored.
    package var isMissing: Bool

    /// Whether the library's rules are why it is not in the index; the file may be there or not.
    package var isIgnored: Bool

    /// Whether this version of the reader, with these settings, has read the book.
    package var isCurrent: Bool

    package init(
        id: Int64,
        name: FileName,
        stamp: FileStamp,
        isMissing: Bool,
        isIgnored: Bool = false,
        isCurrent: Bool
    ) {
        self.id = id
        self.name = name
        self.stamp = stamp
        self.isMissing = isMissing
        self.isIgnored = isIgnored
        self.isCurrent = isCurrent
    }
}

/// What the catalog holds of one directory.
package struct KnownDirectory: Sendable, Equatable {
    package struct Child: Sendable, Equatable {
        package var id: Int64
        package var name: FileName
        package var isMissing: Bool

        package init(id: Int64, name: FileName, isMissing: Bool) {
            self.id = id
            self.name = name
            self.isMissing = isMissing
        }
    }

    /// `nil` for a directory that the catalog does not know yet.
    package var id: Int64?
    package var stamp: DirectoryStamp?
    package var isMissing = false
    package var books: [KnownBook] = []
    package var directories: [Child] = []

    package init() {}
}

/// What changed in one directory between the catalog and a listing of it.
package struct DirectoryDifference: Sendable {
    /// A book to be read.
    package struct Candidate: Sendable, Equatable {
        package var name: FileName
        package var format: MediaFormat
        package var stamp: FileStamp

        /// The catalog's row; `nil` for a new book.
        package var known: KnownBook?
    }

    /// New, changed, never read by this version, or all of them where that is forced.
    package private(set) var candidates: [Candidate] = []

    /// Missing before, and here again as they were.
    package private(set) var restored: [KnownBook] = []

    /// In the catalog, and there, but left alone by rules that did not before: no losses.
    package private(set) var ignored: [KnownBook] = []
    package private(set) var newlyIgnoredDirectories: [KnownDirectory.Child] = []

    /// In the catalog, and proved absent.
    package private(set) var lost: [KnownBook] = []
    package private(set) var lostDirectories: [KnownDirectory.Child] = []

    /// In the listing, not in the catalog or missing there.
    package private(set) var newDirectories: [FileName] = []
    package private(set) var keptDirectories: [KnownDirectory.Child] = []
    package private(set) var unchanged = 0
    package private(set) var ignoredFiles = 0
    package private(set) var ignoredDirectories = 0
    package private(set) var skippedFiles = 0

    /// Compares a listing with what is known; a book that `isForced` is a candidate though it has not changed.
    package init(
        _ listing: Listing,
        _ known: KnownDirectory,
        isForced: (FileName) -> Bool = { _ in false }
    ) {
        var books = Dictionary(uniqueKeysWithValues: known.books.map { ($0.name, $0) })
        var directories = Dictionary(uniqueKeysWithValues: known.directories.map { ($0.name, $0) })
        for entry in listing.entries {
            switch entry.kind {
            case .book(let format, let stamp):
                let candidate = Candidate(
                    name: entry.name,
                    format: format,
                    stamp: stamp,
                    known: books.removeValue(forKey: entry.name)
                )
                sort(candidate, isForced: isForced(entry.name))
            case .directory:
                if let child = directories.removeValue(forKey: entry.name), !child.isMissing {
                    keptDirectories.append(child)
                } else {
                    newDirectories.append(entry.name)
                }
            case .other: skippedFiles += 1
            case .ignoredFile:
                ignoredFiles += 1
                if let book = books.removeValue(forKey: entry.name), !book.isIgnored { ignored.append(book) }
            case .ignoredDirectory:
                ignoredDirectories += 1
                if let child = directories.removeValue(forKey: entry.name), !child.isMissing {
                    newlyIgnoredDirectories.append(child)
                }
            }
        }
        lost = books.values.filter { !$0.isMissing }.sorted { $0.id < $1.id }
        lostDirectories = directories.values.filter { !$0.isMissing }.sorted { $0.id < $1.id }
    }

    private mutating func sort(_ candidate: Candidate, isForced: Bool) {
        guard let known = candidate.known, !isForced, known.isCurrent, !candidate.stamp.differs(from: known.stamp)
        else {
            candidates.append(candidate)
            return
        }
        if known.isMissing {
            restored.append(known)
        } else {
            unchanged += 1
        }
    }
}
