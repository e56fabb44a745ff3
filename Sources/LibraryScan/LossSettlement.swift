// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Logging
import SystemPackage

/// The end of a scan: has the losses that its walk found judged, and commits what is believed.
struct LossSettlement {
    let job: LibraryJob
    let account: JobAccount
    let services: JobServices
    let control: JobControl

    /// Books that were recognised under other names since the walk missed them.
    let found: Set<Int64>
    let judge: LossJudge

    /// Settles the losses of a walk, and with them the directories in which they were found; gives how many are held.
    ///
    /// - Throws: ``JobFault/offline(_:)``, ``JobStopped``, and what the database throws.
    func settle(_ walk: ScanWalk, _ settlements: [Settlement]) async throws -> Int {
        // What was listed before a disk went proves nothing, so that the disks are asked for after the listings.
        if !walk.losses.isEmpty { try await services.libraryGuard.admit(job.library) }
        let offline = await services.libraryGuard.offlineVolumes(of: job.library).keys
        var unknown: Set<FilePath> = []
        var losses: [DirectoryLosses] = []
        for loss in walk.losses {
            let knowable = loss.outside(offline)
            if knowable != loss { unknown.insert(loss.directory) }
            var rest = try await stillTrue(knowable)
            rest.books.subtract(found)
            await services.losses.remove(loss.subtracting(rest), job.library)
            losses.append(rest)
        }
        unknown.formUnion(await awaitDoubted(&losses))
        unknown.formUnion(try await followCopies(&losses))
        let verdict = try await judge.judge(losses.filter { !$0.isEmpty }, rootIsEmpty: walk.rootIsEmpty)
        for loss in losses where !verdict.decides(loss) { unknown.insert(loss.directory) }
        let reviewed = settlements.filter { !verdict.believes($0.directory) }
            .map { unknown.contains($0.directory) ? $0.unsettled : $0 }
        try control.checkStop()
        return try await commit(verdict, reviewed)
    }

    /// Lets books wait that others may be, until it is clear which these are.
    ///
    /// - Returns: the directories whose losses wait.
    private func awaitDoubted(_ losses: inout [DirectoryLosses]) async -> [FilePath] {
        if job.options.acceptLosses { return [] }
        let doubted = await services.pending.doubted
        var waiting: [FilePath] = []
        for index in losses.indices where !losses[index].books.isDisjoint(with: doubted) {
            var part = losses[index]
            (part.books, part.directories) = (part.books.intersection(doubted), [:])
            let later = services.clock.now + LossRule.secondLook
            await services.losses.postpone(part, job.library, notBefore: later)
            waiting.append(part.directory)
            losses[index] = losses[index].subtracting(part)
        }
        return waiting
    }

    /// Has books that are gone take the places of their copies, where moving to another file system made these, and of
    /// books that were renamed over them: what is left of a book is its place.
    ///
    /// The books themselves may still turn up, where another library was not looked at yet; so they are given the time
    /// of a second look, and until no other library is scanned, but not longer than ``LossRule/patience``. Of `losses` those
    /// are left that are to be judged.
    ///
    /// - Returns: the directories whose losses wait.
    private func followCopies(_ losses: inout [DirectoryLosses]) async throws -> [FilePath] {
        let found =
            try await services.store.replacements(of: losses.reduce(into: []) { $0.formUnion($1.books) })
            + (try await CopyFinder(services: services).copies(of: losses))
        if found.isEmpty { return [] }
        let isAlone = try await services.isAlone(job.library)
        var waiting: [FilePath] = []
        var due: [BookCopy] = []
        for index in losses.indices where !losses[index].isEmpty {
            let own = found.filter { losses[index].holds($0.original) }
            if own.isEmpty { continue }
            if await isTimeOver(for: losses[index], isAlone: isAlone) {
                due += own
            } else {
                let later = services.clock.now + LossRule.secondLook
                await services.losses.postpone(losses[index], job.library, notBefore: later)
                waiting.append(losses[index].directory)
                losses[index] = losses[index].subtracting(losses[index])
            }
        }
        if due.isEmpty { return waiting }
        let followed = try await account.commit { [due] in try $0.follow(due) }
        control.noteResult()
        for index in losses.indices {
            // Some are in the same directory still, and there.
            var rest = try await stillTrue(losses[index])
            rest.books.subtract(followed)
            await services.losses.remove(losses[index].subtracting(rest), job.library)
            losses[index] = rest
        }
        try await lookAfter(due)
        return waiting
    }

