// SPDX-License-Identifier: MIT
package import Glibc

/// Where daemon and clients meet.
package enum ControlSocket {
    /// The socket of the system's service.
    package static let servicePath = "/run/stump/stumpd.sock"

    /// What `sockaddr_un` holds, without its terminating NUL.
    package static let longestPath = 107

    /// The socket that a client is to use.
    ///
    /// The order is `option`, `STUMP_SOCKET`, the service's socket if there is one, the user's. A service's socket
    /// that cannot be looked at counts as being there, so that the fault is a missing permission and not a missing daemon.
    package static func path(
        option: String?,
        environment: [String: String],
        servicePath: String = servicePath,
        user: uid_t = geteuid()
    ) throws(ControlFault) -> String {
        let chosen: String
        if let named = option ?? environment.value("STUMP_SOCKET") {
            chosen = named
        } else if access(servicePath, F_OK) == 0 || errno == EACCES {
            chosen = servicePath
        } else {
            chosen = try userPath(environment: environment, user: user)
        }
        guard fits(chosen) else { throw .pathTooLong(socket: chosen) }
        return chosen
    }

    /// The socket of a daemon that was started by hand.
    ///
    /// In `XDG_RUNTIME_DIR`, which belongs to the user alone. Where that is unset, in a directory of the user's under
    /// the temporary directory; anybody could have made one of that name, so one that exists must be a real directory,
    /// the user's own, and writable by nobody else. It need not exist yet.
    package static func userPath(
        environment: [String: String],
        user: uid_t = geteuid()
    ) throws(ControlFault) -> String {
        if let runtime = environment.value("XDG_RUNTIME_DIR") { return "\(runtime)/stump/stumpd.sock" }
        let directory = "\(environment.value("TMPDIR") ?? "/tmp")/stump-\(user)"
        var facts = stat()
        if lstat(directory, &facts) == 0 {
            let isOurs = facts.st_mode & S_IFMT == S_IFDIR && facts.st_uid == user && facts.st_mode & 0o022 == 0
            guard isOurs else { throw .untrustedDirectory(directory) }
        }
        return "\(directory)/stumpd.sock"
    }

    /// Whether the kernel takes a socket path of this length.
    package static func fits(_ path: String) -> Bool {
        path.utf8.count <= longestPath
    }
}

extension [String: String] {
    /// A variable that is set to something.
    fileprivate func value(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
