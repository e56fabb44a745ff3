// SPDX-License-Identifier: MIT
import Glibc
import SystemPackage

/// What has to be done with files so that they are there after a power cut.
///
/// Nothing here may open a database that SQLite has open: closing any descriptor of a file gives up all of the
/// process's locks on it.
extension FilePath {
    /// The directory that the file lies in.
    var folder: FilePath {
        let folder = removingLastComponent()
        return folder.isEmpty ? "." : folder
    }

    /// Whether there is anything of this name.
    var exists: Bool { status != nil }

    /// The size in bytes; `nil` where there is no such file.
    var size: Int64? { status?.size }

    /// When the content was last written, as seconds and nanoseconds.
    var modified: (Int, Int)? { status.map { ($0.st_mtim.tv_sec, $0.st_mtim.tv_nsec) } }

    /// What the name leads to; `nil` where there is nothing, or it may not be looked at.
    var status: Stat? { try? stat() }

    /// The same path with something behind its name, such as SQLite's `-wal`.
    func with(suffix: String) -> FilePath { FilePath(string + suffix) }

    /// Forces a file's bytes, or a directory's names, to the disk.
    func synchronize() throws(Errno) {
        let descriptor = withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        // Some file systems cannot do it for a directory, and say so.
        if fsync(descriptor) != 0, errno != EINVAL { throw Errno(rawValue: errno) }
    }

    /// Gives the file another name; what had that name is gone.
    func rename(to name: FilePath) throws(Errno) {
        let code = withPlatformString { old in name.withPlatformString { Glibc.rename(old, $0) } }
        if code != 0 { throw Errno(rawValue: errno) }
    }

    /// Gives the file a second name, which nothing has yet.
    func link(to name: FilePath) throws(Errno) {
        let code = withPlatformString { old in name.withPlatformString { Glibc.link(old, $0) } }
        if code != 0 { throw Errno(rawValue: errno) }
    }

    /// Removes a file; one that is not there is no error.
    func remove() throws(Errno) {
        if withPlatformString({ unlink($0) }) != 0, errno != ENOENT { throw Errno(rawValue: errno) }
    }

    /// Makes an empty file for this user alone, where there is nothing of the name.
    func create() throws(Errno) {
        let descriptor = withPlatformString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        close(descriptor)
    }

    /// The names in a directory; none where it cannot be listed.
    var entries: [String] {
        guard let stream = withPlatformString({ opendir($0) }) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            withUnsafeBytes(of: &entry.pointee.d_name) {
                names.append(String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self))
            }
        }
        return names
    }
}
