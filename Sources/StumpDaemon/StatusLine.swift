// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import ServiceLifecycle

/// Keeps the line current that `systemctl status` shows; without a service manager it does nothing.
///
/// It listens to events, so it costs nothing while nothing happens.
struct StatusLine: Service {
    /// The least time between two lines.
    private static let pace: Duration = .seconds(1)

    let state: DaemonState
    let manager: ServiceManager

    func run() async throws {
        guard manager.isPresent else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            let news = Signal()
            let raised = news.raised()
            async let _: Void = self.listen(news)
            var shown = ""
            for await _ in raised where state.phase.current == .ready {
                let line = state.statusLine
                if line == shown { continue }
                manager.status(line)
                shown = line
                try? await state.clock.sleep(for: StatusLine.pace)
            }
        }
    }

    /// Passes on that something happened, however much of it.
    private func listen(_ news: Signal) async {
        var isReset = true
        while isReset {
            isReset = false
            for await item in state.store.events.listen() {
                news.raise()
                if item == .reset { isReset = true }
            }
        }
    }

    /// `2 libraries, 1 away; scan of comics 45 %, thumbnails of manga`.
    static func text(
        libraries: Int,
        away: Int = 0,
        jobs: [(job: Job, progress: JobProgress)],
        stall: String? = nil
    ) -> String {
        let count = "\(libraries) \(libraries == 1 ? "library" : "libraries")" + (away > 0 ? ", \(away) away" : "")
        if let stall { return "\(count); the queue stands still: \(stall)" }
        let work = jobs.map { job, progress in
            let title = [job.kind.title, job.library.map { "of \($0)" }].compactMap { $0 }.joined(separator: " ")
            return progress.percent.map { "\(title) \(Int($0)) %" } ?? title
        }
        return work.isEmpty ? count : "\(count); \(work.joined(separator: ", "))"
    }
}

extension DaemonState {
    /// What the daemon is at, on one line for people.
    var statusLine: String {
        let libraries = configuration.libraries
        return StatusLine.text(
            libraries: libraries.count,
            away: libraries.count { libraryGuard.conditions.condition(of: $0.name).word == "offline" },
            jobs: running.all.map { ($0.job, $0.progress(at: clock.now)) },
            stall: stall.reason
        )
    }
}

extension JobKind {
    fileprivate var title: String {
        switch self {
        case .libraryScan, .seriesScan: "scan"
        case .thumbnailGeneration: "thumbnails"
        case .analyzeMedia: "analysis"
        case .conversion: "conversion"
        case .backup: "backup"
        case .maintenance: "maintenance"
        }
    }
}
