// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage

/// `/proc/self/mountinfo`: which file systems are mounted where, for this process.
///
/// Polled, it tells of each mount and unmount, also of those that inotify says nothing of: bind mounts, lazy unmounts,
/// a file system mounted over another.
struct MountFile: ~Copyable, Sendable {
    /// For `poll`; without the file it is -1, which `poll` passes over.
    let descriptor: Int32

    init() {
        descriptor = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The mounts as they are now; none where the kernel does not tell.
    static func read() -> MountTable {
        guard let file = try? FileDescriptor.open("/proc/self/mountinfo", .readOnly) else {
            return MountTable(parsing: [])
        }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // A read error cuts the table short; the next change reads it anew.
        try? file.closeAfter {
            while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
                text += buffer[..<count]
            }
        }
        return MountTable(parsing: text)
    }
}
