// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage

/// One inotify descriptor: the kernel's queue of events for every watched directory of the daemon.
///
/// One serves all libraries, because a user has only 128 of them for all programs together, and because events of one
/// descriptor come in one order, which is what a barrier needs.
struct Inotify: ~Copyable, Sendable {
    /// What a directory is watched for.
    ///
    /// Not for `IN_MODIFY`: a copy would cost an event a block. Not for opening or reading: our own would wake us.
    static let directoryMask =
        UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB)
        | UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)

    /// The kernel's number of one watch; it names an inode, never a path, and is not given again.
    struct Watch: Hashable, Sendable {
        let number: Int32
    }

    /// How many watches the kernel gives to all programs of one user together.
    static var watchLimit: Int? {
        guard let file = try? FileDescriptor.open("/proc/sys/fs/inotify/max_user_watches", .readOnly) else {
            return nil
        }
        var digits = [UInt8](repeating: 0, count: 32)
        let count = (try? file.closeAfter { try digits.withUnsafeMutableBytes { try file.read(into: $0) } }) ?? 0
        return Int(String(decoding: digits[..<count].prefix { $0.isASCIIDigit }, as: UTF8.self))
    }

    private let descriptor: Int32

    init() throws(WatchFault) {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor < 0 else { return }
        throw errno == EMFILE ? .instancesUsedUp : .inotifyUnavailable(reason: Errno(rawValue: errno).description)
    }

    deinit {
        close(descriptor)
    }

    /// Watches the directory that `directory` is open on, whatever has become of its path.
    func add(_ directory: Int32, for mask: UInt32 = Inotify.directoryMask) -> Result<Watch, Errno> {
        let number = inotify_add_watch(descriptor, "/proc/self/fd/\(directory)", mask)
        return number < 0 ? .failure(Errno(rawValue: errno)) : .success(Watch(number: number))
    }

    /// Ends a watch; one that the kernel has ended already is no fault.
    func remove(_ watch: Watch) {
        inotify_rm_watch(descriptor, watch.number)
    }

    /// Blocks until there are events or `other` can be read; says which, with `false` for `other`.
    func wait(or other: Int32) -> Bool {
        var polled = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&polled, 2, -1) < 0 {
            precondition(errno == EINTR, "poll on inotify failed: \(Errno(rawValue: errno))")
        }
        return polled[1].revents == 0
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
