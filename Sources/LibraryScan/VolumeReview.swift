// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// Compares the volumes that a library lies on with those remembered, one by one, and looks for canaries where one is
/// another than it was.
struct VolumeReview {
    /// How many books are looked for on a volume that is another than it was.
    static let canaries = 64

    /// What the comparison came to.
    struct Outcome: Sendable, Equatable {
        /// Why the root's own volume is not the one that the books are on.
        var rootFault: String?

        /// The volumes below the root that are not there, and why.
        var gone: [FilePath: String] = [:]

        /// What is odd about a volume that is there.
        var doubt: String?

        /// What is to be remembered from now on.
        var remembered: [VolumeSighting] = []

        var isFlawless: Bool { rootFault == nil && gone.isEmpty && doubt == nil }
    }

    let library: LibraryName
    let store: LibraryStore
    let files: any LibraryFiles

    func compare(_ seen: [VolumeSighting], with remembered: [VolumeSighting]) async throws -> Outcome {
        let now = Dictionary(seen.map { ($0.path, $0) }) { $1 }
        let before = Dictionary(remembered.map { ($0.path, $0) }) { $1 }
        let paths = Set(now.keys).union(before.keys)
        var outcome = Outcome()
        for path in paths.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
            let others = paths.filter { $0 != path && $0.isWithin(path) }
            // What is mounted over a part of the library hides the books that were found there on the volume around it.
            let around = before.values.filter { path.isWithin($0.path) }.max { $0.path.length < $1.path.length }
            let verdict = try await judge(path, before[path] ?? around, now[path], excluding: Array(others))
            outcome.note(verdict, of: path, before: before[path], now: now[path])
        }
        return outcome
    }

    private func judge(
        _ path: FilePath,
        _ before: VolumeSighting?,
        _ now: VolumeSighting?,
        excluding others: [FilePath]
    ) async throws -> VolumeRule.Verdict {
        // Whether there is any is all that counts.
        let books = try await store.presentBooks(of: library, below: path, excluding: others, upTo: 1)
        let verdict = VolumeRule.judge(remembered: before, seen: now, books: books, canaries: nil)
        guard verdict == .needsCanaries else { return verdict }
        let wanted = try await store.canaries(
            of: library,
            below: path,
            excluding: others,
            without: [],
            count: VolumeReview.canaries
        )
        let sizes = await files.presence(of: wanted.map(\.path), in: library).map(\.size)
        let found = zip(wanted, sizes).count { $0.size == $1 }
        let canaries = VolumeRule.Canaries(found: found, asked: wanted.count)
        return VolumeRule.judge(remembered: before, seen: now, books: books, canaries: canaries)
    }
}

extension VolumeReview.Outcome {
    /// A volume that is not believed leaves what is remembered of it as it is, so that its return is recognised.
    fileprivate mutating func note(
        _ verdict: VolumeRule.Verdict,
        of path: FilePath,
        before: VolumeSighting?,
        now: VolumeSighting?
    ) {
        switch verdict {
        case .adopt: remembered += [now].compactMap { $0 }
        case .online, .needsCanaries: remembered += [before].compactMap { $0 }
        case .suspect(let reason):
            remembered += [before].compactMap { $0 }
            doubt = doubt ?? reason
        case .offline(let reason):
            remembered += [before].compactMap { $0 }
            if path.isEmpty { rootFault = reason } else { gone[path] = reason }
        }
    }
}
