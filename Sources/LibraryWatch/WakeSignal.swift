// SPDX-License-Identifier: MIT
import Glibc
import Synchronization
import SystemPackage

/// A pair of sockets that wakes a thread out of `poll`, once or for the last time.
struct WakeSignal: ~Copyable, Sendable {
    /// Can be read once the signal was given.
    let descriptor: Int32

    private let other: Int32
    private let isLast = Atomic(false)

    init() throws(WatchFault) {
        var ends: [Int32] = [-1, -1]
        // Not a pipe: Swift's Glibc shows none that a program started meanwhile would not inherit.
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .inotifyUnavailable(reason: Errno(rawValue: errno).description)
        }
        (descriptor, other) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(other)
    }

    /// Wakes the thread; any number of times before it looks are one.
    func give() {
        // A socket that is full wakes as well as one that has a byte more.
        send(other, [0], 1, Int32(MSG_NOSIGNAL))
    }

    /// Wakes the thread and has it end.
    func giveLast() {
        isLast.store(true, ordering: .releasing)
        give()
    }

    /// Takes the signals given so far; says whether the last was among them.
    func take() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64)
        while recv(descriptor, &bytes, bytes.count, 0) > 0 {}
        return isLast.load(ordering: .acquiring)
    }
}
