// SPDX-License-Identifier: MIT
package import LibraryModel
import Synchronization

/// What is known of a job while it runs, and the one way to stop it.
package final class JobControl: Sendable {
    /// Why a job is to end before its work is done.
    package enum Stop: Sendable, Equatable {
        /// Somebody cancelled it.
        case cancelled

        /// The daemon stops; the job stays as it is and goes on at the next start.
        case daemon
    }

    private struct State {
        var stop: Stop?
        var progress: JobProgress
        var phaseStart: ContinuousClock.Instant
    }

    package let job: Job
    private let state: Mutex<State>

    init(_ job: Job, phase: JobProgress.Phase, at now: ContinuousClock.Instant) {
        self.job = job
        state = Mutex(State(progress: JobProgress(phase: phase), phaseStart: now))
    }

    package func stop(_ reason: Stop) {
        state.withLock { $0.stop = $0.stop ?? reason }
    }

    /// Checked at every directory and batch.
    func checkStop() throws(JobStopped) {
        if let reason = state.withLock({ $0.stop }) { throw JobStopped(reason: reason) }
    }

    /// How far the job has come, with rates as of `now`.
    package func progress(at now: ContinuousClock.Instant) -> JobProgress {
        state.withLock { state in
            var progress = state.progress
            progress.estimate(after: now - state.phaseStart)
            return progress
        }
    }

    func update(_ change: (inout JobProgress) -> Void) {
        state.withLock { change(&$0.progress) }
    }

    func enter(_ phase: JobProgress.Phase, at now: ContinuousClock.Instant) {
        state.withLock { state in
            state.progress.phase = phase
            state.phaseStart = now
        }
    }
}

/// Thrown through a job's work when it is stopped.
struct JobStopped: Error {
    var reason: JobControl.Stop
}

/// The jobs that run right now.
package final class RunningJobs: Sendable {
    private let controls = Mutex<[Int64: JobControl]>([:])

    package init() {}

    /// The running jobs in the order of their ids.
    package var all: [JobControl] {
        controls.withLock { controls in controls.values.sorted { $0.job.id < $1.job.id } }
    }

    package subscript(id: Int64) -> JobControl? { controls.withLock { $0[id] } }

    func add(_ control: JobControl) {
        controls.withLock { $0[control.job.id] = control }
    }

    func remove(_ id: Int64) {
        controls.withLock { _ = $0.removeValue(forKey: id) }
    }
}
