// SPDX-License-Identifier: MIT
internal import Dispatch
internal import Synchronization

/// Carries log records from any thread to a destination that may block.
///
/// A stalled journal or a terminal on hold must not hold up the daemon, so whoever logs only puts the record down.
/// When ``capacity`` records wait, further ones are thrown away, and one line tells how many once the destination
/// takes records again. Delivery has a thread outside the cooperative pool, and none while there is nothing to deliver.
package final class LogQueue: Sendable {
    /// The most records that wait, those under way included.
    package static let capacity = 4096

    private let backlog: Mutex<LogBacklog>
    private let carrier = DispatchQueue(label: "log")
    private let deliver: @Sendable (LogRecord) -> Void

    /// Delivers by calling `deliver` with one record at a time, in order.
    package init(capacity: Int = LogQueue.capacity, deliver: @escaping @Sendable (LogRecord) -> Void) {
        self.deliver = deliver
        backlog = Mutex(LogBacklog(capacity: capacity))
    }

    package func add(_ record: LogRecord) {
        let isFirst = backlog.withLock { backlog in
            defer { backlog.add(record) }
            return backlog.isDelivered
        }
        // While something is under way, the carrier comes back for what was added.
        if isFirst { carrier.async { self.carry() } }
    }

    /// Waits until all that was added is delivered, but no longer than the patience.
    ///
    /// A dead journal must not keep the daemon from ending.
    package func drain(patience: Duration = .seconds(2)) {
        let isDelivered = DispatchSemaphore(value: 0)
        carrier.async { isDelivered.signal() }
        _ = isDelivered.wait(timeout: .now() + .seconds(Int(patience.components.seconds)))
    }

    private func carry() {
        while true {
            let records = backlog.withLock { $0.take() }
            if records.isEmpty { return }
            for record in records { deliver(record) }
        }
    }
}
