// SPDX-License-Identifier: MIT
import Glibc
package import SystemPackage

/// Writes one file as slow programs do: every step by hand, so that a test can look between any two.
///
/// It stands for copies, downloads and file servers; what it was to write is in ``contents``. A step that fails throws
/// `Errno`, and so fails the test.
package final class SlowWriter {
    /// How a program comes by the file it writes.
    package enum Start: Sendable {
        /// Makes it.
        case new

        /// Opens one that is there, and cuts nothing off.
        case inPlace

        /// Makes one without a name in a directory (`O_TMPFILE`), to be named by ``name(_:)``.
        case unnamed
    }

    package let contents: [UInt8]
    private let descriptor: Int32
    private var isOpen = true
    private var mapping: UnsafeMutableRawPointer?

    /// `path` is the file's, or the directory's for one without a name.
    package init(_ path: FilePath, _ contents: [UInt8], _ start: Start = .new) throws(Errno) {
        self.contents = contents
        let flags: Int32 =
            switch start {
            case .new: O_CREAT | O_EXCL
            case .inPlace: 0
            case .unnamed: SlowWriter.temporaryFile
            }
        descriptor = try check(path.withPlatformString { open($0, O_RDWR | O_CLOEXEC | flags, 0o644) })
    }

    deinit {
        unmap()
        close()
    }

    /// `O_TMPFILE`, which Glibc in Swift does not show.
    private static let temporaryFile: Int32 = 0o20_000_000 | O_DIRECTORY

    /// The contents cut into `count` pieces; no two of them share a block of the disk.
    package func pieces(_ count: Int) -> [Range<Int>] {
        let block = 4096
        let size = (contents.count / count + block) / block * block
        return stride(from: 0, to: contents.count, by: size).map { $0..<min($0 + size, contents.count) }
    }

    // MARK: Steps

    /// Takes the room for all of it, as downloaders do: the size is right from here on, the blocks are empty.
    package func allocate() throws(Errno) {
        let code = posix_fallocate(descriptor, 0, off_t(contents.count))
        guard code == 0 else { throw Errno(rawValue: code) }
    }

    /// Sets the size without taking room, as file servers do.
    package func setSize() throws(Errno) {
        try check(ftruncate(descriptor, off_t(contents.count)))
    }

    /// Writes a part of the contents to its place: into memory where the file is mapped.
    package func write(_ piece: Range<Int>) throws(Errno) {
        if let mapping {
            mapping.advanced(by: piece.lowerBound).copyMemory(from: Array(contents[piece]), byteCount: piece.count)
        } else {
            let count = pwrite(descriptor, Array(contents[piece]), piece.count, off_t(piece.lowerBound))
            guard count == piece.count else { throw Errno(rawValue: count < 0 ? errno : ENOSPC) }
        }
    }

    package func writeAll() throws(Errno) {
        try write(contents.indices)
    }

    /// Maps the file, which needs its size already.
    package func map() throws(Errno) {
        let address = mmap(nil, contents.count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw Errno(rawValue: errno) }
        mapping = address
    }

    package func unmap() {
        if let mapping { munmap(mapping, contents.count) }
        mapping = nil
    }

    /// Gives a file without a name its name.
    package func name(_ path: FilePath) throws(Errno) {
        let file = "/proc/self/fd/\(descriptor)"
        try check(path.withPlatformString { linkat(AT_FDCWD, file, AT_FDCWD, $0, AT_SYMLINK_FOLLOW) })
    }

    /// Sets the time of the last change, as copying programs do when they are done.
    package func setModified(secondsSince1970: Int) throws(Errno) {
        let time = timespec(tv_sec: secondsSince1970, tv_nsec: 0)
        try check(futimens(descriptor, [time, time]))
    }

    package func close() {
        if isOpen { Glibc.close(descriptor) }
        isOpen = false
    }
}

@discardableResult
private func check(_ result: Int32) throws(Errno) -> Int32 {
    guard result >= 0 else { throw Errno(rawValue: errno) }
    return result
}
