// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// How a walk deals with books that are not where the catalog has them.
extension ScanWalk {
    /// How often a listing is gone through again because a scan of another library took what was recognised.
    private static let tries = 4

    /// Puts the rows of a listing's books where the books are, before anything is compared, so that none is opened
    /// which has only moved.
    ///
    /// - Returns: whether any row went.
    mutating func locateBooks(
        of listing: Listing,
        _ known: KnownDirectory,
        in directory: FilePath
    ) async throws -> Bool {
        let finder = BookFinder(library: job.library, services: services)
        for _ in 0..<ScanWalk.tries {
            let arrivals = try await finder.arrivals(in: directory, listing, known)
            if arrivals.isEmpty { return false }
            do {
                try await follow(arrivals, to: directory)
                return true
            } catch is BookMoveRefused {
                continue
            }
        }
        return false
    }

    private func follow(_ arrivals: [BookFinder.Sighting], to directory: FilePath) async throws {
        let moves = arrivals.map { arrival in
            BookMove(
                arrival.book,
                to: directory,
                as: arrival.name,
                seriesDirectory: settings.pattern.seriesDirectory(ofBooksIn: directory),
                rootName: settings.rootName,
                // What was written in as well is read again.
                stamp: arrival.stamp.isSameFile(as: arrival.book.stamp) ? arrival.stamp : nil,
                formerFile: arrival.isFormer ? arrival.stamp : nil,
                leavesNothing: arrival.leavesNothing
            )
        }
        _ = try await account.commit { try $0.move(books: moves) }
        control.noteResult()
        for (library, books) in Dictionary(grouping: arrivals.map(\.book), by: \.library) {
            try await services.forgetLosses(of: Set(books.map(\.id)), library)
        }
        try await services.lookAgain(where: arrivals.filter(\.isFormer).map(\.book))
    }
}

extension JobServices {
    /// Has what took the places of books looked at, for it is none of these.
    func lookAgain(where books: [BookPlace]) async throws {
        for (library, books) in Dictionary(grouping: books, by: \.library) {
            var scope = ScanScope()
            for book in books { scope.insert(book.directory, ScanScope.Depth(isDeep: false)) }
            _ = try await store.request(.init(library: library, scope: scope, trigger: .watch))
        }
    }

    /// Forgets losses of books that were met elsewhere; when none of a library's is held any more, that is told.
    func forgetLosses(of books: Set<Int64>, _ library: LibraryName) async throws {
        await losses.forget(books: books, library)
        guard await libraryGuard.heldLosses(of: library) > 0,
            await losses.losses(of: library, heldAlone: true).isEmpty
        else { return }
        try await store.commit(for: library, job: nil) { try $0.noteHeldLosses(0) }
        try await libraryGuard.noteHeldLosses(0, of: library)
    }
}
