// SPDX-License-Identifier: MIT
package import LibraryModel
import LibraryStore
import ServiceLifecycle
import Synchronization

/// What the configuration says of jobs, which may be another while the daemon runs.
///
/// A job reads it when it starts and keeps to it until it ends. So a library whose settings change is first held: no job
/// of it begins, those that run are interrupted, and the change is made when none is left.
package final class JobPlan: Sendable {
    package struct Settings: Sendable {
        package var libraries: [LibraryName: LibrarySettings]

        /// How long finished jobs, their logs and events are kept.
        package var history: Duration

        /// How long a book is missing before maintenance forgets it; `nil` for ever.
        package var purgeMissing: Duration?

        /// How long a file must be left alone.
        package var quiet: Duration

        package init(
            _ libraries: [LibrarySettings],
            history: Duration,
            purgeMissing: Duration?,
            quiet: Duration
        ) {
            self.libraries = Dictionary(uniqueKeysWithValues: libraries.map { ($0.name, $0) })
            self.history = history
            self.purgeMissing = purgeMissing
            self.quiet = quiet
        }
    }

    private struct State {
        var settings: Settings
        var held: Set<LibraryName> = []

        /// The library of each job that has begun and not ended.
        var begun: [Int64: LibraryName] = [:]

        func jobs(of libraries: Set<LibraryName>) -> Set<Int64> {
            Set(begun.filter { libraries.contains($0.value) }.keys)
        }
    }

    private let state: Mutex<State>
    private let changes = Signal()

    package init(_ settings: Settings) {
        state = Mutex(State(settings: settings))
    }

    package var settings: Settings { state.withLock { $0.settings } }

    package func change(to settings: Settings) {
        state.withLock { $0.settings = settings }
    }

    // MARK: Holding

    /// Lets no job of these libraries begin until ``release()``, and returns when none of them runs.
    ///
    /// `interrupt` is called for every job that does.
    package func hold(_ libraries: Set<LibraryName>, interrupt: (Set<Int64>) -> Void) async {
        let ends = changes.raised()
        let running = state.withLock { state in
            state.held = libraries
            return state.jobs(of: libraries)
        }
        if running.isEmpty { return }
        interrupt(running)
        for await _ in ends where state.withLock({ $0.jobs(of: libraries).isEmpty }) { break }
    }

    package func release() {
        state.withLock { $0.held = [] }
        changes.raise()
    }

    /// Waits until jobs of a library may begin, and notes that this one has; says whether it had to wait.
    func begin(_ job: Int64, of library: LibraryName?) async -> Bool {
        guard let library else { return false }
        let releases = changes.raised()
        if enter(job, of: library) { return false }
        for await _ in releases.cancelOnGracefulShutdown() where enter(job, of: library) { break }
        return true
    }

    /// Whether a job that has begun is to be interrupted.
    func isHeld(_ library: LibraryName?) -> Bool {
        state.withLock { state in library.map { state.held.contains($0) } ?? false }
    }

    func end(_ job: Int64) {
        state.withLock { $0.begun[job] = nil }
        changes.raise()
    }

    private func enter(_ job: Int64, of library: LibraryName) -> Bool {
        state.withLock { state in
            guard !state.held.contains(library) else { return false }
            state.begun[job] = library
            return true
        }
    }
}
