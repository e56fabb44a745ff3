// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import SystemPackage

/// Tries on one path every rule that decides whether it is in the index.
extension DaemonState {
    func explain(_ path: FilePath) async throws -> Explanation {
        let home = configuration.libraries.first { path.isWithin($0.root.lexicallyNormalized()) }
        guard let home else {
            return Explanation(
                path: path.string,
                verdict: "it lies below no library's root",
                rules: [Explanation.Rule(rule: "library", outcome: noLibrary)]
            )
        }
        var relative = path
        _ = relative.removePrefix(home.root.lexicallyNormalized())
        let condition = libraryGuard.conditions.condition(of: home.name)
        let place = try await store.find(path: relative, of: home.name)
        let waiting = await pendingReason(of: relative, in: home.name)
        var rules = [
            Explanation.Rule(rule: "library", outcome: "\(home.name), root \(home.root)"),
            Explanation.Rule(rule: "disk", outcome: condition.text),
            Explanation.Rule(rule: "watch", outcome: watching(of: home)),
        ]
        let naming = PathNaming(relative)
        let ignoring = await ignoring(of: relative, in: home.name)
        let original = try await store.original(at: relative, of: home.name)
        rules += naming.rules + [Explanation.Rule(rule: "ignore", outcome: ignoring.outcome)]
        if let original { rules.append(Explanation.Rule(rule: "original", outcome: original.explanation)) }
        if naming.refusal == nil {
            let series = series(of: relative, in: home, isBook: naming.isBook)
            rules.append(Explanation.Rule(rule: "pattern", outcome: series))
        }
        let job = try await lastJob(at: relative, in: home.name, writtenAt: place?.updatedAt)
        if let job { rules.append(Explanation.Rule(rule: "last job", outcome: job.story)) }
        let problems = (place?.problems ?? []).map(ProblemSummary.init)
        return Explanation(
            path: path.string,
            library: home.name.text,
            verdict: original.map { "it is no book of its own: \($0.explanation)" }
                ?? verdict(naming, ignoring.reason, place, waiting),
            rules: rules,
            pending: waiting,
            id: place?.id,
            state: place?.state?.rawValue,
            problems: problems,
            lastJob: job?.id,
            lastError: problems.last?.detail ?? job?.errorDetail
        )
    }

    private var noLibrary: String {
        let roots = configuration.libraries.map { "\($0.root)" }
        return roots.isEmpty ? "none is configured" : "not below \(roots.joined(separator: ", "))"
    }

    /// What the library's pattern makes of a place.
    private func series(of path: FilePath, in library: LibrarySettings, isBook: Bool) -> String {
        let place = isBook ? path.removingLastComponent() : path
        let series = library.pattern.seriesDirectory(ofBooksIn: place)
        let name = series.isEmpty ? "the root" : "\(series)"
        return "\(library.pattern.rawValue): books \(isBook ? "beside it" : "in it") are of the series \(name)"
    }

    /// The newest scan that went through the path or is to go through it, of those that are remembered.
    ///
    /// One that was asked for the directory above goes through what is new in it; that it did shows by when it wrote.
    private func lastJob(
        at path: FilePath,
        in library: LibraryName,
        writtenAt instant: Timestamp?
    ) async throws -> Job? {
        let jobs = try await store.jobs(LibraryStore.JobFilter(library: library, limit: RequestQuery.pageLimits.most))
        return jobs.first { job in
            guard job.kind.isScan, !job.options.dryRun else { return false }
            if let instant, let start = job.startedAt, let end = job.finishedAt, start <= instant, instant <= end {
                return true
            }
            return job.scope.isWholeLibrary || job.scope.entry(covering: path) != nil
                || job.scope.entry(covering: path.removingLastComponent()) != nil
        }
    }

    /// What the library's own rules say of a path, and why it is ignored, should it be.
    private func ignoring(of path: FilePath, in library: LibraryName) async -> (outcome: String, reason: String?) {
        do throws(ListingFault) {
            let verdict = try await watcher.verdict(on: path, of: library)
            guard let cause = verdict.cause?.text else { return ("no rule matches", nil) }
            return verdict.isIgnored ? ("ignored by \(cause)", cause) : ("included by \(cause)", nil)
        } catch {
            return ("not known: \(error.summary)", nil)
        }
    }

    private func pendingReason(of path: FilePath, in library: LibraryName) async -> String? {
        if let entry = await pending.entry(at: path, in: library) { return entry.reason.text }
        // Of a book that is there the losses beside it are none of its own.
        if case .there? = await watcher.presence(of: [path], in: library).first { return nil }
        let places = [path, path.removingLastComponent()]
        return await losses.entries.first { $0.library == library && places.contains($0.directory) }?.text
    }

    /// How changes here are noticed; of a library that is watched in both ways, that it is.
    private func watching(of library: LibrarySettings) -> String {
        guard let figures = watcher.figures().libraries[library.name], figures.mode.rawValue != "off" else {
            return "off: only scans look here"
        }
        let how =
            switch figures.mode.rawValue {
            case "events": "by the kernel's events"
            case "poll": "by polling every \(configuration.pollInterval)"
            default: "by events, and by polling where there are none (\(figures.polled) directories)"
            }
        return ([how] + [figures.reason].compactMap { $0 }).joined(separator: ": ")
    }

    private func verdict(
        _ naming: PathNaming,
        _ ignoring: String?,
        _ place: CatalogPlace?,
        _ waiting: String?
    ) -> String {
        if let reason = naming.refusal { return "it is never indexed: \(reason)" }
        if let ignoring { return "it is ignored by \(ignoring)" }
        if let waiting { return "it waits: \(waiting)" }
        switch (place?.kind, place?.state) {
        case (.book?, let state?): return "it is a book of the index, and \(state.rawValue)"
        case (.directory?, _):
            let isMissing = place?.missingSince != nil
            return "it is a directory of the index\(isMissing ? ", and missing" : "")"
        default: return "the index has nothing of this name; `stumpctl flush` takes in what is on disk"
        }
    }
}

extension Job {
    /// `job 7, completed 2025-11-23T20:00:00.000Z, because changes were seen`.
    fileprivate var story: String {
        let time = (finishedAt ?? startedAt ?? createdAt).rfc3339
        let error = errorDetail.map { ": \($0)" } ?? ""
        return "\(id), \(state.rawValue) \(time), by \(trigger.rawValue)\(error)"
    }
}

extension OriginalEntry {
    fileprivate var explanation: String {
        let owner = book.map { "book \($0)" } ?? "a book that was forgotten"
        return "it is the original of \(owner), which was converted to \(result); \(state.rawValue)"
    }
}

/// What the names on the way to a file say of it.
private struct PathNaming {
    private(set) var rules: [Explanation.Rule] = []

    /// Whether the name is a book's.
    private(set) var isBook = false

    /// Why it is never indexed; `nil` where no name forbids it.
    private(set) var refusal: String?

    init(_ path: FilePath) {
        var names = path.names
        guard let last = names.popLast() else { return }
        for name in names where NameRules.isIgnoredDirectory(name) {
            refusal = refusal ?? "directories named \(name) are never entered"
        }
        if NameRules.isIgnoredFile(last) {
            refusal = refusal ?? "\(last) is a hidden name, or the temporary name of a download"
        }
        rules.append(Explanation.Rule(rule: "names", outcome: refusal ?? "none is hidden or temporary"))
        let format = MediaFormat(name: last)?.rawValue
        isBook = format != nil
        rules.append(Explanation.Rule(rule: "format", outcome: format ?? "not a book's name"))
    }
}
