// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// What a dry run says of what is not there any more.
extension DryRun {
    /// Counts what would be missing, or held, when all was looked at: a directory may have turned up elsewhere.
    mutating func settleLosses(outside offline: [FilePath]) async throws {
        let isKnowable = { (loss: Loss) in
            !offline.contains { loss.path.isWithin($0) || $0.isWithin(loss.path) }
        }
        var (directories, books) = (Set<Int64>(), Set<Int64>())
        for loss in lostDirectories.filter(isKnowable) where moved[loss.id] == nil {
            let rest = try await withoutMoved(loss)
            // Of a folder that all its books have left there is nothing to say.
            let isWhole = rest.directories == [loss.id]
            let isNone = isWhole ? false : try await tallies(rest.books, rest.directories).lost == 0
            if !isNone { notes.add("would be missing", loss.path) }
            directories.formUnion(rest.directories)
            books.formUnion(rest.books)
        }
        for loss in lostBooks.filter(isKnowable) where movedBooks[loss.id] == nil {
            if replacedBooks.contains(loss.id) {
                report[.updatedMedia] += 1
                notes.add("would be replaced", loss.path)
                continue
            }
            notes.add("would be missing", loss.path)
            books.insert(loss.id)
        }
        let lost = try await tallies(Array(books), Array(directories)).lost
        let holds = try await isMass(Array(books), Array(directories))
        report[holds && !job.options.acceptLosses ? .heldLosses : .missingMedia] += lost
    }

    /// What is lost with a directory out of which others were moved.
    private func withoutMoved(_ loss: Loss) async throws -> (directories: [Int64], books: [Int64]) {
        var rest: (directories: [Int64], books: [Int64]) = ([], [])
        var open = [(id: loss.id, path: loss.known)]
        while let next = open.popLast() {
            if moved[next.id] != nil { continue }
            guard hasMoved(outOf: next.path) else {
                rest.directories.append(next.id)
                continue
            }
            let known = try await services.store.known(next.path, of: job.library, version: version)
            rest.books += known.books.map(\.id).filter { movedBooks[$0] == nil }
            open += known.directories.map { ($0.id, next.path.appending($0.name)) }
        }
        return rest
    }

    /// Whether they would be held, with what earlier scans found to be lost.
    private func isMass(_ books: [Int64], _ directories: [Int64]) async throws -> Bool {
        let earlier = await services.losses.losses(of: job.library, heldAlone: false)
        let tallies = try await tallies(
            books + earlier.flatMap(\.books),
            directories + earlier.flatMap(\.directories.keys)
        )
        return LossRule(tallies, rootIsEmpty: rootIsEmpty).holds
    }

    private func tallies(_ books: [Int64], _ directories: [Int64]) async throws -> LossTallies {
        try await services.store.lossTallies(
            of: job.library,
            books: books,
            directories: directories,
            volumes: await services.libraryGuard.volumePaths(of: job.library)
        )
    }
}
