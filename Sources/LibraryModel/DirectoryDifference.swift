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

    /// The digest of the sidecars that were read with it.
    package var sidecars: Int64

    package init(
        id: Int64,
        name: FileName,
        stamp: FileStamp,
        isMissing: Bool,
        isIgnored: Bool = false,
        isCurrent: Bool,
        sidecars: Int64 = 0
    ) {
        self.id = id
        self.name = name
        self.sidecars = sidecars
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

    /// The digest of the document about its series that was read last; 0 where there was none.
    package var seriesDocument: Int64 = 0
    package var books: [KnownBook] = []
    package var directories: [Child] = []

    /// Files that a conversion has left here, and that are no books of their own.
    package var leftovers: [Leftover] = []

    package init() {}
}

/// What changed in one directory between the catalog and a listing of it.
package struct DirectoryDifference: Sendable {
    /// A book to be read.
    package struct Candidate: Sendable, Equatable {
        package var name: FileName
        package var format: MediaFormat
        package var stamp: FileStamp

        /// What stands beside it and is about it, in the order of trust.
        package var sidecars: [Sidecar] = []

        /// The catalog's row; `nil` for a new book.
        package var known: KnownBook?
    }

    /// What a scan is to read in the directory.
    package struct Reading: Sendable, Equatable {
        /// New, changed, never read by this version, with other sidecars, or all of them where that is forced.
        package var books: [Candidate] = []

        /// The document about the series, where it is new or changed.
        package var seriesDocument: Sidecar?

        package var isEmpty: Bool { books.isEmpty && seriesDocument == nil }
    }

    package private(set) var reading = Reading()

    package var candidates: [Candidate] { reading.books }

    /// Whether there is a document about the series no longer.
    package private(set) var isSeriesDocumentGone = false

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
    ///
    /// Without `usesSidecars` it is as if there were none.
    package init(
        _ listing: Listing,
        _ known: KnownDirectory,
        usesSidecars: Bool = true,
        isForced: (FileName) -> Bool = { _ in false }
    ) {
        var books = Dictionary(uniqueKeysWithValues: known.books.map { ($0.name, $0) })
        var directories = Dictionary(uniqueKeysWithValues: known.directories.map { ($0.name, $0) })
        let shelf = SidecarShelf(usesSidecars ? listing.entries : [])
        if let document = shelf.seriesDocument {
            if [document].digest != known.seriesDocument { reading.seriesDocument = document }
        } else {
            isSeriesDocumentGone = known.seriesDocument != 0
        }
        for entry in listing.entries {
            switch entry.kind {
            case .book(let format, let stamp):
                let candidate = Candidate(
                    name: entry.name,
                    format: format,
                    stamp: stamp,
                    sidecars: shelf.sidecars(of: entry.name),
                    known: books.removeValue(forKey: entry.name)
                )
                sort(candidate, isForced: isForced(entry.name))
            case .directory:
                if let child = directories.removeValue(forKey: entry.name), !child.isMissing {
                    keptDirectories.append(child)
                } else {
                    newDirectories.append(entry.name)
                }
            case .sidecar, .other: skippedFiles += 1
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
        guard let known = candidate.known, !isForced, known.isCurrent, !candidate.stamp.differs(from: known.stamp),
            candidate.sidecars.digest == known.sidecars
        else {
            reading.books.append(candidate)
            return
        }
        if known.isMissing {
            restored.append(known)
        } else {
            unchanged += 1
        }
    }
}
