// SPDX-License-Identifier: MIT
import LibraryModel

/// Builds a library's tree from the catalog's rows.
// Used under the lock of the state that it fills, and nowhere else.
final class TreeLoader: @unchecked Sendable {
    private let library: Int
    private var nodes: [Int64: DirectoryTree.Node] = [:]

    init(library: Int) {
        self.library = library
    }

    /// Adds one directory; one whose parent is not there is left to the listing of the tree above it.
    func load(_ directory: StoredDirectory, into state: inout WatchState) {
        let sight = DirectoryTree.Sight(stamp: directory.stamp, digest: directory.digest)
        guard let parent = directory.parent else {
            nodes[directory.id] = state.restore(root: library, sight)
            return
        }
        guard let parent = nodes[parent] else { return }
        nodes[directory.id] = state.restore(directory.name, in: parent, sight)
    }
}
