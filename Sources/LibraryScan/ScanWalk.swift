// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// The first half of a scan: lists the directories of its scope and compares each with the catalog.
///
/// Candidates are kept for reading while they are few. With more, only the directories that hold them are, and are
/// listed again when their turn comes: so the totals are known before reading begins, and memory is bounded by the
/// tree of directories.
struct ScanWalk {
    /// The most candidates that are kept in memory.
    static let candidateLimit = 2048

    let job: LibraryJob
    let settings: LibrarySettings
    let services: JobServices
    let version: Int
    let control: JobControl
    let findings: FindingQueue
    let account: JobAccount

    var report = ScanReport()
    private(set) var rootIsEmpty = false

    /// What is to be read, and of directories where that could not be kept in mind what their listing was.
    var readings: [(directory: FilePath, reading: DirectoryDifference.Reading)] = []
    var deferred: [Settlement] = []

    /// What was there before; each loss is judged at the end, for a directory may turn up elsewhere.
    var losses: [DirectoryLosses] = []

    /// The directories whose stamp is to be noted when all else is done.
    var settlements: [Settlement] = []

    var route: WalkRoute
    private var kept = 0

    /// The directories that were counted, and of those with candidates how much is to be read.
    private var counted: Set<FilePath> = []
    private var toRead: [FilePath: (books: Int, bytes: Int64)] = [:]
    private var booksToRead = 0
    private var unreadable: Set<FilePath> = []

    init(
        _ job: LibraryJob,
        _ settings: LibrarySettings,
        _ services: JobServices,
        version: Int,
        control: JobControl,
        findings: FindingQueue,
        account: JobAccount
    ) {
        self.job = job
        self.settings = settings
        self.services = services
        self.version = version
        self.control = control
        self.findings = findings
        self.account = account
        route = WalkRoute(job.scope)
    }

    /// Visits everything in the scope, but for what lies on a volume that is not there.
    ///
    /// - Throws: ``ListingFault/rootOffline(_:reason:)``, and ``JobStopped``.
    mutating func run() async throws {
        unreadable = try await services.store.unreadableDirectories(of: job.library)
        let offline = await services.libraryGuard.offlineVolumes(of: job.library)
        while let stop = route.next() {
            if offline.keys.contains(where: { stop.directory.isWithin($0) }) {
                // Nothing of it can be judged before the volume is back, and then all of it is looked at.
                await forgetWhatWaits(in: stop.directory)
                continue
            }
            try control.checkStop()
            control.update { $0.current = stop.directory.string }
            do {
                try await visit(stop)
            } catch let fault as ListingFault {
                try await handle(fault, at: stop)
            }
            control.update { $0.directoriesDone += 1 }
            try control.tell(services)
        }
        let found = report[.totalFiles]
        control.update { progress in
            progress.directoriesTotal = progress.directoriesDone
            progress.filesTotal = found
        }
    }

    private mutating func visit(_ stop: WalkRoute.Stop) async throws {
        let directory = stop.directory
        let listedAt = services.clock.now
        let listing = try await services.files.list(directory, of: job.library)
        var known = try await known(directory)
        let isReplaced: Bool
        switch try await locate(stop, listing, known) {
        case .open: return
        case .here: isReplaced = false
        case .replaced: isReplaced = true
        case .moved:
            isReplaced = false
            known = try await self.known(directory)
        }
        if stop.isAgain { forget { $0 == directory } }
        if try await locateBooks(of: listing, known, in: directory) { known = try await self.known(directory) }
        if directory.isEmpty { rootIsEmpty = listing.isBare }
        if unreadable.contains(directory), !directory.isEmpty { findings.add(.readable(directory)) }
        noteRules(of: directory, listing)
        let difference = DirectoryDifference(listing, known, in: directory, for: job, settings, control.memory)
        await forgetWhatIsOver(difference, in: directory)
        count(difference, in: directory)
        // Below a directory that is back, or another than it was, nothing is as it was left.
        let isDeep = stop.isDeep || known.isMissing || isReplaced
        let entered = difference.keptDirectories.map(\.name).filter { isDeep || listing.unseen.contains($0) }
        // The way to what nobody asked for by name has to be found again if the job is held up.
        let isOnTheWay = !difference.newDirectories.isEmpty || !entered.isEmpty && !isAskedFor(directory)
        keep(difference, of: listing, known, in: directory, at: listedAt, isOnTheWay)
        route.enter(difference.newDirectories, of: directory, areNew: true, isDeep: isDeep)
        route.enter(entered, of: directory, areNew: false, isDeep: true)
    }

    /// A file of rules that cannot be read, or not all of it, is a problem of its own; what is not understood ignores
    /// nothing.
    private func noteRules(of directory: FilePath, _ listing: Listing) {
        let path = directory.appending(IgnoreFile.name)
        if let fault = listing.ignoreFault ?? listing.ignoreFile?.fault {
            findings.add(.rulesUnreadable(path, fault))
        } else if unreadable.contains(path) {
            findings.add(.readable(path))
        }
    }

