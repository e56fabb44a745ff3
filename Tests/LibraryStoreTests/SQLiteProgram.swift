// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// Debian's `sqlite3`, which judges what we wrote and knows nothing of how.
enum SQLiteProgram {
    private static let program = "/usr/bin/sqlite3"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    /// What the program answers to one statement; read from a file, so that no pipe has to be emptied.
    static func ask(_ sql: String, of database: FilePath) throws -> String {
        let directory = try TemporaryDirectory()
        let answer = directory.path.appending("answer").string
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, answer, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let words = [program, database.string, sql]
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        try #require(posix_spawn(&child, program, &actions, nil, &arguments, nil) == 0)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return String(decoding: FileManager.default.contents(atPath: answer) ?? Data(), as: UTF8.self)
    }
}

/// A state directory of which a test keeps an account.
final class StateFolder: Sendable {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    var database: FilePath { directory.path.appending("stump.db") }

    /// The names in it, sorted.
    var names: [String] { names(in: "") }

    func names(in folder: String) -> [String] {
        let path = folder.isEmpty ? directory.path : directory.path.appending(folder)
        return ((try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []).sorted()
    }

    func bytes(_ name: FilePath) -> Data? {
        FileManager.default.contents(atPath: directory.path.pushing(name).string)
    }

    /// Spoils every page but the first, whose header then tells nothing of it.
    func damage(_ name: FilePath) throws {
        let whole = try #require(self.bytes(name))
        var bytes = Array(whole)
        for page in stride(from: 4096, to: bytes.count, by: 4096) {
            for offset in 0..<64 { bytes[page + offset] = 0xA5 }
        }
        try directory.write(name, bytes)
    }

    /// Copies what is there, as a power cut would leave it: the files of a database that is open.
    func cut(into other: StateFolder) throws {
        for name in names where name.hasPrefix("stump.db") {
            let whole = try #require(bytes(FilePath(name)))
            try other.directory.write(FilePath(name), Array(whole))
        }
    }
}
