// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

/// Single steps on a disk; the folders on the way are made.
enum DiskStep {
    static func move(_ old: FilePath, to new: FilePath) throws {
        try makeFolder(of: new)
        let code = old.withPlatformString { old in new.withPlatformString { rename(old, $0) } }
        guard code == 0 else { throw Errno(rawValue: errno) }
    }

    /// From wherever it is, as `mv` brings it: written beside the place first where that is on another disk.
    static func bring(_ old: FilePath, to new: FilePath) throws {
        try makeFolder(of: new)
        if device(old.removingLastComponent()) == device(new.removingLastComponent()) { return try move(old, to: new) }
        let part = new.removingLastComponent().appending(".part")
        try copy(old, to: part, withTimes: true)
        try move(part, to: new)
        try remove(old)
    }

    static func copy(_ old: FilePath, to new: FilePath, withTimes: Bool) throws {
        let contents = try #require(FileManager.default.contents(atPath: old.string))
        if exists(new) { try remove(new) }
        try write(Array(contents), at: new)
        guard withTimes else { return }
        var status = stat()
        _ = old.withPlatformString { stat($0, &status) }
        let times = [status.st_atim, status.st_mtim]
        _ = new.withPlatformString { utimensat(AT_FDCWD, $0, times, 0) }
    }

    static func write(_ bytes: [UInt8], at path: FilePath) throws {
        try makeFolder(of: path)
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    static func remove(_ path: FilePath) throws {
        guard path.withPlatformString({ unlink($0) }) == 0 else { throw Errno(rawValue: errno) }
    }

    static func exists(_ path: FilePath) -> Bool { FileManager.default.fileExists(atPath: path.string) }

    static func device(_ path: FilePath?) -> dev_t {
        var status = stat()
        _ = path?.withPlatformString { stat($0, &status) }
        return status.st_dev
    }

    private static func makeFolder(of path: FilePath) throws {
        try FileManager.default.createDirectory(
            atPath: path.removingLastComponent().string,
            withIntermediateDirectories: true
        )
    }
}
