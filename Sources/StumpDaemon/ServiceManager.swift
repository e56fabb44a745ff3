// SPDX-License-Identifier: MIT
internal import CSystemd
internal import Dispatch
internal import Glibc
internal import Synchronization

/// Tells the service manager how the daemon is; without one, says nothing.
///
/// Source: `sd_notify(3)`. The manager is the one that `$NOTIFY_SOCKET` names. That function waits for as long as the
/// manager does not read, and would hold up whatever the daemon does.
package struct ServiceManager: Sendable {
    package init() {}

    /// Whether there is one.
    package var isPresent: Bool { getenv("NOTIFY_SOCKET") != nil }

    /// To be called once the socket answers: what waits for the service starts now.
    package func ready(status: String) {
        notify("READY=1\nSTATUS=\(line(status))")
    }

    /// How long the manager waits for a sign of life; `nil` where it does not, or of another process.
    ///
    /// Source: `sd_watchdog_enabled(3)`.
    package var watchdog: Duration? {
        var microseconds: UInt64 = 0
        return sd_watchdog_enabled(0, &microseconds) > 0 ? .microseconds(Int64(microseconds)) : nil
    }

    /// A sign of life; left out while the manager has not read the last ones.
    package func alive() {
        guard ServiceManager.unread.load(ordering: .relaxed) < 4 else { return }
        notify("WATCHDOG=1")
    }

    /// Sets the line that `systemctl status` shows; left out while the manager has not read the last ones.
    package func status(_ text: String) {
        guard ServiceManager.unread.load(ordering: .relaxed) < 4 else { return }
        notify("STATUS=\(line(text))")
    }

    /// To be called when a configuration begins to be taken in; it ends with ``ready(status:)``.
    ///
    /// The time, by CLOCK_MONOTONIC, is what lets the manager tell this `READY=1` from one that was on its way before.
    package func reloading() {
        let microseconds = DispatchTime.now().uptimeNanoseconds / 1000
        notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\nSTATUS=reloading the configuration")
    }

    /// Asks for more time, before `READY=1` or before the end, where something is done that takes long.
    ///
    /// `limit` counts from now, and only lengthens what the unit allows: `EXTEND_TIMEOUT_USEC` of `sd_notify(3)`.
    package func extendTimeout(by limit: Duration, status: String) {
        notify("EXTEND_TIMEOUT_USEC=\(limit.components.seconds * 1_000_000)\nSTATUS=\(line(status))")
    }

    package func stopping() {
        notify("STOPPING=1\nSTATUS=stopping")
    }

    /// In order, on a thread that may wait: a manager that does not read stalls nobody here.
    private func notify(_ state: String) {
        ServiceManager.unread.add(1, ordering: .relaxed)
        ServiceManager.queue.async {
            defer { ServiceManager.unread.subtract(1, ordering: .relaxed) }
            // Nothing hangs on a failure but the status line, and `READY` that is lost ends in systemd's own time-out.
            _ = sd_notify(0, state)
        }
    }

    private static let unread = Atomic(0)
    private static let queue = DispatchQueue(label: "stump.notify")

    /// A newline would begin another assignment.
    private func line(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
    }
}
