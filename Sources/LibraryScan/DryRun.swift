// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// A scan that only says what it would do: it lists and compares, opens no book, and leaves the catalog as it is.
///
/// It says of every book that would be read that it would be new or updated, for what is in it nobody knows; and of
/// losses nothing is known that the kernel told, so that a scan may believe more of them. Where folders have moved through
/// each other, how many moves that makes for the books in them depends on which is met first, and a scan may count others.
struct DryRun {
    /// A directory to look at.
    struct Stop {
        var directory: FilePath

        /// Where the catalog has it, should it have it.
        var known: FilePath?
        var isDeep: Bool

        /// Whether all else was looked at, so that it is clear whose row is at its path.
        var isLast = false
    }

    /// A directory of the catalog that was met at another path.
    struct Move {
        var old: FilePath
        var books: Int
    }

    /// What the catalog has and no listing shows.
    struct Loss {
        var id: Int64

        /// Where the catalog has it, and where it is told to be missing.
        var known: FilePath
        var path: FilePath
    }

    let job: LibraryJob
    let services: JobServices
    let control: JobControl
    let version: Int
    let readsMetadata: Bool
    var report = ScanReport()
    var notes = DryRunNotes()
    var moved: [Int64: Move] = [:]

    /// Books of the catalog that were met at other places than those where it has them.
    var movedBooks: [Int64: BookPlace] = [:]

    /// Books in whose places others were put that left nothing behind: they stay, changed, unless they are met elsewhere.
    var replacedBooks: Set<Int64> = []
    var lostDirectories: [Loss] = []
    var lostBooks: [Loss] = []
    var rootIsEmpty = false
    private var open: [Stop]
    private var later: [Stop] = []
    private var visited: Set<FilePath> = []

    init(_ job: LibraryJob, _ settings: LibrarySettings, _ services: JobServices, _ control: JobControl) {
        self.job = job
        self.services = services
        self.control = control
        version = JobServices.readerVersion(settings)
        readsMetadata = settings.readsMetadata
        open = job.scope.starts.reversed().map { Stop(directory: $0.directory, known: $0.directory, isDeep: $0.isDeep) }
    }

    /// - Throws: ``JobStopped``, ``JobFault/offline(_:)``, ``ListingFault/rootOffline(_:reason:)``, and what the database
    ///   throws.
    func run() async throws -> ScanReport {
        var copy = self
        return try await copy.walk()
    }

    private mutating func walk() async throws -> ScanReport {
        // Who accepts losses takes the disk for right that is there.
        if !job.options.acceptLosses { try await services.libraryGuard.admit(job.library) }
        let offline = await services.libraryGuard.offlineVolumes(of: job.library).keys
        while let stop = open.popLast() ?? later.popLast() {
            try control.checkStop()
            if visited.contains(stop.directory) || offline.contains(where: { stop.directory.isWithin($0) }) { continue }
            visited.insert(stop.directory)
            control.update { progress in
                progress.current = stop.directory.string
                progress.directoriesDone += 1
            }
            if let listing = try await list(stop) { try await look(at: stop, listing) }
            try control.tell(services)
        }
        try await settleLosses(outside: Array(offline))
        try await notes.write(for: job, services.store)
        return report
    }

    /// `nil` where there is nothing to list.
    private mutating func list(_ stop: Stop) async throws -> Listing? {
        do throws(ListingFault) {
            return try await services.files.list(stop.directory, of: job.library)
        } catch {
            if stop.directory.isEmpty { throw error.ofRoot }
            switch error {
            case .rootOffline: throw error
            case .absent, .wrongKind, .ignored:
                // That it is not there its parent has to prove, where somebody asked for the directory itself.
                let parent = stop.directory.removingLastComponent()
                if job.scope.directories[stop.directory] != nil {
                    open.append(Stop(directory: parent, known: parent, isDeep: false))
                }
            case .denied, .failed: notes.add("cannot be read: \(error.summary)", stop.directory)
            }
            return nil
        }
    }

    private mutating func look(at stop: Stop, _ listing: Listing) async throws {
        let directory = stop.directory
        if directory.isEmpty { rootIsEmpty = listing.isBare }
        var stop = stop
        var known = KnownDirectory()
        if let path = stop.known { known = try await self.known(path) }
        // It was met elsewhere.
        if let id = known.id, moved[id] != nil { known = KnownDirectory() }
        let finder = MoveFinder(library: job.library, store: services.store, files: services.files)
        switch try await finder.look(for: listing.stamp, at: directory, known) {
        case .inPlace: break
        case .moved(let move, _):
            if isRefused(move), known.id == nil || !move.old.isWithin(directory) {
                stop.isDeep = true
                break
            }
            displace(known, at: stop)
            try await follow(move)
            stop.known = move.old
            known = try await self.known(move.old)
            known.isMissing = false
        case .stranger where !stop.isLast:
            visited.remove(directory)
            stop.isLast = true
            later.append(stop)
            return
        case .stranger:
            if let id = known.id, try await finder.finds(id, below: directory, listing) {
                displace(known, at: stop)
                known = KnownDirectory()
            }
            stop.isDeep = true
        }
        compare(stop, listing, known, try await locateBooks(of: listing, known, in: directory))
    }

