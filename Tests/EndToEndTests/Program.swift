// SPDX-License-Identifier: MIT
import Dispatch
import FoundationEssentials
import Glibc
import Testing

/// One of our programs, or a judge's, as a shell would run it.
struct Program {
    /// What a program that has ended left behind.
    struct Result: Sendable {
        var code: Int32
        var output: String
        var errors: String
    }

    /// The directory of the programs that were built with the tests.
    static let built: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }()

    /// Where a program of Debian's is; `nil` where it is not installed.
    static func installed(_ name: String) -> String? {
        ["/usr/bin/", "/bin/", "/usr/sbin/"].map { $0 + name }.first { access($0, X_OK) == 0 }
    }

    /// Runs a program to its end, without holding a thread that other tests need.
    static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> Result {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = try start(path, arguments, environment, output: "\(folder)/out", errors: "\(folder)/err")
        let code = await end(of: process)
        return Result(code: code, output: text("\(folder)/out"), errors: text("\(folder)/err"))
    }

    /// Starts a program; somebody has to wait for its end.
    static func start(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String],
        output: String,
        errors: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let everything = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = everything.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + variables { free(word) } }
        // The threads of a pool take no signals, and what they start would take none either.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, &words, &variables)
        try #require(code == 0, "\(path) does not start: \(code)")
        return process
    }

    /// The exit code; that of a signal is the signal's number plus 128, as in a shell.
    static func end(of process: pid_t) async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "stump.test.wait").async {
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f)
            }
        }
    }

    static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func scratch() throws -> String {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/stump-run-XXXXXX".utf8CString)
        return String(cString: try #require(mkdtemp(&template)))
    }
}
