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

    /// Books and directories that were proved absent.
    struct Losses {
        var books: [Int64] = []
        var directories: [Int64] = []
    }

    let job: Job
    let services: ScanServices
    let version: Int
    let control: JobControl
    let emit: @Sendable (ScanFinding) -> Void

    private(set) var report = ScanReport()
    private(set) var candidates: [(directory: FilePath, candidates: [DirectoryDifference.Candidate])] = []
    private(set) var deferred: [FilePath] = []
    private(set) var candidateCount = 0
    private(set) var witnessed = Losses()
    private(set) var unwitnessed = Losses()
    private(set) var rootIsEmpty = false
    private var kept = 0
    private var unreadable: Set<FilePath> = []
    private var stack: [(directory: FilePath, isDeep: Bool)] = []
    private var visited: Set<FilePath> = []

    /// Directories whose absence, should they be absent, has to be proved by their parents.
    private var asked: Set<FilePath> = []

    init(
        _ job: Job,
        _ services: ScanServices,
        version: Int,
        control: JobControl,
        emit: @escaping @Sendable (ScanFinding) -> Void
    ) {
        self.job = job
        self.services = services
        self.version = version
        self.control = control
        self.emit = emit
    }

    /// Visits everything in the scope.
    ///
    /// - Throws: ``ListingFault/rootOffline(_:reason:)``, and ``JobStopped``.
    mutating func run() async throws {
        unreadable = try await services.store.unreadableDirectories(of: job.library)
        stack = job.scope.starts.reversed()
        asked = Set(job.scope.directories.keys)
        while let (directory, isDeep) = stack.popLast() {
            // One that its parent shows as new may stand in the scope as well, or be the parent of several that are gone.
            guard visited.insert(directory).inserted else { continue }
            try control.checkStop()
            control.update { $0.current = directory.string }
            do {
                try await visit(directory, isDeep: isDeep)
            } catch let fault as ListingFault {
                try await handle(fault, at: directory)
            }
            control.update { $0.directoriesDone += 1 }
        }
        let found = report[.totalFiles]
        control.update { progress in
            progress.directoriesTotal = progress.directoriesDone
            progress.filesTotal = (progress.filesTotal ?? 0) + found
        }
    }

    private mutating func visit(_ directory: FilePath, isDeep: Bool) async throws {
        let listing = try await services.files.list(directory, of: job.library)
        let known = try await services.store.known(directory, of: job.library, version: version)
        if directory.isEmpty { try await noteRoot(listing) }
        if known.id == nil || known.isMissing || known.stamp != listing.stamp {
            emit(.directory(directory, listing.stamp))
        }
        if unreadable.contains(directory) { emit(.readable(directory)) }
        let difference = DirectoryDifference(listing, known, force: job.options.force)
        await services.pending.prune(directory, job.library, keeping: Set(listing.entries.map(\.name)))
        count(difference)
        keep(difference, of: directory)
        if !difference.restored.isEmpty { emit(.restored(difference.restored.map(\.id))) }
        let names = difference.newDirectories + (isDeep ? difference.keptDirectories.map(\.name) : [])
        stack += names.sorted().reversed().map { (directory.appending($0), true) }
    }

    private mutating func noteRoot(_ listing: Listing) async throws {
        try await services.noteOnline(job.library)
        rootIsEmpty = !listing.entries.contains { entry in
            switch entry.kind {
            case .book, .directory, .other: true
            case .ignoredFile, .ignoredDirectory: false
            }
        }
    }

    private mutating func count(_ difference: DirectoryDifference) {
        let found = difference.candidates.count + difference.unchanged + difference.restored.count
        report[.totalDirectories] += 1
        report[.totalFiles] += found
        report[.ignoredFiles] += difference.ignoredFiles
        report[.ignoredDirectories] += difference.ignoredDirectories
        report[.skippedFiles] += difference.skippedFiles
        candidateCount += difference.candidates.count
        let done = found - difference.candidates.count
        control.update { $0.filesDone += done }
    }

    private mutating func keep(_ difference: DirectoryDifference, of directory: FilePath) {
        let losses = (difference.lost.map(\.id), difference.lostDirectories.map(\.id))
        if job.scope.isWitnessed(directory) {
            witnessed.books += losses.0
            witnessed.directories += losses.1
        } else {
            unwitnessed.books += losses.0
            unwitnessed.directories += losses.1
        }
        if difference.candidates.isEmpty { return }
        if kept + difference.candidates.count <= ScanWalk.candidateLimit {
            kept += difference.candidates.count
            candidates.append((directory, difference.candidates))
        } else {
            deferred.append(directory)
        }
    }

    /// What cannot be listed is unknown.
    ///
    /// What is not there is left to the listing of its parent, which proves it.
    private mutating func handle(_ fault: ListingFault, at directory: FilePath) async throws {
        switch fault {
        case .rootOffline: throw fault
        case .absent, .wrongKind:
            await services.pending.prune(directory, job.library, keeping: [])
            guard asked.contains(directory), !directory.isEmpty else { return }
            let parent = directory.removingLastComponent()
            asked.insert(parent)
            stack.append((parent, false))
        case .denied(let path), .failed(let path, _, _):
            if directory.isEmpty { throw ListingFault.rootOffline(path, reason: fault.summary) }
            emit(.unreadable(directory, fault))
        }
    }
}
