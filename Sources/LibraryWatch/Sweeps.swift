// SPDX-License-Identifier: MIT
import LibraryModel

/// What is swept, how and when: one plan for each volume on which the kernel's word is not enough.
struct Sweeps {
    struct Key: Hashable {
        let library: Int
        let mount: Int
    }

    private struct Entry {
        var plan: PollPlan
        var need: Need
        var isRunning = false
        var directories = 0
    }

    /// Why a volume is polled; `nil` where the kernel tells everything.
    struct Need: Equatable {
        var trust: FileSystemTrust

        /// Whether the kernel tells nothing: of some directories, for want of watches, or of all, because nobody asked.
        var isForced: Bool

        /// For people.
        var reason: String
    }

    private var interval: Duration
    private var entries: [Key: Entry] = [:]

    /// The mounts that were met where no directory was known.
    private var unknown: Set<Key> = []

    init(interval: Duration) {
        self.interval = interval
    }

    /// Has volumes swept at another pace from now on; what is planned begins anew.
    mutating func setInterval(_ interval: Duration, at now: ContinuousClock.Instant) {
        guard interval != self.interval else { return }
        self.interval = interval
        for (key, entry) in entries {
            entries[key]?.plan = PollPlan(interval: interval, trust: entry.need.trust, isForced: entry.need.isForced)
            entries[key]?.plan.start(at: now)
        }
    }

    /// Drops all that is planned for a library.
    mutating func forget(_ library: Int) {
        keep([], of: library)
    }

    /// The first instant at which a sweep is due; `nil` while none is planned.
    var deadline: ContinuousClock.Instant? {
        entries.values.lazy.filter { !$0.isRunning }.map { $0.plan.next().at }.min()
    }

    /// Plans a volume's sweeps, or drops them where there is no need; what is planned already goes on.
    mutating func plan(_ key: Key, for need: Need?, at now: ContinuousClock.Instant) {
        guard let need else {
            entries[key] = nil
            return
        }
        if entries[key]?.need.trust == need.trust, entries[key]?.need.isForced == need.isForced {
            entries[key]?.need = need
            return
        }
        var plan = PollPlan(interval: interval, trust: need.trust, isForced: need.isForced)
        plan.start(at: now)
        entries[key] = Entry(plan: plan, need: need)
    }

    /// Drops what is kept of a library's mounts that are not among those there now.
    mutating func keep(_ mounts: Set<Int>, of library: Int) {
        entries = entries.filter { $0.key.library != library || mounts.contains($0.key.mount) }
        unknown = unknown.filter { $0.library != library || mounts.contains($0.mount) }
    }

    /// Whether a mount of which no directory is known is met for the first time.
    mutating func isFirstSight(of key: Key) -> Bool { unknown.insert(key).inserted }

    /// The sweeps that are due; each is given once until it is finished.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [(key: Key, sweep: Sweep)] {
        var due: [(Key, Sweep)] = []
        for (key, entry) in entries where !entry.isRunning {
            let next = entry.plan.next()
            guard next.at <= now else { continue }
            entries[key]?.isRunning = true
            due.append((key, next.sweep))
        }
        return due
    }

    mutating func finish(_ key: Key, _ sweep: Sweep, _ walk: TreeWalk.Result, at now: ContinuousClock.Instant) {
        entries[key]?.isRunning = false
        entries[key]?.directories = walk.directories
        entries[key]?.plan.finish(sweep, took: walk.took, found: walk.found, at: now)
    }

    mutating func note(_ directories: Int, of key: Key) {
        entries[key]?.directories = directories
    }

    /// Why parts of a library are polled, and how many directories at the last count; `nil` where none are.
    func need(of library: Int) -> (reason: String, directories: Int)? {
        let own = entries.filter { $0.key.library == library }.values
        guard !own.isEmpty else { return nil }
        let reasons = Set(own.map(\.need.reason)).sorted().joined(separator: "; ")
        return (reasons, own.reduce(0) { $0 + $1.directories })
    }
}
