// SPDX-License-Identifier: MIT
package import LibraryModel
package import LibraryStore
package import SystemPackage

/// The books that are not whole yet, or of which it is not clear which they are, and when to look at each again.
///
/// Kept in memory alone: a book that is pending has no row, and its directory is not settled, so that the next start
/// finds it anew.
package actor PendingBooks {
    package struct Entry: Sendable, Equatable {
        package var library: LibraryName
        package var directory: FilePath
        package var name: FileName
        package var reason: ReadyGate.Reason
        package var due: ContinuousClock.Instant

        /// How often it was looked at and was not whole.
        package var looks: Int
    }

    /// What a look at a book came to.
    struct Judgement: Sendable, Equatable {
        var verdict: ReadyGate.Verdict

        /// Whether the book was not pending before.
        var isNews: Bool
    }

    /// Why it is not clear which book one is.
    enum Doubt: Sendable {
        /// Books of its content are gone from their places, and may turn up themselves.
        case lost

        /// Others are at the places of books of its content, and nobody has read them yet.
        case displaced
    }

    private struct Place: Hashable {
        var library: LibraryName
        var directory: FilePath
    }

    private struct Waiting {
        var gate: ReadyGate
        var reason: ReadyGate.Reason
        var due: ContinuousClock.Instant
        var looks: Int

        /// Since when it is not clear which book it is, why, and which it may be.
        var doubt: (since: ContinuousClock.Instant, why: Doubt, books: Set<Int64>)?
    }

    /// Raised when a book became pending, so that whoever waits for the next deadline looks again.
    package nonisolated let signal = Signal()

    private var waiting: [Place: [FileName: Waiting]] = [:]

    package init() {}

    package var entries: [Entry] {
        waiting.flatMap { place, books in books.map { entry($0.value, of: $0.key, at: place) } }
    }

    /// The entry of one book, by its path below the library's root; `nil` where it is not pending.
    package func entry(at path: FilePath, in library: LibraryName) -> Entry? {
        guard let name = path.names.last else { return nil }
        let place = Place(library: library, directory: path.removingLastComponent())
        return waiting[place]?[name].map { entry($0, of: name, at: place) }
    }

    package func count(in library: LibraryName) -> Int {
        waiting.reduce(0) { $0 + ($1.key.library == library ? $1.value.count : 0) }
    }

    /// When the next book is due; `nil` when none is pending.
    package var nextDue: ContinuousClock.Instant? {
        waiting.values.lazy.flatMap(\.values).map(\.due).min()
    }

    /// The directories with a book that is due, to be scanned; each is given once until its book was judged again.
    package func takeDue(at now: ContinuousClock.Instant) -> [(library: LibraryName, directory: FilePath)] {
        var places: [(LibraryName, FilePath)] = []
        for (place, books) in waiting where books.values.contains(where: { $0.due <= now }) {
            places.append((place.library, place.directory))
            for name in books.keys where books[name].map({ $0.due <= now }) == true {
                // Asked for; should the scan not come to it, it is asked for again.
                waiting[place]?[name]?.due = now + (ReadyGate.backOff.last ?? .seconds(60))
            }
        }
        return places
    }

    /// Passes one look at a book through its gate, and keeps the book where it has to wait.
    ///
    /// A book that was pending and has passed stays as it is until what was read of it is in the catalog: its gate
    /// remembers, and should that fail, it is asked for again.
    func judge(
        _ look: ReadyGate.Look,
        of name: FileName,
        in directory: FilePath,
        _ library: LibraryName,
        quiet: Duration
    ) -> Judgement {
        let place = Place(library: library, directory: directory)
        let before = waiting[place]?[name]
        var gate = before?.gate ?? ReadyGate(quiet: quiet)
        let verdict = gate.judge(look)
        if case .pending(let due, let reason) = verdict {
            let looks = (before?.looks ?? 0) + 1
            waiting[place, default: [:]][name] = Waiting(
                gate: gate,
                reason: reason,
                due: due,
                looks: looks,
                doubt: before?.doubt
            )
            signal.raise()
        } else {
            waiting[place]?[name]?.gate = gate
        }
        return Judgement(verdict: verdict, isNews: before == nil)
    }

    /// Has a book wait that may be one of some others.
    ///
    /// - Returns: since when it waits.
    func doubt(
        _ name: FileName,
        in directory: FilePath,
        _ library: LibraryName,
        _ why: Doubt,
        mayBe books: Set<Int64>,
        at now: ContinuousClock.Instant,
        quiet: Duration
    ) -> ContinuousClock.Instant {
        let place = Place(library: library, directory: directory)
        let due = now + LossRule.secondLook
        let gate = waiting[place]?[name]?.gate ?? ReadyGate(quiet: quiet)
        var book = waiting[place]?[name] ?? Waiting(gate: gate, reason: .unrecognised, due: due, looks: 0)
        let since = book.doubt?.since ?? now
        (book.reason, book.due, book.doubt) = (.unrecognised, due, (since, why, books))
        book.looks += 1
        waiting[place, default: [:]][name] = book
        signal.raise()
        return since
    }

    /// The books that some others may be, which wait until that is clear.
    var doubted: Set<Int64> {
        waiting.values.reduce(into: []) { doubted, books in
            for case let doubt? in books.values.map(\.doubt) { doubted.formUnion(doubt.books) }
        }
    }

    /// Whether what is at the place of one of some books is pending, and not for what is at others' places in its turn.
    func isPending(atAnyOf books: [BookPlace]) -> Bool {
        books.contains { book in
            let place = Place(library: book.library, directory: book.directory)
            guard let waiting = waiting[place]?[book.name] else { return false }
            return waiting.doubt?.why != .displaced
        }
    }

    /// Forgets a book that is in the catalog now.
    func settle(_ name: FileName, in directory: FilePath, _ library: LibraryName) {
        forget(name, at: Place(library: library, directory: directory))
    }

    /// Forgets the books of a directory that are gone, or in the catalog as they are.
    func prune(_ directory: FilePath, _ library: LibraryName, keeping names: Set<FileName>) {
        let place = Place(library: library, directory: directory)
        for name in waiting[place, default: [:]].keys where !names.contains(name) { forget(name, at: place) }
    }

    /// Follows a directory that was moved, with all below it.
    func move(_ old: FilePath, to new: FilePath, _ library: LibraryName) {
        for (place, books) in waiting where place.library == library {
            guard let directory = place.directory.moved(from: old, to: new) else { continue }
            waiting[place] = nil
            waiting[Place(library: library, directory: directory), default: [:]].merge(books) { $1 }
        }
    }

    /// Forgets the books of a library that is offline; the scan at its return finds them anew.
    package func forget(_ library: LibraryName) {
        waiting = waiting.filter { $0.key.library != library }
    }

    private func forget(_ name: FileName, at place: Place) {
        waiting[place]?[name] = nil
        if waiting[place]?.isEmpty == true { waiting[place] = nil }
    }

    private func entry(_ book: Waiting, of name: FileName, at place: Place) -> Entry {
        Entry(
            library: place.library,
            directory: place.directory,
            name: name,
            reason: book.reason,
            due: book.due,
            looks: book.looks
        )
    }
}
