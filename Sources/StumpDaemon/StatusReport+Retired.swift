// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel
import LibraryStore
import SystemPackage

extension DaemonState {
    /// What is known of a library that is not in the configuration any more.
    func summary(of library: RetiredLibrary) async throws -> LibrarySummary {
        let figures = try await store.figures(of: library.name)
        return LibrarySummary(
            name: library.name.text,
            root: library.root?.string ?? "",
            pattern: (library.pattern ?? .series).rawValue,
            state: "retired",
            detail: "it is not in the configuration since \(library.since.rfc3339)",
            watch: LibraryWatchSummary(mode: "off", directories: 0, polled: 0, pending: 0),
            counts: LibraryCounts(
                series: figures.series,
                books: figures.books,
                missing: figures.missing,
                ignored: figures.ignored,
                pending: 0,
                problems: figures.problems,
                sizeBytes: figures.size
            ),
            lastScan: figures.lastScan.map {
                LastScan(job: $0.job, finishedAt: $0.at.rfc3339, state: $0.state.rawValue)
            },
            heldLosses: 0
        )
    }
}
