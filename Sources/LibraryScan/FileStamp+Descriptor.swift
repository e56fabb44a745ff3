// SPDX-License-Identifier: MIT
import CLinux
import LibraryModel
import SystemPackage

extension FileStamp {
    /// What the kernel says of an open file now; `nil` where it says nothing.
    init?(of descriptor: FileDescriptor) {
        var status = clinux_stat()
        guard clinux_statx(descriptor.rawValue, "", Int32(CLINUX_EMPTY_PATH), &status) == 0 else { return nil }
        self.init(
            device: status.device,
            inode: status.inode,
            born: status.has_birth
                ? Timestamp(seconds: status.born_seconds, nanoseconds: Int64(status.born_nanoseconds)) : nil,
            size: Int64(status.size),
            modified: Timestamp(seconds: status.modified_seconds, nanoseconds: Int64(status.modified_nanoseconds)),
            changed: Timestamp(seconds: status.changed_seconds, nanoseconds: Int64(status.changed_nanoseconds))
        )
    }
}