    private func isTimeOver(for loss: DirectoryLosses, isAlone: Bool) async -> Bool {
        if job.options.acceptLosses { return true }
        let age = isAlone ? LossRule.secondLook : LossRule.patience
        return await services.losses.proven(loss, job.library, after: age) == loss
    }

    /// Whatever became of a copy in another library meanwhile, a scan of its directory finds.
    private func lookAfter(_ copies: [BookCopy]) async throws {
        try await services.lookAgain(where: copies.map(\.copy).filter { $0.library != job.library })
    }

    /// What of a directory's losses the catalog still has there, for a directory may have turned up at another path.
    private func stillTrue(_ loss: DirectoryLosses) async throws -> DirectoryLosses {
        let known = try await services.store.known(loss.directory, of: job.library, version: 0)
        var rest = loss
        rest.books.formIntersection(known.books.lazy.filter { !$0.isMissing }.map(\.id))
        let children = Dictionary(uniqueKeysWithValues: known.directories.map { ($0.id, $0) })
        rest.directories = loss.directories.filter { id, name in
            children[id].map { !$0.isMissing && $0.name == name } ?? false
        }
        return rest
    }

    private func commit(_ verdict: LossJudge.Verdict, _ settlements: [Settlement]) async throws -> Int {
        let before = await services.libraryGuard.heldLosses(of: job.library)
        let total = try await count(await services.losses.losses(of: job.library, heldAlone: true))
        let held = try await count(verdict.held)
        // What was held before the start is known only when all was compared.
        let isNews = total != before || job.scope.isWholeLibrary
        if verdict.applied.isEmpty, settlements.isEmpty, held == 0, !isNews { return 0 }
        try await account.commit { catalog in
            for loss in verdict.applied { try catalog.apply(loss) }
            for settlement in settlements {
                try catalog.settle(settlement.directory, stamp: settlement.stamp, digest: settlement.digest)
            }
            if isNews { try catalog.noteHeldLosses(total) }
            if held > 0 { try catalog.log("warning", "\(held) losses are held until they are confirmed") }
        }
        for settlement in settlements { services.confirm(settlement, as: settlement.stamp, of: job.library) }
        if total > before { logHeld(total) }
        if isNews { try await services.libraryGuard.noteHeldLosses(total, of: job.library) }
        return held
    }

    private func count(_ losses: [DirectoryLosses]) async throws -> Int {
        losses.isEmpty ? 0 : try await judge.tallies(of: losses).lost
    }

    private func logHeld(_ count: Int) {
        services.logger.warning(
            "Losses are held; `stumpctl scan --accept-losses` applies them",
            metadata: job.metadata.merging(["held": "\(count)"]) { $1 }
        )
    }
}

extension LossJudge.Verdict {
    /// Whether nothing of a directory's losses is left open.
    fileprivate func decides(_ loss: DirectoryLosses) -> Bool {
        applied.filter { $0.directory == loss.directory }.reduce(loss) { $0.subtracting($1) }.isEmpty
    }

    /// Whether a directory is believed to be gone.
    fileprivate func believes(_ directory: FilePath) -> Bool {
        applied.contains { loss in loss.paths.contains { directory.isWithin($0) } }
    }
}

extension DirectoryLosses {
    /// Whether a book is one of these, by itself or below one of the directories.
    fileprivate func holds(_ book: BookPlace) -> Bool {
        books.contains(book.id) || paths.contains { book.path.isWithin($0) }
    }

    /// What of it does not lie on a volume that is not there, nor holds one.
    fileprivate func outside(_ volumes: some Sequence<FilePath>) -> DirectoryLosses {
        var rest = self
        for volume in volumes {
            if directory.isWithin(volume) { rest.books = [] }
            rest.directories = rest.directories.filter { _, name in
                let path = directory.appending(name)
                return !path.isWithin(volume) && !volume.isWithin(path)
            }
        }
        return rest
    }
}

extension CatalogTransaction {
    fileprivate func apply(_ loss: DirectoryLosses) throws {
        for directory in loss.directories.keys.sorted() { try markMissing(directory: directory) }
        try markMissing(loss.books.sorted())
    }
}
