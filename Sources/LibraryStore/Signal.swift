// SPDX-License-Identifier: MIT
import Synchronization

/// Wakes those who wait, however often it is raised before they look.
package final class Signal: Sendable {
    private struct Waiters {
        var next = 0
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let waiters = Mutex(Waiters())

    package init() {}

    package func raise() {
        for continuation in waiters.withLock({ Array($0.continuations.values) }) { continuation.yield() }
    }

    /// One element when the signal was raised since the last look, however often; for one consumer.
    package func raised() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = waiters.withLock { waiters in
            waiters.next += 1
            waiters.continuations[waiters.next] = continuation
            return waiters.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.waiters.withLock { _ = $0.continuations.removeValue(forKey: id) }
        }
        return stream
    }
}