    /// Whether the job names a directory that lies above this one, or this one, with everything below it.
    private func isAskedFor(_ directory: FilePath) -> Bool {
        guard let entry = job.scope.entry(covering: directory) else { return false }
        return job.scope.directories[entry]?.isDeep == true
    }

    private func known(_ directory: FilePath) async throws -> KnownDirectory {
        try await services.store.known(
            directory,
            of: job.library,
            version: version,
            triesAgain: job.triesAgain
        )
    }

    /// Forgets books that waited and are not to be read any more, and losses that are back.
    private func forgetWhatIsOver(_ difference: DirectoryDifference, in directory: FilePath) async {
        await services.pending.prune(directory, job.library, keeping: Set(difference.candidates.map(\.name)))
        await services.losses.prune(
            directory,
            job.library,
            keeping: Set(difference.lost.map(\.id)),
            Set(difference.lostDirectories.map(\.id))
        )
    }

    private func forgetWhatWaits(in directory: FilePath) async {
        await services.pending.prune(directory, job.library, keeping: [])
        await services.losses.prune(directory, job.library, keeping: [], [])
    }

    /// Counts a directory once, though it may be visited again when its row has moved.
    private mutating func count(_ difference: DirectoryDifference, in directory: FilePath) {
        if counted.insert(directory).inserted { report.add(difference.figures) }
        let before = toRead[directory] ?? (books: 0, bytes: 0)
        let now = (
            books: difference.candidates.count, bytes: difference.candidates.reduce(0) { $0 + $1.stamp.size }
        )
        toRead[directory] = now.books == 0 ? nil : now
        booksToRead += now.books - before.books
        let done = report[.totalFiles] - booksToRead
        control.update { progress in
            progress.filesDone = done
            progress.bytesTotal = (progress.bytesTotal ?? 0) + now.bytes - before.bytes
        }
    }

    /// Notes what is to be done in a directory, and when its stamp may be believed: at once only where nothing is.
    private mutating func keep(
        _ difference: DirectoryDifference,
        of listing: Listing,
        _ known: KnownDirectory,
        in directory: FilePath,
        at listedAt: ContinuousClock.Instant,
        _ isOnTheWay: Bool
    ) {
        let isIdentified = known.isIdentified(as: listing.stamp)
        if known.isMissing || !isIdentified { findings.add(.present(directory, listing.stamp)) }
        if !difference.restored.isEmpty { findings.add(.restored(difference.restored.map(\.id))) }
        if difference.ignoresMore { findings.add(.ignored(difference)) }
        if difference.isSeriesDocumentGone { findings.add(.seriesDocument(directory, nil, digest: 0)) }
        let settlement = Settlement(directory, listing)
        keep(difference.reading, of: settlement)
        let lost = DirectoryLosses(directory, difference, listedAt: listedAt)
        if !lost.isEmpty { losses.append(lost) }
        if !lost.isEmpty || !difference.reading.isEmpty || isOnTheWay {
            settlements.append(settlement)
            return
        }
        // Unsettled it is already.
        if !isIdentified, settlement.stamp == nil { return services.confirm(settlement, as: nil, of: job.library) }
        let isChanged = !difference.restored.isEmpty || difference.ignoresMore || difference.isSeriesDocumentGone
        if isChanged || !known.isSettled(as: listing.stamp) {
            return findings.add(.settled(settlement))
        }
        services.confirm(settlement, as: listing.stamp, of: job.library)
    }

    private mutating func keep(_ reading: DirectoryDifference.Reading, of settlement: Settlement) {
        if reading.isEmpty { return }
        if kept + reading.books.count <= ScanWalk.candidateLimit {
            kept += reading.books.count
            readings.append((settlement.directory, reading))
        } else {
            deferred.append(settlement)
        }
    }

    /// The directories that lack something, and are not settled before that is.
    var bereft: Set<FilePath> { Set(losses.map(\.directory)) }

    /// What cannot be listed is unknown.
    ///
    /// What is not there is left to the listing of its parent, which proves it.
    private mutating func handle(_ fault: ListingFault, at stop: WalkRoute.Stop) async throws {
        let directory = stop.directory
        switch fault {
        case .rootOffline: throw fault
        // Whether all of it is ignored its parent tells, too.
        case .absent, .wrongKind, .ignored:
            await forgetWhatWaits(in: directory)
            route.prove(directory)
        case .denied, .failed:
            if directory.isEmpty { throw fault.ofRoot }
            // Its parent may be settled; this row then says that there is something to do.
            if stop.isNew { findings.add(.present(directory, nil)) }
            findings.add(.unreadable(directory, fault))
        }
    }
}

extension DirectoryLosses {
    fileprivate init(_ directory: FilePath, _ difference: DirectoryDifference, listedAt: ContinuousClock.Instant) {
        self.init(
            directory: directory,
            books: Set(difference.lost.map(\.id)),
            directories: Dictionary(uniqueKeysWithValues: difference.lostDirectories.map { ($0.id, $0.name) }),
            listedAt: listedAt
        )
    }
}
