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
                rules: [Explanation.Rule(rule: "library", outcome: "none of \(configuration.libraries.count)")]
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
        return Explanation(
            path: path.string,
            library: home.name.text,
            verdict: original.map { "it is no book of its own: \($0.explanation)" }
                ?? verdict(naming, ignoring.reason, place, waiting),
            rules: rules,
            pending: waiting,
            id: place?.id,
            state: place?.state?.rawValue,
            problems: (place?.problems ?? []).map(ProblemSummary.init)
        )
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

    private func watching(of library: LibrarySettings) -> String {
        guard let figures = watcher.figures().libraries[library.name] else { return "off: only scans look here" }
        return ([figures.mode.rawValue] + [figures.reason].compactMap { $0 }).joined(separator: ": ")
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

extension OriginalEntry {
    fileprivate var explanation: String {
        let owner = book.map { "book \($0)" } ?? "a book that was forgotten"
        return "it is the original of \(owner), which was converted to \(result); \(state.rawValue)"
    }
}

/// What the names on the way to a file say of it.
private struct PathNaming {
    private(set) var rules: [Explanation.Rule] = []

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
        rules.append(Explanation.Rule(rule: "format", outcome: format ?? "not a book's name"))
    }
}
