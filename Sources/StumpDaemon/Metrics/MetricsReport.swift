// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import SystemPackage

/// The daemon's figures as Prometheus reads them.
///
/// Written from what the parts know at the moment of the question. A registry of metrics would have every part keep the
/// same figures a second time, and could not forget the series of a library that left the configuration.
extension DaemonState {
    func metrics() async throws -> String {
        let tallies = try await counted.current(store)
        let watch = watcher.figures()
        var text = PrometheusText()
        text.family("stump_build_info", .gauge, "Which version runs; always 1.")
        text.sample("stump_build_info", ["version": Release.version], 1)
        write(try await store.jobTallies(), to: &text)
        write(tallies, to: &text)
        write(watch, to: &text)
        try await writeScans(to: &text)
        text.family("stump_worker_faults_total", .counter, "Workers that died or were killed since the start.")
        let faults = workers.figures.faults
        for reason in Set(faults.keys).union([.workerCrash, .workerTimeout]).sorted(by: { $0.rawValue < $1.rawValue }) {
            text.sample("stump_worker_faults_total", ["reason": reason.rawValue], faults[reason, default: 0])
        }
        text.family("stump_database_bytes", .gauge, "Size of the database with its log.")
        text.sample("stump_database_bytes", Int(databaseFigures.sizeBytes))
        return text.text
    }

    private func write(_ jobs: [JobTally], to text: inout PrometheusText) {
        text.family(
            "stump_jobs",
            .gauge,
            "Jobs by kind and state; of completed, cancelled and failed ones all since the database was made."
        )
        for kind in JobKind.allCases {
            for state in JobState.allCases {
                let count = jobs.first { $0.kind == kind && $0.state == state }?.jobs ?? 0
                text.sample("stump_jobs", ["kind": kind.rawValue, "state": state.rawValue], count)
            }
        }
        text.family("stump_job_duration_seconds", .summary, "How long jobs ran that have ended, pauses left out.")
        for kind in JobKind.allCases {
            let ended = jobs.filter { $0.kind == kind && $0.state.isTerminal }
            let seconds = ended.reduce(.zero) { $0 + $1.ran } / .seconds(1)
            text.sample("stump_job_duration_seconds_sum", ["kind": kind.rawValue], seconds)
            text.sample("stump_job_duration_seconds_count", ["kind": kind.rawValue], ended.reduce(0) { $0 + $1.jobs })
        }
    }

    private func write(_ tallies: IndexTallies, to text: inout PrometheusText) {
        text.family("stump_books", .gauge, "Books by library and state.")
        for library in configuration.libraries.map(\.name) {
            for state in BookState.allCases {
                let own = tallies.books.filter { $0.library == library && $0.state == state }
                let count = own.reduce(0) { $0 + $1.books }
                text.sample("stump_books", ["library": library.text, "state": state.rawValue], count)
            }
        }
        text.family("stump_series", .gauge, "Series by library.")
        for library in configuration.libraries.map(\.name) {
            text.sample("stump_series", ["library": library.text], tallies.series[library] ?? 0)
        }
        text.family("stump_problems", .gauge, "Open problems by library and class.")
        for library in configuration.libraries.map(\.name) {
            for problem in ProblemClass.allCases {
                let count = tallies.problems.first { $0.library == library && $0.problem == problem }?.count ?? 0
                text.sample("stump_problems", ["library": library.text, "class": problem.rawValue], count)
            }
        }
    }

    private func write(_ watch: WatchFigures, to text: inout PrometheusText) {
        text.family("stump_watch_directories", .gauge, "Directories by library and by how changes in them are noticed.")
        for library in configuration.libraries.map(\.name) {
            let figures = watch.libraries[library]
            text.sample(
                "stump_watch_directories",
                ["library": library.text, "mode": "events"],
                figures?.watched ?? 0
            )
            text.sample("stump_watch_directories", ["library": library.text, "mode": "poll"], figures?.polled ?? 0)
        }
        if let limit = watch.limit {
            text.family("stump_watch_limit", .gauge, "The kernel's limit on watches, for all programs of this user.")
            text.sample("stump_watch_limit", limit)
        }
        text.family("stump_watch_events_total", .counter, "Events of the kernel since the start.")
        text.sample("stump_watch_events_total", watch.events)
        text.family("stump_watch_overflows_total", .counter, "How often the kernel dropped events since the start.")
        text.sample("stump_watch_overflows_total", watch.overflows)
    }

    private func writeScans(to text: inout PrometheusText) async throws {
        text.family("stump_library_online", .gauge, "Whether the library's disk is there and believed: 1 or 0.")
        for library in configuration.libraries.map(\.name) {
            let isOnline = libraryGuard.conditions.condition(of: library) == .online
            text.sample("stump_library_online", ["library": library.text], isOnline ? 1 : 0)
        }
        let scans = try await store.lastScans()
        if scans.isEmpty { return }
        text.family("stump_last_scan_timestamp_seconds", .gauge, "When the last scan of the library ended.")
        for library in configuration.libraries.map(\.name) {
            guard let at = scans[library] else { continue }
            text.sample("stump_last_scan_timestamp_seconds", ["library": library.text], Double(at.nanoseconds) / 1e9)
        }
    }
}
