// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// A database that cannot be used, as the end of the daemon.
struct DatabaseFault: DaemonFault {
    let cause: StoreFault

    /// The newest copy that can take its place; `nil` where there is none, or none is needed.
    let backup: FilePath?

    init(_ cause: StoreFault, _ database: FilePath) {
        self.cause = cause
        backup =
            switch cause {
            case .damaged, .newerVersion: Backups(of: database).newest
            default: nil
            }
    }

    var code: String { cause.code }
    var summary: String { cause.summary }

    var remedy: String? {
        guard let backup else { return cause.remedy }
        let restore = "Type `stumpd --restore \(backup.string.escaped)`: the old database is kept beside it"
        if case .newerVersion = cause { return "Install the newer version again, or go back. \(restore)." }
        return "\(restore), and what came since is scanned anew."
    }

    var exitCode: Int32 {
        switch cause {
        case .notWritable, .cannotBackUp: ExitCode.notWritable
        default: ExitCode.database
        }
    }
}

/// Another daemon answers the socket.
struct SocketTaken: DaemonFault {
    let socket: FilePath

    var code: String { "already_running" }
    var summary: String { "another stumpd answers at \(socket)" }
    var remedy: String? { "Ask it with `stumpctl --socket \(socket) status`, or give this one `--socket PATH`." }
    var exitCode: Int32 { ExitCode.alreadyRunning }
}
