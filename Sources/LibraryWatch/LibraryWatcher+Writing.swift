// SPDX-License-Identifier: MIT
package import LibraryModel
import Synchronization
package import SystemPackage

extension LibraryWatcher: LibraryWriting {
    package func bookDirectory(
        _ directory: FilePath,
        of library: LibraryName
    ) async throws(WritingFault) -> any BookDirectory {
        do throws(ListingFault) {
            let place = try place(of: library)
            let lane = place.volume(of: directory).lane
            let path = place.root.appending(directory.components)
            return try await run(on: lane, for: place) { () throws(ListingFault) in
                let descriptor = try OpenDirectory.descend(directory.names, below: place.root)
                return WritableDirectory(adopting: descriptor, at: path, on: lane)
            }
        } catch {
            throw .unreachable(error)
        }
    }

    package func beginOwnChanges(to names: [FileName], in directory: FilePath, of library: LibraryName) {
        guard let number = knownPlace(of: library)?.number else { return }
        state.withLock { $0.beginOwnChanges(to: names, in: directory, of: number) }
    }

    package func endOwnChanges(in directory: FilePath, of library: LibraryName) async {
        guard let number = knownPlace(of: library)?.number else { return }
        // Without a queue of the kernel's there is nothing to wait for.
        try? await barrier()
        state.withLock { $0.endOwnChanges(in: directory, of: number) }
    }

    package func markChanged(_ directory: FilePath, of library: LibraryName) {
        guard let number = knownPlace(of: library)?.number else { return }
        state.withLock { state in
            if let node = state.tree.node(at: directory, of: number) { state.markFound(node, isExplained: true) }
        }
        announce()
    }
}
