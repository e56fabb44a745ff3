// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryWatch
import SystemPackage

/// A library's tree as a catalog would hold it, made from listings.
struct RememberedTree {
    private(set) var directories: [StoredDirectory] = []

    /// Lists everything, each directory until its stamp is old enough to be relied upon.
    init(of library: WatchedLibrary) async throws {
        _ = try await library.watcher.volumes(of: library.name)
        try await add("", parent: nil, name: FileName(""), of: library)
    }

    private mutating func add(_ path: FilePath, parent: Int64?, name: FileName, of library: WatchedLibrary) async throws
    {
        var listing = try await library.list(path)
        // A stamp of this very moment would be trusted by nobody.
        while listing.isRacy { listing = try await library.list(path) }
        library.watcher.confirm(path, listing.settledStamp, listing.digest, of: library.name)
        let id = Int64(directories.count + 1)
        directories.append(
            StoredDirectory(
                id: id,
                parent: parent,
                name: name,
                stamp: listing.settledStamp,
                digest: listing.digest
            )
        )
        for child in listing.directories.sorted() {
            try await add(path.appending(child), parent: id, name: child, of: library)
        }
    }

    /// Gives the tree to a watcher that has seen nothing of it.
    func restore(to library: WatchedLibrary) {
        let load = library.watcher.restore(library.name)
        for directory in directories { load(directory) }
    }
}
