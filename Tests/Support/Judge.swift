// SPDX-License-Identifier: MIT
import Glibc
package import SystemPackage

/// A program of Debian's that judges what we made, and knows nothing of how.
package struct Judge {
    private let program: String

    /// `nil` where the program is not installed; what it would judge is then left unjudged.
    package init?(_ name: String) {
        let program = "/usr/bin/\(name)"
        guard access(program, X_OK) == 0 else { return nil }
        self.program = program
    }

    private static func copies(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        words.map { strdup($0) } + [nil]
    }

    private func contents(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        var bytes = [UInt8](repeating: 0, count: size)
        guard pread(descriptor, &bytes, size, 0) == size else { throw Errno(rawValue: errno) }
        return bytes
    }

    /// What it says on its standard output, read from a file so that no pipe has to be emptied; `nil` where it fails.
    package func run(_ words: [String], in directory: FilePath) throws -> String? {
        let answers = try TemporaryDirectory()
        let answer = answers.path.appending("answer").string
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, answer, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments = Self.copies(["env", "-C", directory.string, "LC_ALL=C.UTF-8", program] + words)
        var environment = Self.copies(["PATH=/usr/bin:/bin"])
        defer { for word in arguments + environment { free(word) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/usr/bin/env", &actions, nil, &arguments, &environment)
        guard code == 0 else { throw Errno(rawValue: code) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { return nil }
        return String(decoding: try contents(of: answer), as: UTF8.self)
    }
}
