// SPDX-License-Identifier: MIT
import Synchronization
import SystemPackage

/// The directories of one pass of which something is not in the catalog, though their listing showed it.
final class Unsettled: Sendable {
    private let directories = Mutex<Set<FilePath>>([])

    func insert(_ directory: FilePath) {
        directories.withLock { _ = $0.insert(directory) }
    }

    /// The settlement that is true of a directory now.
    func review(_ settlement: Settlement) -> Settlement {
        directories.withLock { $0.contains(settlement.directory) } ? settlement.unsettled : settlement
    }
}
