// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import StumpDaemon
import Testing

/// A datagram socket where systemd's would be.
struct NotifySocket {
    let descriptor: Int32
    let path: String

    /// Binds in a new directory and sets `$NOTIFY_SOCKET`, so for a process of its own only.
    init() throws {
        var template = Array("/tmp/stumpd-notify-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template))) + "/notify"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
        setenv("NOTIFY_SOCKET", path, 1)
    }

    var isEmpty: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT | MSG_PEEK)) < 0
    }

    /// The next message, or `nil` where none comes in half a minute.
    func receive() -> String? {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waited, 1, 30_000) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    func remove() {
        close(descriptor)
        try? FileManager.default.removeItem(atPath: String(path.dropLast("/notify".count)))
    }
}

@Suite("The service manager is told how the daemon is")
struct ServiceManagerTests {
    @Test func `ready, status and stopping arrive as systemd reads them`() async {
        // In a process of its own: the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            let socket = try NotifySocket()
            defer { socket.remove() }
            let manager = ServiceManager()
            try #require(socket.isEmpty)
            manager.ready(status: "2 libraries")
            try #require(socket.receive() == "READY=1\nSTATUS=2 libraries")
            manager.status("scan of comics\nMAINPID=1\r\nREADY=1")
            try #require(socket.receive() == "STATUS=scan of comics MAINPID=1 READY=1")
            manager.reloading()
            let reloading = try #require(socket.receive()).split(separator: "\n")
            try #require(reloading.count == 3 && reloading[0] == "RELOADING=1")
            try #require(reloading[1].hasPrefix("MONOTONIC_USEC=") && Int64(reloading[1].dropFirst(15)) ?? 0 > 0)
            manager.extendTimeout(by: .seconds(90), status: "migrating")
            try #require(socket.receive() == "EXTEND_TIMEOUT_USEC=90000000\nSTATUS=migrating")
            manager.alive()
            try #require(socket.receive() == "WATCHDOG=1")
            manager.stopping()
            try #require(socket.receive() == "STOPPING=1\nSTATUS=stopping")
        }
    }

    @Test func `a watchdog is of the process that it is meant for`() async {
        await #expect(processExitsWith: .success) {
            try #require(ServiceManager().watchdog == nil)
            setenv("WATCHDOG_USEC", "120000000", 1)
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            try #require(ServiceManager().watchdog == .seconds(120))
            setenv("WATCHDOG_PID", "1", 1)
            try #require(ServiceManager().watchdog == nil)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a manager that does not listen holds nothing up`() async {
        await #expect(processExitsWith: .success) {
            let socket = try NotifySocket()
            defer { socket.remove() }
            let manager = ServiceManager()
            for number in 0..<2000 { manager.status("\(number)") }
            try #require(socket.receive() == "STATUS=0")
            manager.stopping()
        }
    }

    @Test func `without a service manager nothing happens`() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            ServiceManager().ready(status: "ready")
        }
    }
}
