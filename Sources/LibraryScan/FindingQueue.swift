// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization

/// Gathers what a scan finds into batches worth a transaction.
///
/// A batch goes out when it is full, when its first finding has waited long enough, and at once when nothing more is
/// under way: one new book is committed as soon as it is read.
final class FindingQueue: Sendable {
    /// The most findings in one batch.
    static let limit = 500

    /// The longest that a finding waits for company.
    static let patience: Duration = .milliseconds(250)

    private struct State {
        var findings: [ScanFinding] = []
        var expected = 0
        var oldest: ContinuousClock.Instant?
        var isOverdue = false
        var isFinished = false

        /// Findings that came in, and those that the consumer has dealt with.
        var added = 0
        var settled = 0

        /// Whether something happened since the consumer looked, and the consumer where it waits for that.
        var hasNews = false
        var consumer: CheckedContinuation<Void, Never>?

        /// Who waits until that many are dealt with.
        var flushers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    private let clock: any SteadyClock
    private let alarm: Alarm

    /// Yields batches of `limit` findings at the most.
    init(clock: any SteadyClock, limit: Int = FindingQueue.limit) {
        self.clock = clock
        self.limit = limit
        alarm = Alarm(clock: clock)
    }

    /// Announces readings, each of which ``add(_:)`` will bring.
    func expect(_ readings: Int) {
        state.withLock { $0.expected += readings }
    }

    /// Takes in a finding; from any thread.
    func add(_ finding: ScanFinding) {
        let now = clock.now
        state.withLock { state in
            state.findings.append(finding)
            state.added += 1
            state.oldest = state.oldest ?? now
            if finding.isReading { state.expected -= 1 }
        }
        wake()
    }

    /// Says that nothing more comes.
    func finish() {
        state.withLock { $0.isFinished = true }
        wake()
    }

    /// The next batch, of one consumer; `nil` after the last.
    ///
    /// It waits for ``finish()`` though its task is cancelled: what has come by then is committed all the same.
    func next() async -> [ScanFinding]? {
        while true {
            if let batch = takeDue() { return batch.isEmpty ? nil : batch }
            await withCheckedContinuation { continuation in
                let hasNews = state.withLock { state in
                    defer { state.hasNews = false }
                    if !state.hasNews { state.consumer = continuation }
                    return state.hasNews
                }
                if hasNews { continuation.resume() }
            }
        }
    }

    /// Says that a batch is committed, or given up for good.
    func settle(_ batch: [ScanFinding]) {
        let content = state.withLock { state in
            state.settled += batch.count
            let content = state.flushers.filter { $0.count <= state.settled }
            state.flushers.removeAll { $0.count <= state.settled }
            return content
        }
        for flusher in content { flusher.continuation.resume() }
    }

    /// Waits until everything that was added before is committed, or given up for good.
    func flush() async {
        await withCheckedContinuation { continuation in
            let isSettled = state.withLock { state in
                if state.settled < state.added { state.flushers.append((state.added, continuation)) }
                return state.settled >= state.added
            }
            if isSettled { continuation.resume() }
        }
    }

    /// Wakes the consumer when a finding has waited long enough; to be run beside it.
    func keepTime() async throws {
        try await alarm.run {
            self.state.withLock { $0.isOverdue = !$0.findings.isEmpty }
            self.wake()
        }
    }

    private func wake() {
        let consumer = state.withLock { state in
            state.hasNews = state.consumer == nil
            return state.consumer.take()
        }
        consumer?.resume()
    }

    /// An empty batch is the end; `nil` means that nothing is due yet.
    private func takeDue() -> [ScanFinding]? {
        let now = clock.now
        return state.withLock { state in
            let isDue =
                state.isFinished || state.isOverdue || state.findings.count >= limit
                || (state.expected == 0 && !state.findings.isEmpty)
            alarm.set(isDue ? nil : state.oldest.map { $0 + FindingQueue.patience })
            guard isDue else { return nil }
            let batch = Array(state.findings.prefix(limit))
            state.findings.removeFirst(batch.count)
            state.oldest = state.findings.isEmpty ? nil : now
            state.isOverdue = false
            return batch
        }
    }
}
