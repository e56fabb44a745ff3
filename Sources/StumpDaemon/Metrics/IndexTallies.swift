// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Synchronization

/// What the index holds, counted.
struct IndexTallies: Sendable {
    var books: [BookTally]
    var series: [LibraryName: Int]
    var problems: [(library: LibraryName, problem: ProblemClass, count: Int)]
}

/// Counts the index when something has happened in it, and else remembers: who asks every few seconds for figures does
/// not have a million rows read each time.
final class CountedIndex: Sendable {
    private let last: Mutex<(event: Int64, libraries: Set<LibraryName>, tallies: IndexTallies)?> = Mutex(nil)

    func current(_ store: LibraryStore) async throws -> IndexTallies {
        // Before counting: what happens meanwhile is counted again next time.
        let event = try await store.lastEvent()
        let series = try await store.seriesCounts()
        let libraries = Set(series.keys)
        let known = last.withLock { last in
            last.flatMap { $0.event == event && $0.libraries == libraries ? $0.tallies : nil }
        }
        if let known { return known }
        let tallies = IndexTallies(
            books: try await store.bookTallies(),
            series: series,
            problems: try await store.problemTallies()
        )
        last.withLock { $0 = (event, libraries, tallies) }
        return tallies
    }
}
