// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import SystemPackage

/// Puts the screen together that tells whether all is well.
extension DaemonState {
    func status() async throws -> DaemonStatus {
        let instant = now()
        let watch = watcher.figures()
        let counts = try await store.jobCounts()
        let problems = try await store.problemCounts()
        let pool = workers.figures
        var libraries: [LibrarySummary] = []
        for settings in configuration.libraries { libraries.append(try await summary(of: settings, watch)) }
        let warnings = warnings(libraries, watch, pool)
        let isDegraded = phase.current == .ready && !warnings.isEmpty
        return DaemonStatus(
            version: Release.version,
            state: isDegraded ? "degraded" : phase.current.rawValue,
            startedAt: startedAt.rfc3339,
            uptimeSeconds: Double(instant.nanoseconds - startedAt.nanoseconds) / 1e9,
            libraries: libraries,
            queue: QueueSummary(queued: counts[.queued, default: 0], running: counts[.running, default: 0], paused: 0),
            jobs: running.all.map { JobSummary($0.job, progress: $0.progress(at: .now), now: instant) },
            workers: WorkerSummary(
                size: pool.size,
                busy: pool.busy,
                sandbox: SandboxSummary(
                    landlock: pool.sandbox?.landlock ?? false,
                    seccomp: pool.sandbox?.seccomp ?? false
                )
            ),
            watch: WatchSummary(
                directories: watch.watches,
                limit: watch.limit,
                polled: 0,
                overflows: watch.overflows
            ),
            problems: ProblemCounts(
                open: problems.values.reduce(0, +),
                byClass: Dictionary(uniqueKeysWithValues: problems.map { ($0.key.rawValue, $0.value) })
            ),
            warnings: warnings
        )
    }

    func summary(of settings: LibrarySettings) async throws -> LibrarySummary {
        try await summary(of: settings, watcher.figures())
    }

    private func summary(of settings: LibrarySettings, _ watch: WatchFigures) async throws -> LibrarySummary {
        let figures = try await store.figures(of: settings.name)
        let watched = watch.libraries[settings.name]
        let fault = availability.fault(of: settings.name)
        let unwatched = watched?.unwatched ?? 0
        return LibrarySummary(
            name: settings.name.text,
            root: settings.root.string,
            pattern: settings.pattern.rawValue,
            state: fault == nil ? "online" : "offline",
            detail: fault,
            watch: LibraryWatchSummary(
                mode: settings.watch == .off ? "off" : "events",
                directories: watched?.watched ?? 0,
                polled: 0,
                pending: await intake.gathered(in: settings.name),
                reason: unwatched > 0 ? "the kernel has no watch for \(unwatched) directories" : nil
            ),
            counts: LibraryCounts(
                series: figures.series,
                books: figures.books,
                missing: figures.missing,
                ignored: 0,
                pending: await pending.count(in: settings.name),
                problems: figures.problems,
                sizeBytes: figures.size
            ),
            lastScan: figures.lastScan.map {
                LastScan(job: $0.job, finishedAt: $0.at.rfc3339, state: $0.state.rawValue)
            },
            heldLosses: figures.heldLosses
        )
    }

    private func warnings(
        _ libraries: [LibrarySummary],
        _ watch: WatchFigures,
        _ pool: WorkerPool.Figures
    ) -> [Warning] {
        var warnings: [Warning] = []
        if libraries.isEmpty {
            warnings.append(
                Warning(
                    code: "no_library",
                    detail: "no library is configured",
                    hint: "Write a [[library]] with `name` and `root` into stumpd.toml, and start stumpd again."
                )
            )
        }
        for library in libraries where library.state == "offline" {
            let fault = ListingFault.rootOffline(FilePath(library.root), reason: "")
            warnings.append(
                Warning(
                    code: "root_offline",
                    detail: "library \(library.name): \(library.detail ?? fault.summary)",
                    hint: fault.remedy
                )
            )
        }
        for library in libraries where library.heldLosses > 0 {
            warnings.append(
                Warning(
                    code: "losses_held",
                    detail:
                        "library \(library.name): \(library.heldLosses) books were not found; they are kept as they were",
                    hint: "If they are really gone: `stumpctl scan \(library.name) --accept-losses`."
                )
            )
        }
        let unwatched = watch.libraries.values.reduce(0) { $0 + $1.unwatched }
        if unwatched > 0 {
            warnings.append(
                Warning(
                    code: "watch_limit",
                    detail: "\(unwatched) directories are not watched: the kernel's limit is reached",
                    hint: ProblemClass.watchLimit.hint
                )
            )
        }
        if let sandbox = pool.sandbox, !sandbox.landlock || !sandbox.seccomp {
            warnings.append(
                Warning(
                    code: "sandbox_degraded",
                    detail: "the kernel gives workers no \(sandbox.landlock ? "seccomp" : "Landlock")",
                    hint: "Use a kernel with Landlock and seccomp (Debian's has both)."
                )
            )
        }
        return warnings
    }
}
