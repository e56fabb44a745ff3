// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// How a walk deals with directories that are not where the catalog has them.
///
/// Ids follow directories: of two that exchanged their names, or of many that moved in a ring, the row of one makes way
/// under a name of no directory, and is fetched from there when the walk meets its directory. Where the walk does not,
/// it is among the losses.
extension ScanWalk {
    /// Where the row of a listed directory is.
    enum Whereabouts {
        /// At its path, or nowhere.
        case here

        /// It has been moved to its path.
        case moved

        /// At its path is that of another directory, which was not met elsewhere; it is known by the names of its books.
        case replaced

        /// It will be clear later.
        case open
    }

    /// Puts the row of a directory where the directory is, before anything is compared.
    mutating func locate(
        _ stop: WalkRoute.Stop,
        _ listing: Listing,
        _ known: KnownDirectory
    ) async throws -> Whereabouts {
        let finder = MoveFinder(library: job.library, store: services.store, files: services.files)
        switch try await finder.look(for: listing.stamp, at: stop.directory, known) {
        case .inPlace: return .here
        case .stranger:
            if stop.turn == .last { return try await replace(known, at: stop.directory, listing, finder) }
            route.wait(for: stop, until: .last)
            return .open
        case .moved(let move, let hasSuccessor):
            var isDone = try await follow([move])
            if !isDone, let occupant = known.id {
                // The directory of the row that is in the way may still be met, but for one that is missing.
                if !known.isMissing, stop.turn == .first {
                    route.wait(for: stop, until: .second)
                    return .open
                }
                isDone = try await follow([makeWay(occupant, at: stop.directory), move])
                route.revisit(stop.directory.removingLastComponent())
            }
            if isDone, hasSuccessor { route.revisit(move.old) }
            return isDone ? .moved : .replaced
        }
    }

    /// Has a directory take the row that is at its path, unless that row's own directory was put into it.
    private mutating func replace(
        _ known: KnownDirectory,
        at path: FilePath,
        _ listing: Listing,
        _ finder: MoveFinder
    ) async throws -> Whereabouts {
        guard let occupant = known.id, try await finder.finds(occupant, below: path, listing),
            try await follow([makeWay(occupant, at: path)])
        else { return .replaced }
        return .moved
    }

    /// The move of a row to a name beside its own that no listing shows, for all hidden names are left alone.
    private func makeWay(_ id: Int64, at path: FilePath) -> DirectoryMove {
        let aside = AsideName(path.names.last ?? FileName(""), id: id)
        let new = path.removingLastComponent().appending(aside.name)
        return DirectoryMove(id: id, old: path, new: new, isAside: true)
    }

    /// Moves rows in a transaction of their own, so that the comparison that follows sees them where they belong.
    ///
    /// - Returns: `false`, with nothing changed, where the catalog has books at one of the new paths.
    private mutating func follow(_ moves: [DirectoryMove]) async throws -> Bool {
        // What was found so far names directories by their paths, so it has to be committed under the old ones.
        await findings.flush()
        try control.checkStop()
        do {
            try await account.commit(try await movesToForget(moves)) { [settings] catalog in
                for move in moves { try catalog.follow(move, settings) }
            }
            control.noteResult()
        } catch is MoveRefused {
            return false
        }
        for move in moves {
            await services.pending.move(move.old, to: move.new, job.library)
            await services.losses.move(move.old, to: move.new, job.library)
            // What was met below the old path before its own directory was, was compared with rows that went along.
            route.reopen(below: move.old)
            for directory in forget({ $0.isWithin(move.old) }) { route.revisit(directory) }
        }
        return true
    }

    /// What the catalog counts of books that only make way: they are counted when their own directory is met.
    private func movesToForget(_ moves: [DirectoryMove]) async throws -> ScanReport {
        let rows = moves.filter(\.isAside).map(\.id)
        var figures = ScanReport()
        if rows.isEmpty { return figures }
        let books = try await services.store.lossTallies(of: job.library, books: [], directories: rows, volumes: [])
        figures[.movedMedia] = -books.lost
        return figures
    }

    /// Forgets what was found in directories that are not what they were.
    ///
    /// - Returns: the directories in which anything was.
    @discardableResult
    mutating func forget(_ isGone: (FilePath) -> Bool) -> Set<FilePath> {
        let found =
            readings.map(\.directory) + deferred.map(\.directory) + losses.map(\.directory)
            + settlements.map(\.directory)
        let forgotten = Set(found.filter(isGone))
        if forgotten.isEmpty { return [] }
        readings.removeAll { forgotten.contains($0.directory) }
        deferred.removeAll { forgotten.contains($0.directory) }
        losses.removeAll { forgotten.contains($0.directory) }
        settlements.removeAll { forgotten.contains($0.directory) }
        return forgotten
    }
}

/// Thrown through a transaction where a directory's row cannot go where the directory is.
private struct MoveRefused: Error {}

extension CatalogTransaction {
    fileprivate func follow(_ move: DirectoryMove, _ settings: LibrarySettings) throws {
        guard try self.move(directory: move.id, to: move.new) else { throw MoveRefused() }
        if settings.pattern == .collection {
            let series = settings.pattern.seriesDirectory(ofBooksIn: move.new)
            try reassign(booksBelow: move.id, to: series, rootName: settings.rootName)
        }
    }
}
