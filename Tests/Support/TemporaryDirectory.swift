// SPDX-License-Identifier: MIT
import CLinux
import Glibc
package import LibraryModel
package import SystemPackage

/// A new directory for one test, removed with everything in it when the last reference goes.
///
/// Paths are relative to it, of any bytes and any length. A step that fails throws `Errno`, and so fails the test.
package final class TemporaryDirectory: Sendable {
    package let path: FilePath
    private let descriptor: Int32

    /// Made where temporary files go, or in another directory.
    package init(in other: FilePath? = nil) throws {
        let parent = other ?? FilePath(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")
        path = parent.appending("stump-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
        try check(path.withPlatformString { mkdir($0, 0o700) })
        descriptor = try check(path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    }

    deinit {
        // What cannot be removed is left to the system; a test has nothing to say of it any more.
        try? TemporaryDirectory.empty(descriptor)
        close(descriptor)
        _ = path.withPlatformString { rmdir($0) }
    }

    // MARK: Making

    /// Makes a directory, and those on the way to it that are not there.
    package func makeDirectory(_ directory: FilePath) throws {
        var opened = try check(dup(descriptor))
        defer { close(opened) }
        for name in directory.names.map({ FilePath(bytes: $0.bytes) }) {
            _ = name.withPlatformString { mkdirat(opened, $0, 0o755) }
            let child = try check(name.withPlatformString { openat(opened, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
            close(opened)
            opened = child
        }
    }

    /// Writes a whole file in place, making or replacing it.
    package func write(_ file: FilePath, _ bytes: [UInt8] = [1]) throws {
        try inParent(of: file) { parent, name in
            let opened = try check(openat(parent, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644))
            defer { close(opened) }
            guard Glibc.write(opened, bytes, bytes.count) == bytes.count else { throw Errno(rawValue: errno) }
        }
    }

    package func makeSymbolicLink(_ link: FilePath, to target: FilePath) throws {
        try inParent(of: link) { parent, name in
            try check(target.withPlatformString { symlinkat($0, parent, name) })
        }
    }

    package func makeHardLink(_ link: FilePath, to file: FilePath) throws {
        try inParent(of: file) { source, old in
            try inParent(of: link) { target, new in try check(linkat(source, old, target, new, 0)) }
        }
    }

    package func makePipe(_ pipe: FilePath) throws {
        try inParent(of: pipe) { parent, name in try check(mkfifoat(parent, name, 0o644)) }
    }

    /// Whether a file has other names, or is a symbolic link.
    package func isShared(_ file: FilePath) throws -> Bool {
        var status = stat()
        try inParent(of: file) { parent, name in try check(fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW)) }
        return status.st_nlink > 1 || status.st_mode & S_IFMT == S_IFLNK
    }

    // MARK: Changing

    package func rename(_ old: FilePath, to new: FilePath) throws {
        try inParent(of: old) { source, old in
            try inParent(of: new) { target, new in try check(renameat(source, old, target, new)) }
        }
    }

    /// Exchanges two entries of whatever kind, in one step.
    package func exchange(_ one: FilePath, with other: FilePath) throws {
        try inParent(of: one) { first, name in
            try inParent(of: other) { second, otherName in
                let code = clinux_exchange(first, name, second, otherName)
                if code != 0 { throw Errno(rawValue: code) }
            }
        }
    }

    /// Sets a file's time of modification; that of its last change is the kernel's.
    package func setModified(_ file: FilePath, _ instant: Timestamp) throws {
        let nanoseconds = instant.nanoseconds
        let seconds = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
        let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds - seconds * 1_000_000_000))
        try inParent(of: file) { parent, name in try check(utimensat(parent, name, [time, time], 0)) }
    }

    package func setMode(_ file: FilePath, _ mode: UInt32) throws {
        try inParent(of: file) { parent, name in try check(fchmodat(parent, name, mode, 0)) }
    }

    /// Removes a file, or a directory with everything in it.
    package func remove(_ file: FilePath) throws {
        try inParent(of: file) { parent, name in try TemporaryDirectory.remove(name, in: parent) }
    }

    private func inParent(of file: FilePath, _ body: (Int32, UnsafePointer<CChar>) throws -> Void) throws {
        var opened = try check(dup(descriptor))
        defer { close(opened) }
        var names = file.names.map { FilePath(bytes: $0.bytes) }
        guard let last = names.popLast() else { throw Errno.invalidArgument }
        for name in names {
            let child = try check(name.withPlatformString { openat(opened, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
            close(opened)
            opened = child
        }
        try last.withPlatformString { try body(opened, $0) }
    }

    // MARK: Removing

    private static func remove(_ name: UnsafePointer<CChar>, in parent: Int32) throws {
        guard unlinkat(parent, name, 0) != 0 else { return }
        guard errno == EISDIR || errno == EPERM else { throw Errno(rawValue: errno) }
        fchmodat(parent, name, 0o700, 0)
        let opened = try check(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
        defer { close(opened) }
        try empty(opened)
        try check(unlinkat(parent, name, AT_REMOVEDIR))
    }

    private static func empty(_ directory: Int32) throws {
        // Of its own, because reading moves the position of a descriptor and of all its duplicates.
        let opened = try check(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard let stream = fdopendir(opened) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            try withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                let name = bytes.prefix { $0 != 0 }
                guard !name.elementsEqual([0x2E]), !name.elementsEqual([0x2E, 0x2E]) else { return }
                try bytes.withMemoryRebound(to: CChar.self) { characters in
                    // A name has at least its NUL.
                    try remove(characters.baseAddress.unsafelyUnwrapped, in: directory)
                }
            }
        }
    }
}

@discardableResult
private func check(_ result: Int32) throws(Errno) -> Int32 {
    guard result >= 0 else { throw Errno(rawValue: errno) }
    return result
}