    /// Whether a directory's row would have to go below itself, or to a path above it, where no other has made way.
    private func isRefused(_ move: DirectoryMove) -> Bool {
        guard move.new.isWithin(move.old) || move.old.isWithin(move.new) else { return false }
        return !lostDirectories.contains { move.old.isWithin($0.known) }
    }

    private func known(_ path: FilePath) async throws -> KnownDirectory {
        try await services.store.known(
            path,
            of: job.library,
            version: version,
            triesAgain: job.triesAgain
        )
    }

    private mutating func follow(_ move: DirectoryMove) async throws {
        let all = try await services.store.lossTallies(of: job.library, books: [], directories: [move.id], volumes: [])
        let gone = moved.values.filter { $0.old.isWithin(move.old) }.reduce(0) { $0 + $1.books }
        moved[move.id] = Move(old: move.old, books: all.lost - gone)
        report[.movedMedia] += all.lost - gone - movedBooks(outOf: move.old)
        notes.add("would be moved here", move.new)
    }

    /// Takes the row at a path for lost, unless its directory is met elsewhere.
    private mutating func displace(_ known: KnownDirectory, at stop: Stop) {
        guard let id = known.id, !known.isMissing, let path = stop.known else { return }
        lostDirectories.append(Loss(id: id, known: path, path: stop.directory))
    }

    /// Compares a listing with what a scan would find in the catalog by then; `known` is what is in it now.
    private mutating func compare(
        _ stop: Stop,
        _ listing: Listing,
        _ known: KnownDirectory,
        _ located: KnownDirectory
    ) {
        let directory = stop.directory
        let listed = listing.without(known.leftovers)
        let difference = DirectoryDifference(listed, located, usesSidecars: readsMetadata) { [job] _ in
            job.options.readsAll
        }
        count(difference, in: directory)
        confirm(stop, listing, known)
        let place = known.id == nil ? nil : stop.known
        if let place {
            lostBooks += difference.lost.map { book in
                Loss(
                    id: book.id,
                    known: place.appending(book.name),
                    path: directory.appending(AsideName.original(of: book.name, id: book.id))
                )
            }
            lostDirectories += difference.lostDirectories.map { child in
                Loss(id: child.id, known: place.appending(child.name), path: directory.appending(child.name))
            }
        }
        let isDeep = stop.isDeep || known.isMissing
        let kept = difference.keptDirectories.map(\.name).filter { isDeep || listing.unseen.contains($0) }
        for name in difference.newDirectories + kept {
            open.append(
                Stop(
                    directory: directory.appending(name),
                    known: place?.appending(name),
                    isDeep: isDeep || kept.contains(name)
                )
            )
        }
    }

    /// Gives a directory back to the watcher as it was, which takes each that is listed for dirty until then.
    private func confirm(_ stop: Stop, _ listing: Listing, _ known: KnownDirectory) {
        let isInPlace = known.id != nil && !known.isMissing && stop.known == stop.directory
        guard isInPlace, known.isSettled(as: listing.stamp) else { return }
        guard DirectoryDifference(listing.without(known.leftovers), known, usesSidecars: readsMetadata).isNone else {
            return
        }
        services.confirm(Settlement(stop.directory, listing), as: listing.stamp, of: job.library)
    }

    private mutating func count(_ difference: DirectoryDifference, in directory: FilePath) {
        let figures = difference.figures
        report.add(figures)
        for candidate in difference.candidates {
            let path = directory.appending(candidate.name)
            switch candidate.known {
            case nil:
                report[.createdMedia] += 1
                notes.add("would be added", path)
            case let book? where book.isMissing:
                report[.restoredMedia] += 1
                notes.add("would be back", path)
            case .some:
                report[.updatedMedia] += 1
                notes.add("would be read again", path)
            }
        }
        for book in difference.ignored { notes.add("would be ignored", directory.appending(book.name)) }
        for child in difference.newlyIgnoredDirectories {
            notes.add("would be ignored", directory.appending(child.name))
        }
        for book in difference.restored {
            report[.restoredMedia] += 1
            notes.add("would be back", directory.appending(book.name))
        }
        control.update { $0.filesDone += figures[.totalFiles] }
    }
}
