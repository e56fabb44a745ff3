// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// A database that cannot be used, as the end of the daemon.
struct DatabaseFault: DaemonFault {
    let cause: StoreFault

    var code: String { cause.code }
    var summary: String { cause.summary }
    var remedy: String? { cause.remedy }

    var exitCode: Int32 {
        if case .notWritable = cause { ExitCode.notWritable } else { ExitCode.database }
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
