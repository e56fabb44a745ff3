// SPDX-License-Identifier: MIT

/// Why there is no answer, or none that is of use.
package enum ControlFault: Error, Equatable, Sendable {
    /// There is no socket.
    case notRunning(socket: String)
    /// There is a socket, and nobody listens: a daemon that was killed leaves one behind.
    case refused(socket: String)
    case notPermitted(socket: String)
    case unreachable(socket: String, reason: String)
    case timedOut(socket: String, after: Duration)
    /// The daemon went away in the middle of its answer.
    case hungUp(socket: String)
    /// The daemon answered that it cannot.
    case problem(APIProblem)
    /// The answer is not what this release understands.
    case malformed(path: String, reason: String)
    /// The daemon is of another release, and the answer is not what this one understands.
    case otherRelease(path: String, daemon: String)
    case pathTooLong(socket: String)
    case untrustedDirectory(String)
}

extension ControlFault {
    /// A stable word for scripts.
    package var code: String {
        switch self {
        case .notRunning, .refused: "daemon_not_running"
        case .notPermitted: "not_permitted"
        case .unreachable: "daemon_unreachable"
        case .timedOut: "timed_out"
        case .hungUp: "daemon_hung_up"
        case .problem(let problem): problem.code
        case .malformed: "malformed_answer"
        case .otherRelease: "version_mismatch"
        case .pathTooLong: "socket_path_too_long"
        case .untrustedDirectory: "socket_directory_untrusted"
        }
    }

    /// What is wrong: the thing, a colon, the reason.
    package var summary: String {
        switch self {
        case .notRunning(let socket): "cannot reach stumpd: there is no socket at \(socket)"
        case .refused(let socket): "cannot reach stumpd: nobody listens on \(socket)"
        case .notPermitted(let socket): "cannot reach stumpd: this user may not use \(socket)"
        case .unreachable(let socket, let reason): "cannot reach stumpd: \(socket): \(reason)"
        case .timedOut(let socket, let limit): "no answer from stumpd: \(socket) was silent for \(limit)"
        case .hungUp(let socket): "no answer from stumpd: it hung up on \(socket) before its answer was complete"
        case .problem(let problem): "\(problem.title): \(problem.detail)"
        case .malformed(let path, let reason): "cannot understand stumpd's answer to \(path): \(reason)"
        case .otherRelease(let path, let daemon):
            "cannot ask stumpd for \(path): stumpd is \(daemon) and this stumpctl \(Release.version), "
                + "which do not understand each other"
        case .pathTooLong(let socket):
            "cannot use the socket \(socket): its path is \(socket.utf8.count) bytes long, "
                + "and the kernel takes \(ControlSocket.longestPath)"
        case .untrustedDirectory(let directory):
            "cannot use the socket directory \(directory): it is not a directory of this user's alone"
        }
    }

    /// What to type or change.
    package var remedy: String? {
        switch self {
        case .notRunning, .refused, .unreachable:
            "start it with `systemctl start stumpd` or by hand with `stumpd --library NAME=DIR`; if it failed, "
                + "`journalctl -u stumpd` tells why, and `systemctl reset-failed stumpd` lets it start again; "
                + "for another socket use --socket or STUMP_SOCKET"
        case .notPermitted: "join the group that owns the socket: `sudo usermod -aG stump $USER`, then log in again"
        case .timedOut: "try again with a longer --timeout"
        case .hungUp: "see `journalctl -u stumpd` for what happened to it"
        case .problem(let problem): problem.hint
        case .malformed: "install stumpd and stumpctl of the same release; `stumpctl version` shows both"
        case .otherRelease:
            "install both of the same release, and `sudo systemctl restart stumpd` if the daemon is the older one"
        case .pathTooLong: "give a shorter path with --socket or STUMP_SOCKET"
        case .untrustedDirectory(let directory):
            "remove \(directory), or set XDG_RUNTIME_DIR to a directory of your own"
        }
    }

    /// Whether the daemon was not there, in contrast to having objected.
    package var isOfConnection: Bool {
        switch self {
        case .notRunning, .refused, .unreachable, .timedOut, .hungUp: true
        case .problem(let problem): problem.code == APIProblem.starting
        case .notPermitted, .malformed, .otherRelease, .pathTooLong, .untrustedDirectory: false
        }
    }

    /// The socket at which nobody answered, or none that may be asked.
    package var socket: String? {
        switch self {
        case .notRunning(let socket), .refused(let socket), .notPermitted(let socket), .unreachable(let socket, _),
            .timedOut(let socket, _), .hungUp(let socket):
            socket
        case .problem, .malformed, .otherRelease, .pathTooLong, .untrustedDirectory: nil
        }
    }
}
