// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore

/// Finds of books that are gone the copies that were made of them to move them to another file system.
///
/// Such a copy has the same bytes and bears the original's times, and became a book of its own while the original was
/// still there. A copy that was there long before its original went is none of these: it stays what it is, and the
/// original is missing.
struct CopyFinder {
    let services: JobServices

    /// One to one, or not at all.
    func copies(of losses: [DirectoryLosses]) async throws -> [BookCopy] {
        let lost = try await services.store.copied(
            books: losses.flatMap(\.books),
            andBelow: losses.flatMap(\.directories.keys),
            since: services.now() + BookMatch.youth * -1
        )
        let places = try await services.store.books(holding: Set(lost.keys), limit: BookMatch.copyLimit)
        var copies: [BookCopy] = []
        for (fingerprint, books) in places {
            let isLost = Set(lost[fingerprint, default: []])
            let gone = books.filter { isLost.contains($0.id) }
            let arrived = books.filter { copy in
                !isLost.contains(copy.id) && !copy.isMissing && services.now() - copy.addedAt < BookMatch.youth
                    && gone.contains { $0.isOriginal(of: copy) }
            }
            for pair in BookMatch.pairs(arrived: arrived.map(\.traits), gone: gone.map(\.traits))
            where gone[pair.gone].isOriginal(of: arrived[pair.arrived]) {
                copies.append(BookCopy(original: gone[pair.gone], copy: arrived[pair.arrived]))
            }
        }
        return try await stillThere(copies)
    }

    private func stillThere(_ copies: [BookCopy]) async throws -> [BookCopy] {
        var there: [BookCopy] = []
        for (library, copies) in Dictionary(grouping: copies, by: \.copy.library) {
            let presences = await services.files.presence(of: copies.map(\.copy.path), in: library)
            for (pair, presence) in zip(copies, presences) {
                if case .there(let stamp) = presence, !stamp.differs(from: pair.copy.stamp) { there.append(pair) }
            }
        }
        return there
    }
}

extension BookPlace {
    /// Whether a younger book is as a copy of this one would be; FAT keeps times in steps of 2 seconds.
    ///
    /// The same file under another name is one that was renamed over the other book.
    fileprivate func isOriginal(of copy: BookPlace) -> Bool {
        let drift = copy.stamp.modified - stamp.modified
        let isOtherFile = stamp.identity == nil || stamp.identity != copy.stamp.identity
        let isAlike = copy.stamp.size == stamp.size && drift < .seconds(2) && drift > .seconds(-2)
        return isOtherFile && isAlike && copy.addedAt > addedAt
    }
}
