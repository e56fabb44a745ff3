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
        let overview = try await store.overview(of: configuration.libraries.map(\.name))
        let problems = overview.problems
        let pool = workers.figures
        var libraries: [LibrarySummary] = []
        let plans = await scheduler.plans()
        for settings in configuration.libraries {
            let figures = overview.libraries[settings.name] ?? LibraryFigures()
            libraries.append(await summary(of: settings, figures, watch, plans))
        }
        let stall = stall.reason
        let warnings = StatusWarnings(
            libraries,
            watch,
            pool,
            stall: stall,
            readOnly: conversions.readOnly,
            isHidden: { [watcher] in HiddenHome.hides(watcher.mount(of: $0)) }
        ).all
        let isDegraded = phase.current == .ready && !warnings.isEmpty
        return DaemonStatus(
            version: Release.version,
            state: isDegraded ? "degraded" : phase.current.rawValue,
            startedAt: startedAt.rfc3339,
            uptimeSeconds: Double(instant.nanoseconds - startedAt.nanoseconds) / 1e9,
            libraries: libraries,
            queue: queue(overview, stall: stall),
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
                polled: watch.libraries.values.reduce(0) { $0 + $1.polled },
                overflows: watch.overflows
            ),
            problems: ProblemCounts(
                open: problems.values.reduce(0, +),
                byClass: Dictionary(uniqueKeysWithValues: problems.map { ($0.key.rawValue, $0.value) })
            ),
            warnings: warnings,
            schedules: schedules(plans)
        )
    }

    func queue() async throws -> QueueSummary {
        queue(try await store.overview(of: []), stall: stall.reason)
    }

    private func queue(_ overview: IndexOverview, stall: String?) -> QueueSummary {
        QueueSummary(
            queued: overview.jobs[.queued, default: 0],
            running: overview.jobs[.running, default: 0],
            paused: overview.jobs[.paused, default: 0],
            state: overview.isQueuePaused ? "paused" : stall == nil ? "running" : "stalled",
            reason: overview.isQueuePaused ? "somebody paused it" : stall
        )
    }

    func summary(of settings: LibrarySettings) async throws -> LibrarySummary {
        let figures = try await store.figures(of: settings.name)
        return await summary(of: settings, figures, watcher.figures(), await scheduler.plans())
    }

    /// What is planned, the soonest first.
    private func schedules(_ plans: [Agenda.Item]) -> [ScheduleSummary] {
        let planned = plans.compactMap { item in item.next.map { (item: item, next: $0) } }
        return planned.sorted { $0.next < $1.next }.map { item, next in
            ScheduleSummary(
                name: item.work.name,
                library: item.work.library?.text,
                spec: item.spec,
                nextRunAt: next.rfc3339,
                lastRunAt: item.last?.rfc3339
            )
        }
    }

    private func summary(
        of settings: LibrarySettings,
        _ figures: LibraryFigures,
        _ watch: WatchFigures,
        _ plans: [Agenda.Item]
    ) async -> LibrarySummary {
        let watched = watch.libraries[settings.name]
        let condition = libraryGuard.conditions.condition(of: settings.name)
        let isPaused = figures.isPaused && condition == .online
        return LibrarySummary(
            name: settings.name.text,
            root: settings.root.string,
            pattern: settings.pattern.rawValue,
            state: isPaused ? "paused" : condition.word,
            detail: isPaused ? "somebody paused it" : condition.detail,
            watch: LibraryWatchSummary(
                mode: watched?.mode.rawValue ?? "off",
                directories: watched?.watched ?? 0,
                polled: watched?.polled ?? 0,
                pending: await intake.gathered(in: settings.name),
                reason: watched?.reason
            ),
            counts: LibraryCounts(
                series: figures.series,
                books: figures.books,
                missing: figures.missing,
                ignored: figures.ignored,
                pending: await pending.count(in: settings.name),
                problems: figures.problems,
                sizeBytes: figures.size
            ),
            lastScan: figures.lastScan.map {
                LastScan(job: $0.job, finishedAt: $0.at.rfc3339, state: $0.state.rawValue)
            },
            nextScanAt: plans.first { $0.work.library == settings.name }?.next?.rfc3339,
            heldLosses: figures.heldLosses
        )
    }
}

extension LibraryCondition {
    /// The API's word.
    var word: String {
        switch self {
        case .online: "online"
        case .suspect: "suspect"
        case .offline: "offline"
        }
    }

    /// The word, and why it is not `online`.
    var text: String { [word, detail].compactMap { $0 }.joined(separator: ": ") }

    var detail: String? {
        switch self {
        case .online: nil
        case .suspect(let detail), .offline(let detail): detail
        }
    }
}
