// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// One thing that a scan learned and that is to be committed.
enum ScanFinding: Sendable {
    /// A directory that is new, back, or another one than the catalog knows at this path; without a stamp where it is
    /// known from its parent alone.
    case present(FilePath, DirectoryStamp?)

    /// Everything that a directory's listing showed is in the catalog, or it is said that it is not.
    case settled(Settlement)

    /// A directory whose content is unknown, and why.
    case unreadable(FilePath, ListingFault)

    /// A `.stumpignore` that could not be read, or not all of it, and why.
    case rulesUnreadable(FilePath, IgnoreFault)

    /// A directory or a `.stumpignore` that could not be read before, and was now, or is gone.
    case readable(FilePath)

    /// Books that were missing and are there again, unchanged.
    case restored([Int64])

    /// Books, and directories with all below them, that the library's rules leave alone from now on.
    case ignored(books: [Int64], directories: [Int64])

    /// What the document about the series in a directory says, and its digest; `nil` and 0 where it is gone.
    case seriesDocument(FilePath, SidecarFacts?, digest: Int64)

    /// What reading a book came to; it holds a permit.
    case reading(BookReading)

    /// All readings have come in, so that it can be told what turned up and what is gone.
    case allRead

    static func ignored(_ difference: DirectoryDifference) -> ScanFinding {
        .ignored(books: difference.ignored.map(\.id), directories: difference.newlyIgnoredDirectories.map(\.id))
    }

    var isEndOfReading: Bool {
        if case .allRead = self { true } else { false }
    }

    var isSettlement: Bool {
        if case .settled = self { true } else { false }
    }

    var isReading: Bool {
        if case .reading = self { true } else { false }
    }
}

/// What the row of a directory is to say once everything that its listing showed is in the catalog.
struct Settlement: Sendable, Equatable {
    var directory: FilePath

    /// `nil` where something is still to be done, so that the directory is looked at again.
    var stamp: DirectoryStamp?
    var digest: ListingDigest

    init(_ directory: FilePath, _ listing: Listing) {
        self.directory = directory
        stamp = listing.settledStamp
        digest = listing.digest
    }

    var unsettled: Settlement {
        var copy = self
        copy.stamp = nil
        return copy
    }
}

/// What a worker, or the attempt to open the file, said of one candidate.
struct BookReading: Sendable {
    var directory: FilePath

    /// With the stamp of the open file, where it was opened: what is read belongs to what is open.
    var candidate: DirectoryDifference.Candidate
    var probe = WriterProbe.quiet
    var outcome: Outcome

    /// Whether it need not be come back to in this run of the job.
    var isDone: Bool {
        if case .unread = outcome { false } else { true }
    }

    enum Outcome: Sendable {
        case facts(BookFacts)

        /// The gate did not let it through; it was not read.
        case waiting

        /// No worker has looked at it: the job was stopped before its turn, or there is no worker.
        case unread

        /// The file moved while it was opened or read.
        case changed
        case failed(Finding)
    }
}
