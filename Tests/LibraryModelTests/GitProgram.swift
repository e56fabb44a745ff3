// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

/// Debian's `git`, which judges our verdicts; it knows `.gitignore`, and `.git/info/exclude` in place of a configuration.
struct GitProgram {
    private static let program = "/usr/bin/git"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    /// The answer of `git check-ignore` about one path.
    struct Answer: Equatable {
        /// The file as git names it, relative to the root; `nil` where no line matches.
        var file: FilePath?
        var line = 0
        var pattern: [UInt8] = []

        var isIgnored: Bool { file != nil && pattern.first != UInt8(ascii: "!") }
    }

    private let root: TemporaryDirectory

    /// Makes a directory a working tree; with no more in `.git` than git asks for.
    init(in root: TemporaryDirectory) throws {
        self.root = root
        for name in ["objects", "refs", "info"] { try root.makeDirectory(FilePath(".git/\(name)")) }
        try root.write(".git/HEAD", Array("ref: refs/heads/main\n".utf8))
    }

    /// What git says of paths relative to the root, in their order.
    func answers(_ paths: [FilePath]) throws -> [Answer] {
        let questions: [UInt8] = paths.flatMap { Array("./".utf8) + $0.bytes + [0] }
        try root.write(".git/questions", questions)
        // 1 means that none is ignored.
        let status = try run(["check-ignore", "--stdin", "-z", "--verbose", "--non-matching", "--no-index"])
        try #require(status == 0 || status == 1)
        let output = FileManager.default.contents(atPath: root.path.appending(".git/answers").string) ?? Data()
        // Four fields for each path: file, line, pattern, and the path itself.
        let fields = Array(output).split(separator: 0, omittingEmptySubsequences: false).dropLast().map { Array($0) }
        try #require(fields.count == paths.count * 4)
        return paths.indices.map { index in
            let field = fields[(index * 4)..<(index * 4 + 4)].map { $0 }
            guard !field[0].isEmpty else { return Answer() }
            let line = Int(String(decoding: field[1], as: UTF8.self)) ?? 0
            return Answer(file: FilePath(bytes: field[0]), line: line, pattern: field[2])
        }
    }

    private func run(_ words: [String]) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let directory = root.path.appending(".git")
        posix_spawn_file_actions_addopen(&actions, 0, directory.appending("questions").string, O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, directory.appending("answers").string, flags, 0o600)
        let all = [Self.program, "-C", root.path.string, "-c", "core.excludesFile=/dev/null"] + words
        var arguments = all.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        // Nobody's own settings.
        let settings = ["GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"]
        var environment = settings.map { strdup($0) } + [nil]
        defer { for variable in environment { free(variable) } }
        var child: pid_t = 0
        try #require(posix_spawn(&child, Self.program, &actions, nil, &arguments, &environment) == 0)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        try #require(status & 0x7F == 0)
        return (status >> 8) & 0xFF
    }
}
