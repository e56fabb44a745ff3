// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// Decides which of the losses that a walk found are true.
///
/// As many as the kernel told of are believed. Of the rest a little is believed when a later listing shows it too, and
/// much only when a person says so.
struct LossJudge {
    /// The most losses of a volume that are believed without a look at some of its other books.
    static let trust = 10

    /// How many other books are looked for, and how many of them may be gone by chance.
    static let canaries = 16
    static let chance = 1

    let job: LibraryJob
    let services: JobServices

    /// When the job began: books that it added hide no loss.
    let began: Timestamp

    /// What became of the losses; what is in neither waits for another listing.
    struct Verdict {
        var applied: [DirectoryLosses]
        var held: [DirectoryLosses] = []
    }

    /// Judges losses, all of which are still in the catalog, and enters in the ledger what is not believed yet.
    func judge(_ losses: [DirectoryLosses], rootIsEmpty: Bool) async throws -> Verdict {
        if job.options.acceptLosses {
            for loss in losses { await services.losses.remove(loss, job.library) }
            return Verdict(applied: losses)
        }
        let (witnessed, others) = await sort(losses)
        for loss in witnessed { await services.losses.remove(loss, job.library) }
        if others.isEmpty { return Verdict(applied: witnessed) }
        let quiet = await services.libraryGuard.mountsAreQuiet
        guard services.clock.now >= quiet else {
            for loss in others { await services.losses.postpone(loss, job.library, notBefore: quiet) }
            return Verdict(applied: witnessed)
        }
        let all = await withLedger(others)
        let proven = await proven(others)
        var isHeld = try await isMass(all, rootIsEmpty)
        if !isHeld { isHeld = try await !canariesLive(beside: proven, gone: all + witnessed) }
        if isHeld {
            for loss in others { await services.losses.hold(loss, job.library) }
            return Verdict(applied: witnessed, held: others)
        }
        for (loss, part) in zip(others, proven) {
            await services.losses.remove(part, job.library)
            let rest = loss.subtracting(part)
            if !rest.isEmpty { await services.losses.wait(rest, job.library) }
        }
        return Verdict(applied: witnessed + proven)
    }

    /// Tells the losses that the kernel told of from the others, by the entries of the scope that cover them.
    ///
    /// It counted without names, so that one loss too many makes all of an entry doubtful. A listing may be ahead of the
    /// events, so what was told of is kept until the rest of the events has come.
    private func sort(_ losses: [DirectoryLosses]) async -> (witnessed: [DirectoryLosses], others: [DirectoryLosses]) {
        var found: [FilePath: Removals] = [:]
        for loss in losses {
            guard let entry = job.scope.entry(covering: loss.directory) else { continue }
            found[entry, default: .none] += Removals(files: loss.books.count, directories: loss.directories.count)
        }
        var believed: Set<FilePath> = []
        for (entry, count) in found {
            let told = job.scope.removals(in: entry) + (await services.losses.told(at: entry, job.library))
            let isCovered = count.files <= told.files && count.directories <= told.directories
            if isCovered { believed.insert(entry) }
            await services.losses.keep(isCovered ? .none : told, at: entry, job.library)
        }
        let isWitnessed = { [job] (loss: DirectoryLosses) in
            job.scope.entry(covering: loss.directory).map(believed.contains) ?? false
        }
        return (losses.filter(isWitnessed), losses.filter { !isWitnessed($0) })
    }

    private func proven(_ losses: [DirectoryLosses]) async -> [DirectoryLosses] {
        var proven: [DirectoryLosses] = []
        for loss in losses { proven.append(await services.losses.proven(loss, job.library)) }
        return proven
    }

    /// Adds what other listings found a while ago: a mass loss may show itself piece by piece.
    private func withLedger(_ losses: [DirectoryLosses]) async -> [DirectoryLosses] {
        let listed = Set(losses.map(\.directory))
        let known = await services.losses.losses(of: job.library, heldAlone: false)
        return losses + known.filter { !listed.contains($0.directory) }
    }

    private func isMass(_ losses: [DirectoryLosses], _ rootIsEmpty: Bool) async throws -> Bool {
        let tallies = try await tallies(of: losses)
        return LossRule(tallies, rootIsEmpty: rootIsEmpty).holds
    }

    func tallies(of losses: [DirectoryLosses]) async throws -> LossTallies {
        try await services.store.lossTallies(
            of: job.library,
            books: losses.flatMap(\.books),
            directories: losses.flatMap(\.directories.keys),
            volumes: await services.libraryGuard.volumePaths(of: job.library),
            before: began
        )
    }

    /// Whether other books of the volumes are where they should be, where more than a few are to be believed lost.
    private func canariesLive(beside losses: [DirectoryLosses], gone: [DirectoryLosses]) async throws -> Bool {
        if losses.allSatisfy(\.isEmpty) { return true }
        let volumes = try await tallies(of: losses).volumes.filter { $0.value.lost > LossJudge.trust }.keys
        if volumes.isEmpty { return true }
        let paths = await services.libraryGuard.volumePaths(of: job.library)
        for volume in volumes {
            let others = paths.filter { $0 != volume && $0.isWithin(volume) } + gone.flatMap(\.paths)
            let canaries = try await services.store.canaries(
                of: job.library,
                below: volume,
                excluding: others,
                without: gone.reduce(into: []) { $0.formUnion($1.books) },
                count: LossJudge.canaries
            )
            let presences = await services.files.presence(of: canaries.map(\.path), in: job.library)
            if presences.count(where: { $0.size == nil }) > LossJudge.chance { return false }
        }
        return true
    }
}

extension LossRule {
    /// Judges by what each part of a library is about to lose.
    init(_ tallies: LossTallies, rootIsEmpty: Bool) {
        self.init(
            volumes: Array(tallies.volumes.values),
            topDirectories: Array(tallies.topDirectories.values),
            rootIsEmpty: rootIsEmpty
        )
    }
}
