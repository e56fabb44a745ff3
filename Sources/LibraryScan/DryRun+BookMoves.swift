// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// What a dry run says of books that are not where the catalog has them.
///
/// It opens none, so it knows them by their files alone: of one that was copied to another disk and removed it says that
/// one would be new and the other missing.
extension DryRun {
    /// Gives what a directory would hold in the catalog after a scan had followed the books that came into it, and those
    /// that had left it before.
    mutating func locateBooks(
        of listing: Listing,
        _ known: KnownDirectory,
        in directory: FilePath
    ) async throws -> KnownDirectory {
        var known = known
        known.books.removeAll { movedBooks[$0.id] != nil }
        let finder = BookFinder(library: job.library, services: services)
        let arrivals = try await finder.arrivals(in: directory, listing, known, except: Set(movedBooks.keys))
        if arrivals.isEmpty { return known }
        let rows = try await rows(of: arrivals.map(\.book))
        let arrived = Set(arrivals.map(\.book.id))
        known.books.removeAll { arrived.contains($0.id) }
        for arrival in arrivals {
            note(arrival, in: directory)
            // Whose place it takes is lost, unless it is met elsewhere.
            if let index = known.books.firstIndex(where: { $0.name == arrival.name }) {
                if arrival.leavesNothing { replacedBooks.insert(known.books[index].id) }
                known.books[index].name = AsideName(arrival.name, id: known.books[index].id).name
            }
            guard var row = rows[arrival.book.id] else { continue }
            row.name = arrival.name
            (row.isMissing, row.isIgnored) = (false, false)
            // What was written in as well would be read again.
            if arrival.stamp.isSameFile(as: arrival.book.stamp) { row.stamp = arrival.stamp }
            known.books.append(row)
        }
        return known
    }

    /// How many of the moved books were in a directory of the library, and in none below it that was moved by itself.
    func movedBooks(outOf directory: FilePath) -> Int {
        let others = moved.values.map(\.old).filter { $0 != directory && $0.isWithin(directory) }
        return movedBooks.values.count { book in
            book.library == job.library && !book.isMissing && book.directory.isWithin(directory)
                && !others.contains { book.directory.isWithin($0) }
        }
    }

    /// Whether any moved book, or moved directory, was in a directory of the library.
    func hasMoved(outOf directory: FilePath) -> Bool {
        moved.values.contains { $0.old.isWithin(directory) }
            || movedBooks.values.contains { $0.library == job.library && $0.directory.isWithin(directory) }
    }

    private mutating func note(_ arrival: BookFinder.Sighting, in directory: FilePath) {
        movedBooks[arrival.book.id] = arrival.book
        report[.movedMedia] += 1
        if arrival.book.isMissing { report[.restoredMedia] += 1 }
        notes.add("would be moved here", directory.appending(arrival.name))
    }

    /// The rows of books, wherever they are, as a comparison needs them.
    private func rows(of books: [BookPlace]) async throws -> [Int64: KnownBook] {
        var rows: [Int64: KnownBook] = [:]
        for (library, books) in Dictionary(grouping: books, by: \.library) {
            for directory in Set(books.map(\.directory)) {
                let known = try await services.store.known(
                    directory,
                    of: library,
                    version: version,
                    triesAgain: job.triesAgain
                )
                for book in known.books { rows[book.id] = book }
            }
        }
        return rows
    }
}
