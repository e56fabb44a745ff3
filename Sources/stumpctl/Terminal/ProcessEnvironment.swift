// SPDX-License-Identifier: MIT
import Glibc

/// The variables of the environment that mean something to stumpctl, where they are set.
enum ProcessEnvironment {
    static let all: [String: String] = {
        let names = ["STUMP_SOCKET", "XDG_RUNTIME_DIR", "TMPDIR", "NO_COLOR", "TERM", "PATH"]
        return names.reduce(into: [:]) { variables, name in
            variables[name] = getenv(name).map { String(cString: $0) }
        }
    }()

    /// Where relative paths begin; the root where it cannot be known.
    static var workingDirectory: String {
        let directory = getcwd(nil, 0)
        defer { free(directory) }
        return directory.map { String(cString: $0) } ?? "/"
    }
}
