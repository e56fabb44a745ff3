// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore

/// Compares all of the cache of thumbnails with what the catalog has of it.
///
/// Loose files are noted and removed without it. It is for what nobody could note: a database that was restored does not
/// know the files of its future, and a cache that was deleted is missed by no row. Shelf by shelf, so that no more than
/// a part in 256 of the names is in memory.
struct ThumbnailReview {
    /// How old a file has to be to be taken for nobody's.
    private static let youth: Duration = .seconds(3600)

    struct Outcome: Sendable, Equatable {
        /// Files that were no book's, and are removed.
        var removed = 0

        /// Books whose files were gone, and are due.
        var due = 0
    }

    let store: LibraryStore
    let files: ThumbnailFiles

    /// The time by the clock that files are dated with.
    let now: Timestamp

    /// - Throws: `CancellationError`, and what the database throws.
    func run() async throws -> Outcome {
        var outcome = Outcome()
        for shelf in ThumbnailFiles.shelves {
            try Task.checkCancellation()
            // So that no file comes into the cache between the look at it and the look at the rows.
            let part = try await files.exclusively { try await review(shelf) }
            outcome.removed += part.removed
            outcome.due += part.due
        }
        return outcome
    }

    private func review(_ shelf: String) async throws -> Outcome {
        guard let found = files.names(on: shelf) else { return Outcome() }
        let known = Set(try await store.thumbnails(on: shelf))
        let orphans = found.subtracting(known)
            .filter { files.isOlder($0, than: now + (.zero - ThumbnailReview.youth)) }
        let removed = files.remove(orphans.sorted()).count
        let lost = known.subtracting(found).sorted()
        return Outcome(removed: removed, due: try await store.askForThumbnails(insteadOf: lost))
    }
}
