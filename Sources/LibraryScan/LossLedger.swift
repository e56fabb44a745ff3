// SPDX-License-Identifier: MIT
package import LibraryModel
package import LibraryStore
package import SystemPackage

/// Losses that no event told of, until they are believed: a second listing has to show a small one, a person to confirm
/// a large one.
///
/// Kept in memory alone: a directory with such a loss is not settled, so that the next start finds it anew.
package actor LossLedger {
    /// The losses of one directory.
    package struct Entry: Sendable, Equatable {
        package var library: LibraryName
        package var directory: FilePath

        /// Books and directories that are gone.
        package var count: Int

        /// Whether they wait for a person's word, and not only for another listing.
        package var isHeld: Bool

        /// When the first of them was noticed.
        package var since: ContinuousClock.Instant

        /// When the directory is to be listed again; `nil` where only a person's word is waited for.
        package var due: ContinuousClock.Instant?
    }

    private struct Place: Hashable {
        var library: LibraryName
        var directory: FilePath
    }

    private struct Waiting {
        /// When the first of them was shown.
        var since: ContinuousClock.Instant

        /// With the listing that showed each first.
        var books: [Int64: ContinuousClock.Instant] = [:]
        var directories: [Int64: (name: FileName, since: ContinuousClock.Instant)] = [:]
        var heldSince: ContinuousClock.Instant?
        var due: ContinuousClock.Instant?

        /// Looks that were made while the losses were held, and whether the present one was asked for.
        var looks = 0
        var isAsked = false

        /// When the first of some losses was shown.
        func first(of losses: DirectoryLosses) -> ContinuousClock.Instant? {
            let ofBooks = losses.books.lazy.compactMap { books[$0] }.min()
            let ofDirectories = losses.directories.keys.lazy.compactMap { directories[$0]?.since }.min()
            return [ofBooks, ofDirectories].compactMap { $0 }.min()
        }
    }

    /// How long a scan that was asked for may take to come to the directory, before it is asked for again.
    private static let patience: Duration = .seconds(60)

    /// Raised when a loss came to wait, so that whoever waits for the next deadline looks again.
    package nonisolated let signal = Signal()

    private var waiting: [Place: Waiting] = [:]

    /// How many removals the kernel has told of, by the entry of the scope that they came with, while more was gone.
    private var told: [Place: Removals] = [:]

    package init() {}

    package var entries: [Entry] {
        waiting.map { place, losses in
            Entry(
                library: place.library,
                directory: place.directory,
                count: losses.books.count + losses.directories.count,
                isHeld: losses.heldSince != nil,
                since: losses.since,
                due: losses.due
            )
        }
    }

    /// When the next directory is to be listed again; `nil` when none is.
    package var nextDue: ContinuousClock.Instant? { waiting.values.lazy.compactMap(\.due).min() }

    /// The directories that are to be listed again; each is given once until its losses were judged again.
    package func takeDue(at now: ContinuousClock.Instant) -> [(library: LibraryName, directory: FilePath)] {
        let places = waiting.filter { $0.value.due.map { $0 <= now } == true }.keys
        for place in places {
            waiting[place]?.due = now + LossLedger.patience
            waiting[place]?.isAsked = true
        }
        return places.map { ($0.library, $0.directory) }
    }

    /// Forgets the losses of a library that is offline; the scan at its return finds them anew.
    package func forget(_ library: LibraryName) {
        waiting = waiting.filter { $0.key.library != library }
        told = told.filter { $0.key.library != library }
    }

    /// Has losses wait for another listing, long enough after the one that showed them first.
    func wait(_ losses: DirectoryLosses, _ library: LibraryName) {
        postpone(losses, library, notBefore: losses.listedAt)
        waiting[Place(library: library, directory: losses.directory)]?.heldSince = nil
    }

    /// Has losses wait for a listing that is not made before `instant`, because nothing can be judged now; what was
    /// held stays so.
    func postpone(_ losses: DirectoryLosses, _ library: LibraryName, notBefore instant: ContinuousClock.Instant) {
        add(losses, library) { waiting in
            let due = max(instant, (waiting.first(of: losses) ?? losses.listedAt) + LossRule.secondLook)
            waiting.due = waiting.isAsked ? due : min(waiting.due ?? due, due)
            waiting.isAsked = false
        }
    }

    /// Has losses wait for a person's word, with looks now and then whether they are still true.
    func hold(_ losses: DirectoryLosses, _ library: LibraryName) {
        add(losses, library) { waiting in
            if waiting.heldSince == nil {
                waiting.looks = 0
            } else if waiting.isAsked {
                waiting.looks += 1
            } else {
                return
            }
            let since = waiting.heldSince ?? losses.listedAt
            waiting.heldSince = since
            waiting.isAsked = false
            waiting.due = LossRule.heldLooks.dropFirst(waiting.looks).first.map { since + $0 }
        }
    }

    /// What of some losses an earlier listing showed too, early enough before theirs.
    func proven(
        _ losses: DirectoryLosses,
        _ library: LibraryName,
        after age: Duration = LossRule.secondLook
    ) -> DirectoryLosses {
        var proven = losses
        let known = waiting[Place(library: library, directory: losses.directory)]
        let isOld = { (since: ContinuousClock.Instant?) in
            since.map { losses.listedAt - $0 >= age } ?? false
        }
        proven.books = losses.books.filter { isOld(known?.books[$0]) }
        proven.directories = losses.directories.filter { isOld(known?.directories[$0.key]?.since) }
        return proven
    }

    /// What the kernel has told of before about an entry of a scope, of which more was gone than that.
    func told(at entry: FilePath, _ library: LibraryName) -> Removals {
        told[Place(library: library, directory: entry)] ?? .none
    }

    func keep(_ removals: Removals, at entry: FilePath, _ library: LibraryName) {
        told[Place(library: library, directory: entry)] = removals == .none ? nil : removals
    }

    /// Forgets losses that are believed now.
    func remove(_ losses: DirectoryLosses, _ library: LibraryName) {
        change(at: Place(library: library, directory: losses.directory)) { waiting in
            for book in losses.books { waiting.books[book] = nil }
            for directory in losses.directories.keys { waiting.directories[directory] = nil }
        }
    }

    /// Forgets what is back: all of a directory that its listing does not miss.
    func prune(_ directory: FilePath, _ library: LibraryName, keeping books: Set<Int64>, _ directories: Set<Int64>) {
        change(at: Place(library: library, directory: directory)) { waiting in
            waiting.books = waiting.books.filter { books.contains($0.key) }
            waiting.directories = waiting.directories.filter { directories.contains($0.key) }
        }
    }

    /// Forgets the losses of books that were met elsewhere.
    func forget(books: Set<Int64>, _ library: LibraryName) {
        for (place, losses) in waiting where place.library == library && !books.isDisjoint(with: losses.books.keys) {
            change(at: place) { $0.books = $0.books.filter { !books.contains($0.key) } }
        }
    }

    /// Follows a directory that was moved, with all below it.
    func move(_ old: FilePath, to new: FilePath, _ library: LibraryName) {
        for (place, losses) in waiting where place.library == library {
            guard let directory = place.directory.moved(from: old, to: new) else { continue }
            waiting[place] = nil
            waiting[Place(library: library, directory: directory)] = losses
        }
    }

    /// All losses of a library, or those alone that are held.
    func losses(of library: LibraryName, heldAlone: Bool) -> [DirectoryLosses] {
        waiting.compactMap { place, losses in
            guard place.library == library, losses.heldSince != nil || !heldAlone else { return nil }
            return DirectoryLosses(
                directory: place.directory,
                books: Set(losses.books.keys),
                directories: losses.directories.mapValues(\.name),
                listedAt: losses.since
            )
        }
    }

    private func add(_ losses: DirectoryLosses, _ library: LibraryName, _ change: (inout Waiting) -> Void) {
        let place = Place(library: library, directory: losses.directory)
        var known = waiting[place] ?? Waiting(since: losses.listedAt)
        for book in losses.books { known.books[book] = known.books[book] ?? losses.listedAt }
        for (id, name) in losses.directories where known.directories[id] == nil {
            known.directories[id] = (name, losses.listedAt)
        }
        change(&known)
        waiting[place] = known
        signal.raise()
    }

    private func change(at place: Place, _ change: (inout Waiting) -> Void) {
        guard var known = waiting[place] else { return }
        change(&known)
        let isOver = known.books.isEmpty && known.directories.isEmpty
        waiting[place] = isOver ? nil : known
        if isOver { told[place] = nil }
    }
}
