// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc

/// Who may use a socket that this user may not, and what makes him one of them.
struct SocketPermission: Equatable {
    var socket: String
    var user: String

    /// The group that may use it; `nil` where it belongs to one user alone, or cannot be looked at.
    var group: String?

    /// Whether the user was made a member, and this session began before that.
    var isMemberElsewhere = false

    /// The one who alone may use it.
    var owner: String?

    var fault: CommandFault {
        if let owner, group == nil {
            return fault("the socket \(socket) is \(owner)'s alone", "ask as \(owner): `sudo -u \(owner) stumpctl …`")
        }
        let group = group ?? "stump"
        if isMemberElsewhere {
            return fault(
                "this session of \(user) began before \(user) was put into the group \(group)",
                "log in again, or type `newgrp \(group)` for this shell"
            )
        }
        return fault(
            "\(user) is not in the group \(group), which may use \(socket)",
            "`sudo usermod -aG \(group) $USER` and then log in again; or ask as root: `sudo stumpctl …`"
        )
    }

    private func fault(_ reason: String, _ remedy: String) -> CommandFault {
        CommandFault(
            code: "not_permitted",
            summary: "cannot use stumpd's socket: \(reason)",
            remedy: remedy,
            status: .notPermitted
        )
    }
}

extension SocketPermission {
    /// Looks at the socket and the groups of this machine.
    init(socket: String, uid: uid_t = geteuid()) {
        self.socket = socket
        let entry = getpwuid(uid)
        user = entry.map { String(cString: $0.pointee.pw_name) } ?? "user \(uid)"
        let primary = entry?.pointee.pw_gid
        var facts = stat()
        guard stat(socket, &facts) == 0 else { return }
        owner = getpwuid(facts.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "user \(facts.st_uid)"
        guard facts.st_mode & 0o020 != 0, let found = getgrgid(facts.st_gid) else { return }
        group = String(cString: found.pointee.gr_name)
        guard let primary else { return }
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(user, primary, &groups, &count) >= 0 else { return }
        isMemberElsewhere = groups.prefix(Int(count)).contains(facts.st_gid)
    }
}
