// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Synchronization
import SystemPackage

/// What a job writes into a library itself: it is no news, and so no reason for a scan.
///
/// The watcher leaves the names out that are said here. What else happens to them meanwhile is found by a listing in the
/// end: where it is just what the catalog has, the directory is settled, and else it is scanned like any other.
final class OwnChanges: Sendable {
    /// The longest that changes of others to the same names may go unnoticed.
    private static let patience: Duration = .seconds(5)

    /// A little longer than two changes may lie apart and still bear one time: then a listing proves something.
    private static let tick: Duration = .milliseconds(25)

    private let library: LibraryName
    private let settings: LibrarySettings
    private let services: JobServices
    private let open = Mutex<[FilePath: ContinuousClock.Instant]>([:])

    init(_ library: LibraryName, _ settings: LibrarySettings, _ services: JobServices) {
        (self.library, self.settings, self.services) = (library, settings, services)
    }

    /// Says that files of these names are about to come and go in a directory.
    func begin(_ names: [FileName], in directory: FilePath) {
        services.writing.beginOwnChanges(to: names, in: directory, of: library)
        open.withLock { $0[directory] = $0[directory] ?? services.clock.now }
    }

    /// Settles the directories that are done with: all but the one where the job goes on, unless it has been for long.
    func settle(but current: FilePath? = nil) async throws {
        let now = services.clock.now
        let due = open.withLock { open in
            let due = open.filter { $0.key != current || now - $0.value > OwnChanges.patience }.keys.sorted {
                $0.string < $1.string
            }
            for directory in due { open[directory] = nil }
            return due
        }
        for directory in due { try await settle(directory) }
    }

    private func settle(_ directory: FilePath) async throws {
        await services.writing.endOwnChanges(in: directory, of: library)
        guard var listing = try? await services.files.list(directory, of: library) else {
            return services.writing.markChanged(directory, of: library)
        }
        if listing.isRacy {
            try? await services.clock.sleep(until: services.clock.now + OwnChanges.tick, tolerance: nil)
            if let later = try? await services.files.list(directory, of: library) { listing = later }
        }
        let version = JobServices.readerVersion(settings)
        let known = try await services.store.known(directory, of: library, version: version)
        let difference = DirectoryDifference(
            listing.without(known.leftovers),
            known,
            usesSidecars: settings.readsMetadata
        )
        guard difference.isNone, listing.unseen.isEmpty else {
            return services.writing.markChanged(directory, of: library)
        }
        let settlement = Settlement(directory, listing)
        try await services.store.commit(for: library, job: nil) { catalog in
            try catalog.settle(directory, stamp: settlement.stamp, digest: settlement.digest)
        }
        services.confirm(settlement, as: settlement.stamp, of: library)
    }
}
