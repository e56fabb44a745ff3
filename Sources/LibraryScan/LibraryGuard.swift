// SPDX-License-Identifier: MIT
package import LibraryModel
package import LibraryStore
package import Logging
package import SystemPackage

/// Says of each library whether what its directories show can be believed.
///
/// A disk that is not mounted lists as an empty directory, and another disk in its place as other books. So every scan
/// asks here before it walks and again before it believes a loss: are the file systems those that the books were found
/// on? While nothing has changed the answer costs one look at the mounts.
package actor LibraryGuard {
    /// The conditions as they were found last.
    package nonisolated let conditions = LibraryConditions()

    private let store: LibraryStore
    private let files: any LibraryFiles
    private let news: LibraryNews
    private var standings: [LibraryName: LibraryStanding] = [:]
    private var lastMountChange: ContinuousClock.Instant

    /// The start counts as a change of the mounts, for at boot disks still come up.
    package init(
        store: LibraryStore,
        files: any LibraryFiles,
        clock: any SteadyClock = ContinuousClock(),
        logger: Logger
    ) {
        self.store = store
        self.files = files
        news = LibraryNews(store: store, logger: logger)
        lastMountChange = clock.now
    }

    /// From when on losses may be judged.
    package var mountsAreQuiet: ContinuousClock.Instant { lastMountChange + LossRule.mountQuiet }

    /// The volumes below a library's root that are not there, by the paths where they begin, and why.
    ///
    /// Of what lies below them nothing is known: it is neither present nor missing.
    package func offlineVolumes(of library: LibraryName) -> [FilePath: String] {
        standings[library]?.volumes.gone ?? [:]
    }

    /// Where the volumes of a library begin, as they were seen when all was well; the root's own is always among them.
    func volumePaths(of library: LibraryName) -> [FilePath] {
        let standing = standings[library] ?? LibraryStanding()
        return Array(Set((standing.trusted ?? standing.volumes.remembered).map(\.path) + [FilePath()]))
    }

    /// Compares the volumes of a library with those remembered, remembers new ones that can be believed, and tells
    /// where the library's condition is another than before.
    ///
    /// - Throws: what the database throws.
    @discardableResult
    package func check(_ library: LibraryName) async throws -> LibraryCondition {
        let number = standings[library, default: LibraryStanding()].beginCheck()
        let sighting = await look(at: library)
        var outcome: VolumeReview.Outcome?
        if case .success(let seen) = sighting, standings[library]?.trusted != seen {
            outcome = try await compare(seen, of: library)
        }
        return try await update(library) { _ = $0.endCheck(number, sighting, outcome) }
    }

    /// Checks a library before a job goes on with it.
    ///
    /// - Throws: ``JobFault/offline(_:)``, and what the database throws.
    func admit(_ library: LibraryName) async throws {
        if case .offline(let reason) = try await check(library) { throw JobFault.offline(reason) }
    }

    /// Takes what a library lies on now for right, because a person said that what is gone is gone.
    package func adopt(_ library: LibraryName) async throws {
        guard case .success(let seen) = await look(at: library) else { return }
        try await store.commit(for: library, job: nil) { try $0.remember(seen) }
        try await update(library) { $0.adopt(seen) }
    }

    /// Notes that a mount came or went, so that losses are not judged for a while.
    package func noteMountChange(at instant: ContinuousClock.Instant) {
        lastMountChange = max(lastMountChange, instant)
    }

    /// Notes that a library's root cannot be listed, whatever the mounts say.
    func noteRootFault(_ library: LibraryName, _ fault: any Fault) async throws {
        if case .offline = try await check(library) { return }
        try await update(library) { $0.note(listingFault: fault.summary) }
    }

    /// Forgets what was found of a library that is not there any more, or lies elsewhere now.
    package func forget(_ library: LibraryName) {
        standings[library] = nil
        conditions.forget(library)
    }

    func heldLosses(of library: LibraryName) -> Int { standings[library]?.heldLosses ?? 0 }

    /// Notes how many losses wait for a person's word.
    func noteHeldLosses(_ count: Int, of library: LibraryName) async throws {
        try await update(library) { $0.heldLosses = count }
    }

    private func look(at library: LibraryName) async -> Result<[VolumeSighting], ListingFault> {
        do throws(ListingFault) {
            let seen = try await files.volumes(of: library)
            // Only who could not list the root is asked to prove that it can.
            if standings[library]?.listingFault != nil { _ = try await files.list(FilePath(), of: library) }
            return .success(seen)
        } catch {
            return .failure(error)
        }
    }

    private func compare(_ seen: [VolumeSighting], of library: LibraryName) async throws -> VolumeReview.Outcome {
        let remembered = try await store.volumes(of: library)
        let review = VolumeReview(library: library, store: store, files: files)
        let outcome = try await review.compare(seen, with: remembered)
        if outcome.rootFault == nil, outcome.remembered != remembered {
            try await store.commit(for: library, job: nil) { try $0.remember(outcome.remembered) }
        }
        return outcome
    }

    @discardableResult
    private func update(
        _ library: LibraryName,
        _ change: (inout LibraryStanding) -> Void
    ) async throws -> LibraryCondition {
        let isFirst = standings[library, default: LibraryStanding()].isFirstCheck
        change(&standings[library, default: LibraryStanding()])
        let condition = standings[library, default: LibraryStanding()].condition
        let before = conditions.set(condition, of: library)
        try await news.tell(condition, before: before, isFirst: isFirst, of: library)
        return condition
    }
}
