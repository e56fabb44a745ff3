// SPDX-License-Identifier: MIT
import Dispatch
import Glibc
import SystemPackage
import Testing

/// Kills a process when it has touched a directory so many times: a moment in the middle of its work, and of no clock.
///
/// The kernel counts: a file that is made, opened, written or removed in the directory is a touch.
final class Tripwire: Sendable {
    private let process: pid_t

    /// Closed, it ends the thread that counts.
    private let string: Int32

    /// A process that does not touch the directory so often is killed by ``spring()`` alone.
    init(_ process: pid_t, touches count: Int, of directory: FilePath) throws {
        self.process = process
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0, "\(errno)")
        string = ends[1]
        let queue = inotify_init1(Int32(IN_CLOEXEC))
        let mask = UInt32(IN_CREATE | IN_OPEN | IN_MODIFY | IN_DELETE | IN_MOVED_TO)
        let watch = directory.withPlatformString { inotify_add_watch(queue, $0, mask) }
        try #require(queue >= 0 && watch >= 0, "\(directory): \(errno)")
        DispatchQueue(label: "stump.test.tripwire").async { [wake = ends[0]] in
            if Tripwire.touches(count, queue, wake) { kill(process, SIGKILL) }
            close(queue)
            close(wake)
        }
    }

    deinit {
        close(string)
    }

    /// Kills the process now.
    func spring() { kill(process, SIGKILL) }

    /// Waits for the end of the process, and gives its exit code.
    func end() async -> Int32 {
        await Program.end(of: process)
    }

    /// Waits for so many touches; `false` where the process has ended before.
    private static func touches(_ count: Int, _ queue: Int32, _ wake: Int32) -> Bool {
        var left = count
        var buffer = [UInt8](repeating: 0, count: 4096)
        while left > 0 {
            var waited = [
                pollfd(fd: queue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waited, 2, -1) > 0, waited[1].revents == 0 else { return false }
            let length = read(queue, &buffer, buffer.count)
            guard length > 0 else { return false }
            left -= events(in: buffer[..<length])
        }
        return true
    }

    private static func events(in bytes: ArraySlice<UInt8>) -> Int {
        let head = MemoryLayout<inotify_event>.size
        var count = 0
        var rest = bytes
        while rest.count >= head {
            let nameLength = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self).len }
            rest = rest.dropFirst(head + Int(nameLength))
            count += 1
        }
        return count
    }
}
