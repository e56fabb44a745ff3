// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Synchronization
import SystemPackage

/// One inotify descriptor: the kernel's queue of events for every watched directory of the daemon.
///
/// One serves all libraries, because a user has only 128 of them for all programs together, and because events of one
/// descriptor come in one order, which is what a barrier needs.
///
/// A user has few of them; where none is left there is no descriptor, every watch is refused, and ``open()`` tries again.
final class Inotify: Sendable {
    /// What a directory is watched for.
    ///
    /// Not for `IN_MODIFY`: a copy would cost an event a block. Not for opening or reading: our own would wake us.
    static let directoryMask =
        UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB)
        | UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)

    /// What a directory on the way to a root is watched for: its own end.
    static let anchorMask = UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

    /// What is added where a name in it counts.
    static let nameMask = UInt32(IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM)

    /// The kernel's number of one watch; it names an inode, never a path, and is not given again.
    struct Watch: Hashable, Sendable {
        let number: Int32
    }

    private let opened = Atomic<Int32>(-1)

    deinit {
        if isOpen { close(descriptor) }
    }

    var isOpen: Bool { descriptor >= 0 }

    /// Which `poll` passes over while it is -1.
    private var descriptor: Int32 { opened.load(ordering: .acquiring) }

    /// Asks the kernel for a queue where there is none; only the reader's thread may, and who comes before it.
    func open() throws(WatchFault) {
        if isOpen { return }
        let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else {
            throw errno == EMFILE ? .instancesUsedUp : .inotifyUnavailable(reason: Errno(rawValue: errno).description)
        }
        opened.store(descriptor, ordering: .releasing)
    }

    /// Watches the directory that `directory` is open on, whatever has become of its path.
    func add(_ directory: Int32, for mask: UInt32 = Inotify.directoryMask) -> Result<Watch, Errno> {
        // Added to the mask that there is: a directory may lie in a library and on the way to the root of another.
        guard isOpen else { return .failure(.tooManyOpenFiles) }
        let number = inotify_add_watch(descriptor, "/proc/self/fd/\(directory)", mask | UInt32(IN_MASK_ADD))
        return number < 0 ? .failure(Errno(rawValue: errno)) : .success(Watch(number: number))
    }

    /// Watches an entry of an open directory that is a directory itself, and not a symbolic link to one.
    func add(_ name: FileName, in directory: Int32) -> Result<Watch, Errno> {
        guard isOpen else { return .failure(.tooManyOpenFiles) }
        let path = FileName(bytes: Array("/proc/self/fd/\(directory)/".utf8) + name.bytes)
        let mask = Inotify.directoryMask | UInt32(IN_MASK_ADD) | UInt32(IN_DONT_FOLLOW)
        let number = path.withCString { inotify_add_watch(descriptor, $0, mask) }
        return number < 0 ? .failure(Errno(rawValue: errno)) : .success(Watch(number: number))
    }

    /// Ends a watch; one that the kernel has ended already is no fault.
    func remove(_ watch: Watch) {
        inotify_rm_watch(descriptor, watch.number)
    }

    /// What ended a wait.
    struct Ready: OptionSet {
        let rawValue: Int

        static let events = Ready(rawValue: 1)
        static let mounts = Ready(rawValue: 2)
        static let wake = Ready(rawValue: 4)
    }

    /// Blocks until there are events, mounts have changed, `wake` can be read, or the deadline has come.
    func wait(mounts: Int32, wake: Int32, until deadline: ContinuousClock.Instant?) -> Ready {
        var polled = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            // The kernel tells of mounts as an exceptional condition, once each time.
            pollfd(fd: mounts, events: Int16(POLLPRI), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let left = deadline.map { max(.zero, $0 - .now) }
            let limit = left.map { Int32(clamping: Int64(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
            if poll(&polled, 3, limit) >= 0 { break }
            precondition(errno == EINTR, "poll on inotify failed: \(Errno(rawValue: errno))")
        }
        var ready: Ready = []
        if polled[0].revents != 0 { ready.insert(.events) }
        if polled[1].revents != 0 { ready.insert(.mounts) }
        if polled[2].revents != 0 { ready.insert(.wake) }
        return ready
    }

    /// Takes the next buffer of events; `nil` when the queue is empty.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> [KernelEvent]? {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { return KernelEvent.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            guard errno == EINTR else { return nil }
        }
    }
}
