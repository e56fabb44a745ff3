// SPDX-License-Identifier: MIT
internal import LibraryModel
package import SystemPackage

/// What can be wrong with the places that the daemon needs.
package enum DaemonPathsFault: DaemonFault, Equatable {
    /// What a directory is for; the raw value is the flag's name.
    package enum Purpose: String, Sendable {
        case state
        case cache
        case socket
    }

    /// Neither a flag nor the environment says where.
    case noHome(Purpose)
    case socketTooLong(FilePath, shorter: FilePath)
    case notWritable(Purpose, FilePath, Errno)

    /// Somebody else owns or may enter the directory that is to hold our socket.
    case notOurs(FilePath)

    package var code: String {
        switch self {
        case .noHome: "no_home"
        case .socketTooLong: "socket_path_too_long"
        case .notWritable: "not_writable"
        case .notOurs: "not_ours"
        }
    }

    package var summary: String {
        switch self {
        case .noHome(let purpose):
            "no \(purpose.rawValue) directory is given, and $HOME is not set"
        case .socketTooLong(let path, _):
            "the socket's path is \(path.length) bytes long, and the kernel takes at most "
                + "\(DaemonPaths.longestSocketPath): \(path.string.escaped)"
        case .notWritable(let purpose, let path, let error):
            "cannot write to the \(purpose.rawValue)\(purpose == .socket ? "'s" : "") directory "
                + "\(path.string.escaped): \(error)"
        case .notOurs(let path):
            "\(path.string.escaped) is not a private directory of this user"
        }
    }

    package var remedy: String? {
        switch self {
        case .noHome(let purpose): "Type `stumpd --\(purpose.rawValue) DIR`."
        case .socketTooLong(_, let shorter):
            "Type `stumpd --socket \(shorter)`, and the same after `stumpctl`."
        case .notWritable(let purpose, _, .noSpace), .notWritable(let purpose, _, .diskQuotaExceeded):
            "Free space there, or choose another with `--\(purpose.rawValue) \(purpose == .socket ? "PATH" : "DIR")`."
        case .notWritable(.socket, _, _):
            "Give this user write access to it, or choose another with `--socket PATH`."
        case .notWritable(let purpose, _, _):
            "Give this user write access to it, or choose another with `--\(purpose.rawValue) DIR`."
        case .notOurs: "Remove it, or choose another place with `--socket PATH`."
        }
    }

    package var exitCode: Int32 {
        switch self {
        case .noHome, .socketTooLong: ExitCode.usage
        case .notWritable: ExitCode.notWritable
        case .notOurs: ExitCode.permission
        }
    }
}
