// SPDX-License-Identifier: MIT
package import LibraryModel
import LibraryStore
import Synchronization

/// The jobs that run right now, and what is remembered of those that are to go on.
package final class RunningJobs: Sendable {
    private struct State {
        var controls: [Int64: JobControl] = [:]
        var memories: [Int64: JobMemory] = [:]
    }

    private let state = Mutex(State())
    private let questions = Signal()

    /// Answered by whoever runs the jobs.
    package let pulse = Pulse()

    package init() {}

    /// Has whoever runs the jobs answer ``pulse``.
    package func askPulse() {
        pulse.ask()
        questions.raise()
    }

    /// Raised when there is a question.
    var asked: AsyncStream<Void> { questions.raised() }

    /// The running jobs in the order of their ids.
    package var all: [JobControl] {
        state.withLock { state in state.controls.values.sorted { $0.job.id < $1.job.id } }
    }

    package subscript(id: Int64) -> JobControl? { state.withLock { $0.controls[id] } }

    /// The jobs that do not run, and of which something is remembered for when they go on.
    var remembered: [Int64] {
        state.withLock { state in state.memories.keys.filter { state.controls[$0] == nil } }
    }

    func forget(_ id: Int64) {
        state.withLock { if $0.controls[id] == nil { $0.memories[id] = nil } }
    }

    func start(_ job: Job, phase: JobProgress.Phase, at now: ContinuousClock.Instant) -> JobControl {
        state.withLock { state in
            let memory = state.memories[job.id] ?? JobMemory()
            let control = JobControl(job, phase: phase, memory: memory, at: now)
            state.controls[job.id] = control
            state.memories[job.id] = memory
            return control
        }
    }

    /// Takes out a job that does not run any more; one that has ended for good is forgotten.
    func end(_ control: JobControl, isOver: Bool) {
        let id = control.job.id
        state.withLock { state in
            control.close()
            // It may run again already.
            guard state.controls[id] === control else { return }
            state.controls[id] = nil
            if isOver { state.memories[id] = nil }
        }
    }
}
