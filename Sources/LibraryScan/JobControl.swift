// SPDX-License-Identifier: MIT
package import LibraryModel
package import LibraryStore
import Synchronization

/// What is known of a job while it runs, and the one way to stop it.
package final class JobControl: Sendable {
    /// Why a job is to end before its work is done.
    package enum Stop: Sendable, Equatable {
        /// Somebody, or a more urgent job, wants it.
        case order(LibraryStore.JobOrder)

        /// The daemon stops; the job goes on at the next start.
        case daemon

        /// A part of the job met an error that all of it ends with.
        case failure
    }

    /// The least time between two messages of how far a job has come.
    static let pace: Duration = .milliseconds(250)

    private struct State {
        var stop: Stop?

        /// What the job stops for as soon as it has got somewhere.
        var postponed: Stop?
        var hasResult = false
        var progress: JobProgress
        var isSettled = false
        var phaseStart: ContinuousClock.Instant
        var remaining = RemainingTime()

        /// What was done when the phase began, which its rates do not count.
        var base = (files: 0, bytes: Int64(0))
        var lastTold: ContinuousClock.Instant?
        var fault: (any Fault)?
    }

    package let job: Job

    /// What is known from the times when the job ran before.
    let memory: JobMemory
    private let state: Mutex<State>
    private let stopped = Signal()

    init(_ job: Job, phase: JobProgress.Phase, memory: JobMemory = JobMemory(), at now: ContinuousClock.Instant) {
        self.job = job
        self.memory = memory
        state = Mutex(State(progress: JobProgress(phase: phase), phaseStart: now))
    }

    // MARK: Stopping

    /// The first reason counts.
    ///
    /// A job that has given way too often before it got anywhere first gets somewhere.
    package func stop(_ reason: Stop) {
        let isNow = state.withLock { state in
            if reason.givesWay, !state.hasResult, !memory.mayGiveWay {
                state.postponed = reason
                return false
            }
            state.stop = state.stop ?? reason
            return true
        }
        if isNow { stopped.raise() }
    }

    /// Stops the job because of an error that one of its parts met, and that is nobody else's.
    func fail(_ fault: any Fault) {
        state.withLock { $0.fault = $0.fault ?? fault }
        stop(.failure)
    }

    /// Notes that something is committed that need not be done again, should the job stop now.
    func noteResult() {
        let postponed = state.withLock { state in
            state.hasResult = true
            return state.postponed.take()
        }
        if let postponed { stop(postponed) }
    }

    /// Remembers how the job ended, for when it goes on.
    func close() {
        let (stop, hasResult) = state.withLock { ($0.stop, $0.hasResult) }
        memory.note(gaveWay: stop?.givesWay == true, hasResult: hasResult)
    }

    /// Checked at every directory and batch.
    ///
    /// - Throws: ``JobStopped``, or the error that the job was stopped for.
    func checkStop() throws {
        let (reason, fault) = state.withLock { ($0.stop, $0.fault) }
        guard let reason else { return }
        if reason == .failure, let fault { throw fault }
        throw JobStopped(reason: reason)
    }

    var isStopped: Bool { state.withLock { $0.stop != nil } }

    /// Waits until an instant, or throws as soon as the job is stopped.
    func sleep(until instant: ContinuousClock.Instant, _ clock: any SteadyClock) async throws {
        try await cancelling { try await clock.sleep(until: instant, tolerance: nil) }
    }

    /// Runs work that knows nothing of jobs, and cancels it when the job is stopped.
    func cancelling<Value: Sendable>(_ work: @Sendable @escaping () async throws -> Value) async throws -> Value {
        let signal = stopped.raised()
        try checkStop()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in signal { break }
                return nil
            }
            defer { group.cancelAll() }
            guard case let value?? = try await group.next() else {
                group.cancelAll()
                _ = try? await group.next()
                try checkStop()
                throw CancellationError()
            }
            return value
        }
    }

    // MARK: Progress

    /// How far the job has come, with rates as of `now`.
    package func progress(at now: ContinuousClock.Instant) -> JobProgress {
        state.withLock { state in
            var progress = state.progress
            let elapsed = now - state.phaseStart
            let base = state.base
            state.remaining.note(
                after: elapsed,
                books: progress.filesDone - base.files,
                bytes: progress.bytesDone - base.bytes
            )
            let remaining = state.remaining
            progress.estimate(after: elapsed, since: base.files) { total in
                remaining.remaining(ofBooks: total.files - base.files, bytes: total.bytes - base.bytes)
            }
            return progress
        }
    }

    /// Tells listeners how far the job has come, where it is time to tell of it again.
    func tell(_ services: JobServices) throws {
        let now = services.clock.now
        let isDue = state.withLock { state in
            if let last = state.lastTold, now - last < JobControl.pace { return false }
            state.lastTold = now
            return true
        }
        if isDue { try services.store.tell(progress(at: now), of: job) }
    }

    func update(_ change: (inout JobProgress) -> Void) {
        state.withLock { if !$0.isSettled { change(&$0.progress) } }
    }

    func enter(_ phase: JobProgress.Phase, at now: ContinuousClock.Instant) {
        state.withLock { state in
            if state.isSettled { return }
            state.progress.phase = phase
            state.phaseStart = now
            state.remaining = RemainingTime()
            state.base = (state.progress.filesDone, state.progress.bytesDone)
        }
    }

    /// Lets the figures stand as they are: what follows is a second look at what was counted.
    func settleProgress() {
        state.withLock { $0.isSettled = true }
    }
}

extension JobControl.Stop {
    /// Whether nothing but another job's urgency is the reason.
    fileprivate var givesWay: Bool {
        if case .order(.interrupt(.moreUrgent)) = self { true } else { false }
    }
}

/// Thrown through a job's work when it is stopped.
struct JobStopped: Error {
    var reason: JobControl.Stop
}
