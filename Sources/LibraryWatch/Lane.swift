// SPDX-License-Identifier: MIT
import Dispatch
import Synchronization

/// A thread of its own for calls that block as long as a disk does, one after the other.
///
/// There is one a mount: a dead server then holds up what lies on it and nothing else; on Swift's pool it would hold up
/// everything. Who waits for a call that does not return is let go by ``giveUp(ifBusySince:)``; the thread itself is the
/// kernel's until the server answers.
final class Lane: Sendable {
    /// Why nothing came of a call.
    struct Silence: Error {}

    private struct State {
        var busySince: ContinuousClock.Instant?
        var isSilent = false
        var waiters: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let queue: DispatchQueue
    private let state = Mutex(State())

    /// Called when a call begins, and with `true` when one has returned that was given up.
    private let onUse: @Sendable (_ isBack: Bool) -> Void

    init(_ label: String, onUse: @escaping @Sendable (_ isBack: Bool) -> Void = { _ in }) {
        queue = DispatchQueue(label: label)
        self.onUse = onUse
    }

    /// Whether a call has not returned and its callers were let go.
    var isSilent: Bool { state.withLock { $0.isSilent } }

    /// When the call began that has not returned; `nil` while the lane rests.
    var busySince: ContinuousClock.Instant? { state.withLock { $0.busySince } }

    /// Does `work` on the lane's thread.
    ///
    /// - Throws: ``Silence`` where the lane does not answer; `work` may then still be done, later.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(Silence) -> Value {
        let outcome: Result<Value, Silence> = await withCheckedContinuation { continuation in
            let answer = Once(continuation)
            let ticket: Int? = state.withLock { state in
                if state.isSilent { return nil }
                state.next += 1
                state.waiters[state.next] = { answer.resume(.failure(Silence())) }
                return state.next
            }
            guard let ticket else { return answer.resume(.failure(Silence())) }
            queue.async {
                let value = self.perform(work)
                self.state.withLock { _ = $0.waiters.removeValue(forKey: ticket) }
                answer.resume(.success(value))
            }
        }
        return try outcome.get()
    }

    /// Queues work that nobody waits for.
    func enqueue(_ work: @escaping @Sendable () -> Void) {
        queue.async { self.perform(work) }
    }

    /// Queues work for later, so that what others want comes first.
    func enqueue(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
        let nanoseconds = Int(delay / .nanoseconds(1))
        queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { self.perform(work) }
    }

    /// Blocks until everything that was queued before is done.
    func drain() {
        queue.sync {}
    }

    /// Lets everybody go who waits for a call that began before `instant`; says whether there was one.
    func giveUp(ifBusySince instant: ContinuousClock.Instant) -> Bool {
        let waiters: [@Sendable () -> Void]? = state.withLock { state in
            guard let start = state.busySince, start <= instant, !state.isSilent else { return nil }
            state.isSilent = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters ?? [] { waiter() }
        return waiters != nil
    }

    private func perform<Value>(_ work: () -> Value) -> Value {
        state.withLock { $0.busySince = .now }
        onUse(false)
        defer {
            let wasSilent = state.withLock { state in
                state.busySince = nil
                defer { state.isSilent = false }
                return state.isSilent
            }
            if wasSilent { onUse(true) }
        }
        return work()
    }
}

/// A continuation that two may resume; the first counts.
private final class Once<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result<Value, Lane.Silence>, Never>?>

    init(_ continuation: CheckedContinuation<Result<Value, Lane.Silence>, Never>) {
        self.continuation = Mutex(continuation)
    }

    func resume(_ result: sending Result<Value, Lane.Silence>) {
        continuation.withLock { $0.take() }?.resume(returning: result)
    }
}
