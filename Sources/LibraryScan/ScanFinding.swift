// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// One thing that a scan learned and that is to be committed.
enum ScanFinding: Sendable {
    /// A directory that is new, back, or has another stamp than the catalog knows.
    case directory(FilePath, DirectoryStamp)

    /// A directory whose content is unknown, and why.
    case unreadable(FilePath, ListingFault)

    /// A directory that could not be read before, and was now.
    case readable(FilePath)

    /// Books that were missing and are there again, unchanged.
    case restored([Int64])

    /// What reading a book came to; it holds a permit.
    case reading(BookReading)

    var isReading: Bool {
        if case .reading = self { true } else { false }
    }
}

/// What a worker, or the attempt to open the file, said of one candidate.
struct BookReading: Sendable {
    var directory: FilePath
    var candidate: DirectoryDifference.Candidate
    var outcome: Outcome

    enum Outcome: Sendable {
        case facts(BookFacts)

        /// The file moved while it was opened or read.
        case changed
        case failed(Finding)
    }
}
