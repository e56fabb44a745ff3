// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
package import SystemPackage

/// What is on a disk below a root, as an independent walk finds it: no code of the daemon's rooms takes part.
package struct DiskTruth: Sendable, Equatable {
    /// One book: what its name leads to.
    package struct Book: Sendable, Hashable {
        package var inode: UInt64
        package var size: Int64

        package init(inode: UInt64, size: Int64) {
            self.inode = inode
            self.size = size
        }
    }

    /// By their paths below the root, which itself is the empty path.
    package private(set) var books: [FilePath: Book] = [:]
    package private(set) var directories: Set<FilePath> = []

    /// Symbolic links: what becomes of their targets is told by no event of theirs.
    package private(set) var links: Set<FilePath> = []

    package init(below root: FilePath) {
        walk(FilePath(), root)
    }

    private mutating func walk(_ directory: FilePath, _ path: FilePath) {
        guard let stream = path.withPlatformString({ opendir($0) }) else { return }
        defer { closedir(stream) }
        directories.insert(directory)
        while let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes.first == UInt8(ascii: ".") || bytes.starts(with: "part".utf8) { continue }
            let name = FilePath(bytes: bytes)
            visit(directory.appending(name.components), path.appending(name.components))
        }
    }

    private mutating func visit(_ relative: FilePath, _ path: FilePath) {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR { return walk(relative, path) }
        if status.st_mode & S_IFMT == S_IFLNK { links.insert(relative) }
        guard relative.extension == "cbz", path.withPlatformString({ stat($0, &status) }) == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return }
        books[relative] = Book(inode: UInt64(status.st_ino), size: Int64(status.st_size))
    }
}
