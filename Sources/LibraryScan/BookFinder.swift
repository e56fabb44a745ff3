// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// Finds out which books of a listing are books that the catalog has at other places, without opening any.
///
/// A book is known by the inode and the birth of its file. It has moved where these are at its old place no longer: a
/// hard link, a snapshot and a bind mount show one file at two places, and of these each is a book of its own.
struct BookFinder {
    struct Sighting: Sendable, Equatable {
        var book: BookPlace
        var name: FileName
        var stamp: FileStamp

        /// Whether nothing is where it was.
        var leavesNothing: Bool

        /// Whether another file had taken its place before this one was met.
        var isFormer = false
    }

    let library: LibraryName
    let services: JobServices

    /// The books that have come into a directory, or to another name in it; one to one, and none of `others`.
    func arrivals(
        in directory: FilePath,
        _ listing: Listing,
        _ known: KnownDirectory,
        except others: Set<Int64> = []
    ) async throws -> [Sighting] {
        let strangers = strangers(in: listing, known)
        if strangers.isEmpty { return [] }
        let places = try await services.store.books(bearing: Set(strangers.keys))
        let gone = await gone(places.values.joined())
        let arrivals = strangers.compactMap { identity, entry -> Sighting? in
            let candidates = places[identity, default: []].filter { gone[$0.id] != nil && !others.contains($0.id) }
            guard let book = candidates.first, candidates.count == 1 else { return nil }
            let leavesNothing = gone[book.id] == .absent
            return Sighting(book: book, name: entry.name, stamp: entry.stamp, leavesNothing: leavesNothing)
        }
        let rest = strangers.filter { places[$0.key] == nil }
        return arrivals + (try await returns(rest, except: others.union(arrivals.map(\.book.id))))
    }

    /// The books among files that no book has, of which another file took the place a moment ago.
    private func returns(
        _ strangers: [FileIdentity: (name: FileName, stamp: FileStamp)],
        except others: Set<Int64>
    ) async throws -> [Sighting] {
        let since = services.now() + LossRule.patience * -1
        let places = try await services.store.books(formerly: Set(strangers.keys), since: since)
        return places.compactMap { identity, book in
            guard let entry = strangers[identity], !others.contains(book.id), services.files.isConfigured(book.library)
            else { return nil }
            return Sighting(book: book, name: entry.name, stamp: entry.stamp, leavesNothing: false, isFormer: true)
        }
    }

    /// The files of a listing that the catalog does not have at their names, by their identities; none that is there
    /// twice.
    private func strangers(
        in listing: Listing,
        _ known: KnownDirectory
    ) -> [FileIdentity: (name: FileName, stamp: FileStamp)] {
        let identities = Dictionary(uniqueKeysWithValues: known.books.map { ($0.name, $0.stamp.identity) })
        var strangers: [FileIdentity: (name: FileName, stamp: FileStamp)] = [:]
        var seen: Set<FileIdentity> = []
        for entry in listing.entries {
            guard case .book(_, let stamp) = entry.kind, let identity = stamp.identity else { continue }
            if !seen.insert(identity).inserted || identities[entry.name] == .some(.some(identity)) {
                strangers[identity] = nil
            } else {
                strangers[identity] = (entry.name, stamp)
            }
        }
        return strangers
    }

    /// Those of some books whose files are not at their places, with what is there instead.
    private func gone(_ books: some Sequence<BookPlace>) async -> [Int64: FilePresence] {
        var gone: [Int64: FilePresence] = [:]
        for (library, books) in Dictionary(grouping: books, by: \.library) {
            guard services.files.isConfigured(library) else {
                // What is not watched any more is wherever it is met.
                for book in books { gone[book.id] = .unknown }
                continue
            }
            let presences = await services.files.presence(of: books.map(\.path), in: library)
            for (book, presence) in zip(books, presences) {
                switch presence {
                case .there(let stamp) where stamp.identity == book.stamp.identity: continue
                // The file itself is here, so that it need not be proved that it is not there.
                case .there, .absent: gone[book.id] = presence
                case .unknown: continue
                }
            }
        }
        return gone
    }
}
