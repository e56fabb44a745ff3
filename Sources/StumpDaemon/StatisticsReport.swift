// SPDX-License-Identifier: MIT
import ControlAPI
import Dispatch
import Glibc
import LibraryModel
import LibraryScan
import LibraryStore
import SystemPackage

/// Puts together what the index holds, in figures.
extension DaemonState {
    func statistics() async throws -> IndexStatistics {
        let statistics = try await store.statistics()
        let names = statistics.series.keys.sorted { $0.text < $1.text }
        let libraries = names.map { name in
            LibraryStatistics(
                name: name.text,
                counts: BookFigures(
                    statistics.books.filter { $0.library == name },
                    series: statistics.series[name] ?? 0
                )
            )
        }
        let place = store.place
        let (shelves, copies) = (thumbnails.directory, Backups(of: place).directory)
        return IndexStatistics(
            total: BookFigures(statistics.books, series: statistics.series.values.reduce(0, +)),
            libraries: libraries,
            formats: DaemonState.formats(statistics.books),
            languages: statistics.languages.map { WordCount(word: $0.word, books: $0.books) },
            genres: statistics.genres.map { WordCount(word: $0.word, books: $0.books) },
            publishers: statistics.publishers.map { WordCount(word: $0.word, books: $0.books) },
            jobs: DaemonState.jobs(statistics.jobs),
            thumbnails: await DaemonState.figures(ofFilesBelow: shelves),
            database: databaseFigures,
            backups: await DaemonState.figures(ofFilesBelow: copies)
        )
    }

    /// The database and its log.
    var databaseFigures: FileFigures {
        let sizes = ["", "-wal"].compactMap { size(of: store.place.string + $0) }
        return FileFigures(files: sizes.count, sizeBytes: sizes.reduce(0, +))
    }

    private func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    private static func formats(_ tallies: [BookTally]) -> [FormatStatistics] {
        let present = tallies.filter { $0.state != .missing && $0.state != .ignored }
        return Dictionary(grouping: present, by: \.format).map { format, tallies in
            FormatStatistics(
                format: format.rawValue,
                books: tallies.reduce(0) { $0 + $1.books },
                pages: tallies.reduce(0) { $0 + $1.pages },
                sizeBytes: tallies.reduce(0) { $0 + $1.size }
            )
        }
        .sorted { ($0.books, $1.format) > ($1.books, $0.format) }
    }

    private static func jobs(_ tallies: [JobTally]) -> [JobStatistics] {
        JobKind.allCases.compactMap { kind in
            let own = tallies.filter { $0.kind == kind && $0.state.isTerminal }
            if own.isEmpty { return nil }
            let count = { (state: JobState) in own.first { $0.state == state }?.jobs ?? 0 }
            return JobStatistics(
                kind: kind.rawValue,
                completed: count(.completed),
                failed: count(.failed),
                cancelled: count(.cancelled),
                ranSeconds: own.reduce(.zero) { $0 + $1.ran } / .seconds(1)
            )
        }
    }

    /// Counts files on a thread of its own, because there may be a million of them.
    private static func figures(ofFilesBelow directory: FilePath) async -> FileFigures {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "stump.statistics").async {
                continuation.resume(returning: FileTree.figures(of: directory))
            }
        }
    }
}

extension BookFigures {
    fileprivate init(_ tallies: [BookTally], series: Int) {
        self.init(series: series)
        for tally in tallies {
            switch tally.state {
            case .missing: missing += tally.books
            case .ignored: ignored += tally.books
            case .ready, .error, .unsupported:
                books += tally.books
                pages += tally.pages
                sizeBytes += tally.size
                if tally.state == .error { errors += tally.books }
                if tally.state == .unsupported { unsupported += tally.books }
            }
        }
    }
}
