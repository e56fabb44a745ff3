// SPDX-License-Identifier: MIT
package import LibraryModel
package import LibraryStore
package import SystemPackage

/// The books that are not whole yet, and when to look at each again.
///
/// Kept in memory alone: a book that is pending has no row, so the scan at the next start finds it anew.
package actor PendingBooks {
    package struct Entry: Sendable, Equatable {
        package var library: LibraryName
        package var directory: FilePath
        package var name: FileName

        /// Why it is not in the index yet, for people.
        package var reason: String
        package var due: ContinuousClock.Instant
    }

    private struct Place: Hashable {
        var library: LibraryName
        var directory: FilePath
    }

    private struct Waiting {
        var gate: ReadyGate
        var reason: String
        var due: ContinuousClock.Instant
    }

    /// Raised when a book became pending, so that whoever waits for the next deadline looks again.
    package nonisolated let signal = Signal()

    private var waiting: [Place: [FileName: Waiting]] = [:]

    package init() {}

    package var entries: [Entry] {
        waiting.flatMap { place, books in
            books.map { name, book in
                Entry(
                    library: place.library,
                    directory: place.directory,
                    name: name,
                    reason: book.reason,
                    due: book.due
                )
            }
        }
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

    /// Passes one look at a book through its gate, and keeps or forgets the book accordingly.
    func judge(
        _ look: ReadyGate.Look,
        of name: FileName,
        in directory: FilePath,
        _ library: LibraryName,
        reason: String
    ) -> ReadyGate.Verdict {
        let place = Place(library: library, directory: directory)
        if look.isWhole, waiting.isEmpty { return .ready }
        var gate = waiting[place]?[name]?.gate ?? ReadyGate()
        let verdict = gate.judge(look)
        if case .pending(let due) = verdict {
            waiting[place, default: [:]][name] = Waiting(gate: gate, reason: reason, due: due)
            signal.raise()
        } else {
            forget(name, at: place)
        }
        return verdict
    }

    /// Forgets the books of a directory that a listing does not show any more.
    func prune(_ directory: FilePath, _ library: LibraryName, keeping names: Set<FileName>) {
        let place = Place(library: library, directory: directory)
        for name in waiting[place, default: [:]].keys where !names.contains(name) { forget(name, at: place) }
    }

    /// Forgets the books of a library that is offline; the scan at its return finds them anew.
    func forget(_ library: LibraryName) {
        waiting = waiting.filter { $0.key.library != library }
    }

    private func forget(_ name: FileName, at place: Place) {
        waiting[place]?[name] = nil
        if waiting[place]?.isEmpty == true { waiting[place] = nil }
    }
}
