// SPDX-License-Identifier: MIT
import Glibc
import SystemPackage

/// A pair of sockets that wakes a thread out of `poll` for the last time.
struct StopSignal: ~Copyable, Sendable {
    /// Can be read, for ever, once the signal was given.
    let descriptor: Int32

    private let other: Int32

    init() throws(WatchFault) {
        var ends: [Int32] = [-1, -1]
        // Not a pipe: Swift's Glibc shows none that a program started meanwhile would not inherit.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw .inotifyUnavailable(reason: Errno(rawValue: errno).description)
        }
        (descriptor, other) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(other)
    }

    func give() {
        shutdown(other, Int32(SHUT_WR))
    }
}
