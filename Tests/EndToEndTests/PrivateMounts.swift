// SPDX-License-Identifier: MIT
import Dispatch
import Glibc
import Support
import Synchronization
import SystemPackage
import Testing

/// A mount namespace of its own, in which a daemon runs and a test mounts and unmounts; nobody else sees any of it.
///
/// A process inside keeps it. It reads from a pipe that the test holds open, so it learns of the end of the test program,
/// however that ends; then it kills all others inside, daemons and file systems, and ends. With the last process ends
/// the namespace, and with that every mount in it. Whoever is not root gets a user namespace around it, in which he is.
final class PrivateMounts: Sendable {
    /// Why there are none for this user on this kernel; `nil` where there are.
    static let refusal: String? = refusal(hasOwnUsers: getuid() != 0)

    /// The same for those with limits of their own.
    static let refusalOfUsers: String? = refusal(hasOwnUsers: true)

    private let home: TemporaryDirectory
    private let keeper: pid_t
    private let pipe: Int32
    private let hasOwnUsers: Bool
    private let servers = Mutex<Set<pid_t>>([])

    /// Makes the namespace; a user namespace around it has limits of its own.
    init(beside home: TemporaryDirectory, hasOwnUsers: Bool = getuid() != 0) async throws {
        self.home = home
        self.hasOwnUsers = hasOwnUsers
        try home.makePipe("keep")
        let path = home.path.appending("keep").string
        // Open for reading too, so that it does not wait for the other side.
        pipe = open(path, O_RDWR | O_CLOEXEC)
        let keeping = ["/bin/sh", "-c", PrivateMounts.keeping, path]
        let arguments = PrivateMounts.flags(hasOwnUsers) + keeping
        keeper = try Program.start(PrivateMounts.unshare, arguments, [:], output: "/dev/null", errors: "/dev/null")
        // It stops as soon as it is inside.
        let isInside = await PrivateMounts.stop(of: keeper)
        try #require(pipe >= 0 && isInside, "unshare does not make a mount namespace")
        kill(keeper, SIGCONT)
    }

    deinit {
        for process in servers.withLock({ $0 }) {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        // Before the pipe is closed: whoever is still inside is ended by who started it.
        kill(keeper, SIGKILL)
        waitpid(keeper, nil, 0)
        close(pipe)
    }

    // MARK: Going in

    /// What stands on a command line before a program that is to run inside, which keeps its process id.
    var entry: [String] {
        let users = hasOwnUsers ? ["--user", "--preserve-credentials"] : []
        return ["/usr/bin/nsenter", "--target", "\(keeper)", "--mount"] + users + ["--"]
    }

    /// The name outside of what has an absolute `path` inside.
    func view(_ path: FilePath) -> FilePath {
        FilePath("/proc/\(keeper)/root\(path)")
    }

    /// Runs a program inside to its end; one that fails, fails the test.
    @discardableResult
    func run(_ words: String...) async throws -> String {
        try await run(words)
    }

    @discardableResult
    func run(_ words: [String]) async throws -> String {
        let result = try await attempt(words)
        try #require(result.code == 0, "\(words): \(result.errors)")
        return result.output
    }

    /// Unmounts what is on a path, as a patient person does: a file may be open at that very moment.
    func unmount(_ point: FilePath) async throws {
        for _ in 1...100 {
            let result = try await attempt(["umount", point.string])
            if result.code == 0 { return }
            try #require(result.errors.contains("busy"), "\(result.errors)")
        }
        Issue.record("\(point) stays busy")
    }

    private func attempt(_ words: [String]) async throws -> Program.Result {
        try await Program.run(entry[0], entry.dropFirst() + words)
    }

    /// Writes a file to an absolute path inside, and makes the directories on the way to it.
    ///
    /// A program inside does it: who is outside may not go into every file system, and another test's programs, born just
    /// then, would inherit what is open.
    func put(_ bytes: [UInt8], at path: FilePath) async throws {
        try home.write("arriving", bytes)
        try await run("install", "-D", "--mode=644", home.path.appending("arriving").string, path.string)
    }

    // MARK: Servers

    /// Starts a file system that is a process, and waits until it is mounted.
    func serve(_ words: [String], at point: FilePath) async throws -> pid_t {
        let process = try Program.start(
            entry[0],
            entry.dropFirst() + words,
            [:],
            output: "/dev/null",
            errors: "/dev/null"
        )
        _ = servers.withLock { $0.insert(process) }
        let isMounted = await PrivateMounts.mount(on: point, of: keeper)
        try #require(isMounted, "\(words) does not mount")
        return process
    }

    /// Waits for the end of a server that was unmounted, or killed just before.
    func end(of server: pid_t) async {
        _ = servers.withLock { $0.remove(server) }
        _ = await Program.end(of: server)
    }

    // MARK: The kernel

    private static let unshare = "/usr/bin/unshare"

    /// What the keeper does: it stops itself to say that it is inside, waits for the end of the pipe, and clears up.
    private static let keeping = """
        kill -STOP $$
        read -r nothing <"$0"
        for process in /proc/[0-9]*; do
            number=${process#/proc/}
            [ "$number" != $$ ] && [ "$process/ns/mnt" -ef /proc/$$/ns/mnt ] && kill -KILL "$number"
        done
        """

    private static func flags(_ hasOwnUsers: Bool) -> [String] {
        (hasOwnUsers ? ["--user", "--map-root-user"] : []) + ["--mount", "--propagation", "private", "--"]
    }

    private static func refusal(hasOwnUsers: Bool) -> String? {
        for program in [unshare, "/usr/bin/nsenter"] where access(program, X_OK) != 0 { return "\(program) is missing" }
        let arguments = flags(hasOwnUsers) + ["/bin/true"]
        guard
            let process = try? Program.start(unshare, arguments, [:], output: "/dev/null", errors: "/dev/null")
        else { return "\(unshare) does not start" }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status == 0 ? nil : "the kernel gives this user no mount namespace"
    }

    /// Waits until a process has stopped itself; false where it ended instead.
    private static func stop(of process: pid_t) async -> Bool {
        await blocking {
            var status: Int32 = 0
            while waitpid(process, &status, WUNTRACED) < 0, errno == EINTR {}
            return status & 0xff == 0x7f
        }
    }

    /// Waits until something is mounted on a path; false after ten seconds in which no mount came or went.
    private static func mount(on point: FilePath, of process: pid_t) async -> Bool {
        await blocking {
            let table = open("/proc/\(process)/mountinfo", O_RDONLY | O_CLOEXEC)
            defer { close(table) }
            var change = pollfd(fd: table, events: Int16(POLLPRI), revents: 0)
            while !Program.text("/proc/\(process)/mountinfo").contains(" \(point) ") {
                guard poll(&change, 1, 10_000) > 0 else { return false }
            }
            return true
        }
    }

    /// Waits on a thread that no other test needs.
    private static func blocking(_ body: @escaping @Sendable () -> Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "stump.test.wait").async { continuation.resume(returning: body()) }
        }
    }
}
