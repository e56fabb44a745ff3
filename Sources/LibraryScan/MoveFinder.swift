// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// Finds out whether a directory that was listed at one path is one that the catalog knows at another.
///
/// A directory is known by inode and time of birth. It has moved where it bears both, and the path at which it was known
/// is gone or shows another directory: a bind mount and a snapshot show one directory at two paths.
struct MoveFinder {
    enum Answer: Sendable, Equatable {
        /// The catalog has it at its path, or nowhere, and no other at its path.
        case inPlace

        /// Its row has to come here; at the old path another directory is now, or none.
        case moved(DirectoryMove, hasSuccessor: Bool)

        /// The catalog does not know it, and has another at its path.
        case stranger
    }

    /// How many directories are looked at for one that lies below where it was.
    private static let searchLimit = 256

    let library: LibraryName
    let store: LibraryStore
    let files: any LibraryFiles

    func look(for stamp: DirectoryStamp, at path: FilePath, _ known: KnownDirectory) async throws -> Answer {
        if path.isEmpty || stamp.born == nil { return .inPlace }
        if let stored = known.stamp, stored.isSameDirectory(as: stamp) { return .inPlace }
        // No row but the root's is at the root, so that none is left out.
        guard let row = try await store.movedDirectory(stamp, to: FilePath(), of: library) else {
            return known.isVacant ? .inPlace : .stranger
        }
        if row.path == path { return .inPlace }
        let move = DirectoryMove(id: row.id, old: row.path, new: path)
        do throws(ListingFault) {
            let other = try await files.stamp(of: row.path, in: library)
            return other.isSameDirectory(as: stamp) ? .inPlace : .moved(move, hasSuccessor: true)
        } catch {
            switch error {
            case .absent, .wrongKind, .ignored: return .moved(move, hasSuccessor: false)
            case .rootOffline, .denied, .failed: return .inPlace
            }
        }
    }
}

extension MoveFinder {
    /// Whether the directory of a row lies below the path at which the catalog has it: somebody put a new one around it.
    func finds(_ id: Int64, below path: FilePath, _ listing: Listing) async throws -> Bool {
        var open = [(path, listing)]
        var left = MoveFinder.searchLimit
        while let (directory, listing) = open.popLast() {
            for case (let name, .directory) in listing.entries.map({ ($0.name, $0.kind) }) where left > 0 {
                left -= 1
                let child = directory.appending(name)
                guard let listing = try? await files.list(child, of: library) else { continue }
                if try await store.movedDirectory(listing.stamp, to: FilePath(), of: library)?.id == id { return true }
                open.append((child, listing))
            }
        }
        return false
    }
}

extension KnownDirectory {
    /// Whether there is nothing present in it that could be mistaken for what is in another directory.
    var isVacant: Bool { id == nil || isMissing || (books.isEmpty && directories.isEmpty) }
}
