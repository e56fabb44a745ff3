// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// One step on a directory's way to another path, which its row in the catalog is to go.
struct DirectoryMove: Sendable, Equatable {
    var id: Int64
    var old: FilePath
    var new: FilePath

    /// Whether it only makes way there, for its own directory is still to be met.
    var isAside = false
}

extension FilePath {
    /// What becomes of this path when `old` becomes `new`; `nil` where it does not lie there.
    func moved(from old: FilePath, to new: FilePath) -> FilePath? {
        guard isWithin(old) else { return nil }
        return names.dropFirst(old.names.count).reduce(new) { $0.appending($1) }
    }
}
