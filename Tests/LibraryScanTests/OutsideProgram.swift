// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// A program of Debian's, which judges what we made and knows nothing of how.
enum OutsideProgram {
    /// What the program says; read from a file, so that no pipe has to be emptied.
    static func run(_ words: String...) throws -> String {
        let directory = try TemporaryDirectory()
        let answer = directory.path.appending("answer").string
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, answer, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        try #require(posix_spawn(&child, words[0], &actions, nil, &arguments, nil) == 0)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return String(decoding: FileManager.default.contents(atPath: answer) ?? Data(), as: UTF8.self)
    }
}
