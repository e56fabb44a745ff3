// SPDX-License-Identifier: MIT
package import LibraryModel
import Synchronization

/// Hands events to everybody who listens, without ever waiting for a listener.
package final class EventFeed: Sendable {
    /// What a listener receives.
    package enum Item: Sendable, Equatable {
        case event(CatalogEvent)

        /// The listener was too slow and events were left out; nothing follows.
        case reset
    }

    /// Events that wait for one listener; with more it is cut off and told so.
    package static let backlog = 4096

    private struct Listeners {
        var next = 0
        var areClosed = false
        var continuations: [Int: AsyncStream<Item>.Continuation] = [:]
    }

    private let listeners = Mutex(Listeners())

    /// Who went away and is still in the list.
    ///
    /// A listener ends from within a task's cancellation, which holds that task's lock; and waking a task takes it.
    /// So who wakes listeners must not hold a lock that an end waits for.
    private let ended = Mutex<[Int]>([])

    package init() {}

    /// Events from this call on, until the listener stops iterating or the feed is closed.
    package func listen() -> AsyncStream<Item> {
        // One place more than the backlog, kept for the reset.
        let (stream, continuation) = AsyncStream.makeStream(
            of: Item.self,
            bufferingPolicy: .bufferingOldest(EventFeed.backlog + 1)
        )
        let id: Int? = listeners.withLock { listeners in
            if listeners.areClosed { return nil }
            forgetEnded(&listeners)
            listeners.next += 1
            listeners.continuations[listeners.next] = continuation
            return listeners.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.ended.withLock { $0.append(id) } }
        return stream
    }

    package func publish(_ events: [CatalogEvent]) {
        guard !events.isEmpty else { return }
        // One at a time, so that all listeners see one order and nothing comes between the last event and the reset.
        let slow = listeners.withLock { listeners in
            forgetEnded(&listeners)
            let slow = listeners.continuations.filter { listener in
                !events.allSatisfy { offer($0, to: listener.value) }
            }
            for id in slow.keys { listeners.continuations[id] = nil }
            return slow.values
        }
        for continuation in slow { continuation.finish() }
    }

    /// Ends every listener's stream, and that of whoever comes later.
    package func close() {
        let continuations = listeners.withLock { listeners in
            listeners.areClosed = true
            return listeners.continuations.values
        }
        for continuation in continuations { continuation.finish() }
    }

    /// Gives whether the listener keeps up.
    private func offer(_ event: CatalogEvent, to continuation: AsyncStream<Item>.Continuation) -> Bool {
        switch continuation.yield(.event(event)) {
        case .enqueued(let remaining) where remaining <= 1:
            continuation.yield(.reset)
            return false
        case .enqueued: return true
        default: return false
        }
    }

    private func forgetEnded(_ listeners: inout Listeners) {
        ended.withLock { ended in
            for id in ended { listeners.continuations[id] = nil }
            ended.removeAll()
        }
    }
}
