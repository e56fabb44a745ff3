// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc

/// Why nobody answers, as far as this machine tells: not installed, stopped, failed, starting.
struct AbsentDaemon: Equatable {
    /// The socket that was asked.
    var socket: String

    /// Whether somebody named a socket of his own, about which systemd knows nothing.
    var isNamed = false

    /// Whether there is a program `stumpd` at all.
    var isInstalled = true

    /// What systemd says; `nil` where there is none, or no such unit.
    var unit: ServiceUnit?

    /// The same fault, or one that says more.
    func explain(_ fault: ControlFault) -> any Error {
        switch fault {
        case .notRunning, .refused: absence(fault)
        default: fault
        }
    }

    private func absence(_ fault: ControlFault) -> any Error {
        guard let unit, !isNamed else {
            if isNamed || isInstalled { return fault }
            return CommandFault(
                code: "daemon_not_installed",
                summary: "cannot reach stumpd: it is not installed here, and there is no socket at \(socket)",
                remedy: "install the package stump, or type `make install` in its sources; "
                    + "for a socket elsewhere use --socket or STUMP_SOCKET",
                status: .unreachable
            )
        }
        return switch (unit.active, unit.sub) {
        case ("activating", "auto-restart"), ("failed", _): failed(unit)
        case ("activating", _), ("reloading", _): starting(unit.status.isEmpty ? nil : unit.status)
        case ("active", _): silent(unit)
        case ("deactivating", _): stopped("it is stopping", unit)
        default: stopped("stumpd.service is \(unit.active)", unit)
        }
    }

    private func starting(_ detail: String?) -> CommandFault {
        CommandFault(
            code: "starting",
            summary: "cannot reach stumpd yet: it is starting" + (detail.map { ": \($0)" } ?? ""),
            remedy: unit == nil || isNamed
                ? "try again in a moment" : "try again in a moment; `systemctl status stumpd` shows how far it is",
            status: .unreachable
        )
    }

    private func stopped(_ state: String, _ unit: ServiceUnit) -> CommandFault {
        let start = unit.file == "disabled" ? "enable --now" : "start"
        return CommandFault(
            code: "daemon_not_running",
            summary: "cannot reach stumpd: it is not running (\(state))" + lastWords(unit),
            remedy: "`sudo systemctl \(start) stumpd` starts it",
            status: .unreachable
        )
    }

    private func failed(_ unit: ServiceUnit) -> CommandFault {
        let how = unit.exitCode == 0 ? unit.result : "\(unit.result), status \(unit.exitCode)"
        let state = unit.active == "failed" ? "stumpd.service failed: \(how)" : "it failed and is started again: \(how)"
        return CommandFault(
            code: "daemon_failed",
            summary: "cannot reach stumpd: it is not running (\(state))" + lastWords(unit),
            remedy: remedy(unit.exitCode),
            status: .unreachable
        )
    }

    /// By what the daemon's exit status means.
    private func remedy(_ exitCode: Int32) -> String {
        let then = "then `sudo systemctl restart stumpd`"
        return switch exitCode {
        case 78: "`stumpctl config check` tells what is wrong with the configuration; \(then)"
        case 65: "`journalctl -u stumpd -n 20` tells how to put a backup back"
        case 69: "another stumpd uses the same state directory: end it, \(then)"
        // What crashed several times is not started again before systemd is told to forget that.
        default:
            "`journalctl -u stumpd -n 20` tells why; "
                + "then `sudo systemctl reset-failed stumpd` and `sudo systemctl restart stumpd`"
        }
    }

    /// It runs, says systemd, and its socket says otherwise.
    private func silent(_ unit: ServiceUnit) -> CommandFault {
        CommandFault(
            code: "daemon_unreachable",
            summary: "cannot reach stumpd: systemd says that it runs, and nobody listens on \(socket)",
            remedy: "`systemctl status stumpd` tells more, and `sudo systemctl restart stumpd` makes the socket anew; "
                + "if the service has another socket, name it with --socket or STUMP_SOCKET",
            status: .unreachable
        )
    }

    private func lastWords(_ unit: ServiceUnit) -> String {
        unit.lastLine.map { "; its last words: \($0)" } ?? ""
    }
}

extension AbsentDaemon {
    /// Looks around on this machine, in a few seconds at most.
    init(_ options: GlobalOptions?, socket: String) {
        let environment = ProcessEnvironment.all
        self.socket = socket
        isNamed = options?.socket != nil || environment["STUMP_SOCKET", default: ""] != ""
        let places = StumpdProgram.places
        isInstalled = places.contains { access($0, X_OK) == 0 }
        unit = isNamed ? nil : ServiceUnit.ask(searchPath: environment["PATH"])
    }
}
