// SPDX-License-Identifier: MIT
import ControlAPI
import Dispatch
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// A real `stumpd` on directories of its own, told apart from all others; killed with the test that made it.
final class RunningDaemon {
    /// Where one daemon after the other may live.
    struct Home {
        let directory: TemporaryDirectory

        /// Whether the daemon is told of its directories as systemd tells a service.
        let isService: Bool

        /// What the daemon's file says, the libraries too; without it there is the one library on the command line.
        var configuration: DaemonFile?

        /// The namespace that the daemon runs in, if not in ours.
        var mounts: PrivateMounts?

        init(isService: Bool = false) throws {
            self.isService = isService
            directory = try TemporaryDirectory()
            try directory.makeDirectory("library")
        }

        var library: FilePath { directory.path.appending("library") }
        var socket: String { directory.path.appending("run/stumpd.sock").string }
        var database: String { database("stump.db") }

        var state: FilePath { directory.path.appending("state") }

        /// A file in the directory of the database.
        func database(_ name: String) -> String { state.appending(name).string }

        /// The name outside of what has an absolute `path` for the daemon.
        func view(_ path: FilePath) -> FilePath { mounts?.view(path) ?? path }

        /// Runs a program where the daemon runs.
        func run(_ program: String, _ arguments: [String]) async throws -> Program.Result {
            let words = (mounts?.entry ?? []) + [program] + arguments
            return try await Program.run(words[0], Array(words.dropFirst()))
        }

        var arguments: [String] {
            let libraries = configuration == nil ? ["--library", "books=\(library)"] : ["--config", file.string]
            if isService { return libraries }
            let places = ["state", "cache"].flatMap { ["--\($0)", directory.path.appending($0).string] }
            return libraries + places + ["--socket", socket]
        }

        private var file: FilePath { directory.path.appending("stumpd.toml") }

        func writeConfiguration() throws {
            if let configuration { try directory.write("stumpd.toml", Array(configuration.text.utf8)) }
        }

        var environment: [String: String] {
            if !isService { return [:] }
            let folders = ["STATE_DIRECTORY": "state", "CACHE_DIRECTORY": "cache", "RUNTIME_DIRECTORY": "run"]
            return folders.mapValues { directory.path.appending($0).string }
        }
    }

    let process: pid_t
    let home: Home
    let client: ControlClient
    private let notify: Int32
    private let logPath: String
    private var hasEnded = false

    /// Starts the daemon, and waits until it says that it is ready unless nobody is to wait for that.
    init(_ home: Home, _ extra: [String] = [], awaitsReady: Bool = true) async throws {
        self.home = home
        let path = home.directory.path.appending("notify").string
        notify = try RunningDaemon.listen(path)
        logPath = home.directory.path.appending("log").string
        try home.writeConfiguration()
        let words = (home.mounts?.entry ?? []) + ["\(Program.built)/stumpd"] + home.arguments + extra
        process = try Program.start(
            words[0],
            Array(words.dropFirst()),
            home.environment.merging(["NOTIFY_SOCKET": path]) { $1 },
            output: logPath,
            errors: logPath
        )
        client = ControlClient(socket: home.socket)
        if !awaitsReady { return }
        let message = await message()
        try #require(message.hasPrefix("READY=1"), "\(message) \(log)")
    }

    deinit {
        if !hasEnded {
            Glibc.kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        close(notify)
    }

    var log: String { Program.text(logPath) }

    /// What systemd would be told next, but for how it goes and how long that takes; empty after a minute of silence.
    func message() async -> String {
        var message: String
        repeat {
            message = await anyMessage()
        } while message.hasPrefix("STATUS=") || message.hasPrefix("EXTEND_TIMEOUT_")
        return message
    }

    private func anyMessage() async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "stump.test.wait").async { [notify] in
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(notify, &buffer, buffer.count, 0)
                continuation.resume(returning: String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
            }
        }
    }

    /// Sends a signal and waits for the end.
    func end(by signal: Int32) async -> Int32 {
        // What nobody has read yet would leave no room for the last words.
        var byte: UInt8 = 0
        while recv(notify, &byte, 1, Int32(MSG_DONTWAIT)) >= 0 {}
        Glibc.kill(process, signal)
        hasEnded = true
        return await Program.end(of: process)
    }

    /// Leaves the process to the caller, who has to wait for its end.
    func abandon() -> pid_t {
        hasEnded = true
        return process
    }

    /// Runs `stumpctl` on this daemon.
    func control(_ arguments: String...) async throws -> Program.Result {
        try await Program.run("\(Program.built)/stumpctl", arguments + ["--socket", home.socket])
    }

    /// Waits for everything on disk to be in the index, and for every job to have ended.
    func settle() async throws {
        let flushed = try await control("flush")
        let status = flushed.code == 0 ? "" : try await control("status").output
        try #require(flushed.code == 0, "\(flushed.errors) \(flushed.output) \(status) \(log.suffix(4000))")
        for job in try await client.all(JobSummary.self, ControlRequest(.jobs)) where !job.isFinished {
            _ = try await client.get(
                JobSummary.self,
                ControlRequest(.job, job.id, query: ["wait": "60"]),
                timeout: .seconds(90)
            )
        }
    }

    func books() async throws -> [BookSummary] {
        try await client.all(BookSummary.self, ControlRequest(.books))
    }

    func status() async throws -> DaemonStatus {
        try await client.get(DaemonStatus.self, ControlRequest(.status))
    }

    private static func listen(_ path: String) throws -> Int32 {
        unlink(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(code == 0, "\(path)")
        return descriptor
    }
}
