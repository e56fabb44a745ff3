// SPDX-License-Identifier: MIT
internal import CSystemd

/// Tells the service manager how the daemon is; without one, says nothing.
///
/// Source: `sd_notify(3)`. The manager is the one that `$NOTIFY_SOCKET` names.
package struct ServiceManager: Sendable {
    package init() {}

    /// To be called once the socket answers: what waits for the service starts now.
    package func ready(status: String) {
        notify("READY=1\nSTATUS=\(line(status))")
    }

    /// Sets the line that `systemctl status` shows.
    package func status(_ text: String) {
        notify("STATUS=\(line(text))")
    }

    /// Asks for more time before `READY=1`, where something is done that takes long.
    ///
    /// `limit` counts from now, and only lengthens what the unit allows: `EXTEND_TIMEOUT_USEC` of `sd_notify(3)`.
    package func extendStart(by limit: Duration, status: String) {
        notify("EXTEND_TIMEOUT_USEC=\(limit.components.seconds * 1_000_000)\nSTATUS=\(line(status))")
    }

    package func stopping() {
        notify("STOPPING=1\nSTATUS=stopping")
    }

    private func notify(_ state: String) {
        // Nothing hangs on a failure but the status line, and `READY` that is lost ends in systemd's own time-out.
        _ = sd_notify(0, state)
    }

    /// A newline would begin another assignment.
    private func line(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
    }
}
