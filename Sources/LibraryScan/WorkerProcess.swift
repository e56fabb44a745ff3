// SPDX-License-Identifier: MIT
import CLinux
import Glibc
import LibraryModel
import SystemPackage

/// One `stump-worker`: spawned, spoken to over its socket, and ended, all by the one thread that owns it.
struct WorkerProcess: ~Copyable {
    /// Why a worker gave no answer.
    enum Silence: Error, Equatable {
        /// It was gone before the requests reached it.
        case unreachable

        /// It ended, or spoke nonsense and has to; ``WorkerProcess/end()`` tells of its end.
        case ended(String?)

        /// It took longer than it may.
        case overtime
    }

    let pid: pid_t
    let hello: WorkerHello
    private let socket: Int32

    /// Starts a worker and waits until it has confined itself.
    init(program: FilePath, profile: WorkerProfile, patience: Duration) throws(WorkerFault) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw .cannotStart(program, reason: String(cString: strerror(errno)))
        }
        let started: pid_t
        do {
            // Before the greeting is waited for: nobody hears of a worker's end while its socket is open here too.
            defer { _ = Glibc.close(ends[1]) }
            started = try WorkerProcess.spawn(program, profile, socket: ends[1])
        } catch {
            _ = Glibc.close(ends[0])
            throw error
        }
        guard let packet = try? WorkerProcess.receive(from: ends[0], within: patience),
            let greeting = try? WorkerProtocol.hello(in: packet)
        else { throw .cannotStart(program, reason: WorkerProcess.end(started, ends[0])) }
        pid = started
        socket = ends[0]
        hello = greeting
    }

    /// Kills the worker where it has not ended, and tells by what it did.
    ///
    /// Only here its process id is given back to the system, so that no other process can be met by mistake.
    @discardableResult
    consuming func end() -> String {
        WorkerProcess.end(pid, socket)
    }

    /// Sends requests with their descriptors, which stay open here.
    func send(_ requests: [WorkRequest], descriptors: [Int32]) throws(Silence) {
        let packet = WorkerProtocol.encode(requests)
        let sent = clinux_send(socket, packet, packet.count, descriptors, descriptors.count)
        if sent != packet.count { throw .unreachable }
    }

    /// Waits for the next report.
    func report(within limit: Duration) throws(Silence) -> WorkReport {
        let packet = try WorkerProcess.receive(from: socket, within: limit)
        do {
            return try WorkerProtocol.report(in: packet)
        } catch {
            throw .ended("it sent a malformed report")
        }
    }

    private static func receive(from socket: Int32, within limit: Duration) throws(Silence) -> [UInt8] {
        // A process takes real time, whatever clock the jobs go by.
        let deadline = ContinuousClock.now + limit
        while true {
            var waited = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let left = max(.zero, deadline - .now)
            let ready = poll(&waited, 1, Int32(clamping: Int64((left / .milliseconds(1)).rounded(.up))))
            if ready < 0, errno == EINTR { continue }
            if ready == 0 { throw .overtime }
            break
        }
        var descriptorCount = 0
        var received = 0
        let packet = [UInt8](unsafeUninitializedCapacity: WorkerProtocol.packetLimit) { buffer, count in
            received = clinux_receive(socket, buffer.baseAddress, buffer.count, nil, &descriptorCount)
            count = max(0, received)
        }
        if received <= 0 { throw .ended(nil) }
        return packet
    }

    private static func spawn(_ program: FilePath, _ profile: WorkerProfile, socket: Int32) throws(WorkerFault) -> pid_t
    {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // A descriptor that is its own target would keep its close-on-exec flag.
        let inherited = socket == WorkerProtocol.descriptor ? fcntl(socket, F_DUPFD_CLOEXEC, 0) : socket
        defer { if inherited != socket { _ = Glibc.close(inherited) } }
        posix_spawn_file_actions_adddup2(&actions, inherited, WorkerProtocol.descriptor)
        // The daemon ignores signals that are to end a worker.
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let word = strdup(profile.rawValue)
        defer { free(word) }
        let failure = program.withPlatformString { path in
            var arguments: [UnsafeMutablePointer<CChar>?] = [UnsafeMutablePointer(mutating: path), word, nil]
            var environment: [UnsafeMutablePointer<CChar>?] = [nil]
            return posix_spawn(&pid, path, &actions, &attributes, &arguments, &environment)
        }
        guard failure == 0 else { throw .cannotStart(program, reason: String(cString: strerror(failure))) }
        return pid
    }

    private static func end(_ pid: pid_t, _ socket: Int32) -> String {
        _ = Glibc.close(socket)
        // Of no effect on one that has ended: what it ended by stays.
        _ = kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        if signal == 0 { return "it ended with code \(status >> 8 & 0xff)" }
        return "signal \(signal), \(String(cString: strsignal(signal)))"
    }
}
