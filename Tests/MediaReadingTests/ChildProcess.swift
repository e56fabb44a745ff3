// SPDX-License-Identifier: MIT
import CLinux
import Glibc
import Testing

/// A program of ours, started as the daemon starts a worker: a socket at descriptor 3, nothing else.
final class ChildProcess {
    let process: pid_t
    private let socket: Int32
    private var hasEnded = false

    /// Starts the program of this name that was built beside the tests.
    init(_ name: String, _ words: String...) throws {
        var pair: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &pair) == 0)
        socket = pair[0]
        let path = try Self.directory() + "/" + name
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pair[1], 3)
        var arguments = [strdup(path)] + words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, nil, &arguments, nil)
        close(pair[1])
        process = child
        try #require(code == 0, "cannot start \(path): \(code)")
    }

    deinit {
        end()
    }

    func send(_ bytes: [UInt8], _ descriptors: [Int32] = []) throws {
        try #require(clinux_send(socket, bytes, bytes.count, descriptors, descriptors.count) == bytes.count)
    }

    /// Waits for a packet; empty where the process has ended.
    func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var descriptors = 0
        let count = clinux_receive(socket, &buffer, buffer.count, nil, &descriptors)
        try #require(count >= 0)
        return Array(buffer[..<count])
    }

    /// How many bytes it has read in its life, from disk or not.
    func bytesRead() throws -> Int {
        try #require(try lines(of: "io")["rchar"].flatMap { Int($0) })
    }

    /// Lines of `/proc/PID/status` by their names.
    func status() throws -> [String: String] {
        try lines(of: "status")
    }

    private func lines(of file: String) throws -> [String: String] {
        let descriptor = open("/proc/\(process)/\(file)", O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = read(descriptor, &buffer, buffer.count)
        let lines = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        let pairs = lines.map { $0.split(separator: ":", maxSplits: 1).map(String.init) }.filter { $0.count == 2 }
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], String($0[1].drop(while: \.isWhitespace))) })
    }

    /// Closes the socket and answers the exit status as `waitpid` gives it.
    @discardableResult
    func end() -> Int32 {
        guard !hasEnded else { return -1 }
        hasEnded = true
        close(socket)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return status
    }

    private static func directory() throws -> String {
        let resolved = try #require(realpath("/proc/self/exe", nil))
        defer { free(resolved) }
        let path = String(cString: resolved)
        return String(path[..<(try #require(path.lastIndex(of: "/")))])
    }
}
