// SPDX-License-Identifier: MIT
import CLinux
import Glibc
import LibraryModel
import SystemPackage

/// What `statx` says of one file.
struct FileStatus {
    private let status: clinux_stat

    /// Asks for an entry of a directory; a symbolic link at the end is followed or not.
    init(of name: FileName, in directory: Int32, followsLink: Bool) throws(Errno) {
        try self.init(of: name, in: directory, flags: followsLink ? 0 : AT_SYMLINK_NOFOLLOW)
    }

    /// Asks for what a descriptor is open on.
    init(of descriptor: Int32) throws(Errno) {
        try self.init(of: FileName(""), in: descriptor, flags: Int32(CLINUX_EMPTY_PATH))
    }

    private init(of name: FileName, in directory: Int32, flags: Int32) throws(Errno) {
        var status = clinux_stat()
        let code = name.withCString { clinux_statx(directory, $0, flags, &status) }
        guard code == 0 else { throw Errno(rawValue: code) }
        self.status = status
    }

    /// The file's type as `readdir` names types.
    var type: Int {
        Int((status.mode & S_IFMT) >> 12)
    }

    var size: Int64 { Int64(status.size) }

    /// The mount that the file was reached by, as `/proc/self/mountinfo` numbers them; `nil` before Linux 5.8.
    var mount: Int? {
        status.has_mount_id ? Int(status.mount_id) : nil
    }

    var isMountRoot: Bool { status.is_mount_root }

    var fileStamp: FileStamp {
        FileStamp(
            device: status.device,
            inode: status.inode,
            born: born,
            size: size,
            modified: modified,
            changed: changed
        )
    }

    var directoryStamp: DirectoryStamp {
        DirectoryStamp(device: status.device, inode: status.inode, born: born, modified: modified, changed: changed)
    }

    private var born: Timestamp? {
        guard status.has_birth else { return nil }
        return Timestamp(seconds: status.born_seconds, nanoseconds: Int64(status.born_nanoseconds))
    }

    private var modified: Timestamp {
        Timestamp(seconds: status.modified_seconds, nanoseconds: Int64(status.modified_nanoseconds))
    }

    private var changed: Timestamp {
        Timestamp(seconds: status.changed_seconds, nanoseconds: Int64(status.changed_nanoseconds))
    }
}

extension FileName {
    /// Lends the name to a system call.
    func withCString<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        (bytes + [0]).withUnsafeBytes { raw in
            raw.withMemoryRebound(to: CChar.self) { buffer in
                // A buffer of at least the NUL has an address.
                body(buffer.baseAddress.unsafelyUnwrapped)
            }
        }
    }
}
