// SPDX-License-Identifier: MIT
import CLinux
import FoundationEssentials
import Glibc
import LibraryModel
package import LibraryStore
import SystemPackage

/// How the files of the cache and the rows that name them are brought to agree.
extension ThumbnailFiles {
    /// The directories that files are spread over: the first two digits of their names.
    static let shelves: [String] = (0..<256).map { number in
        let digits = String(number, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    /// Removes the files that were noted because they may be no book's, and are none's.
    ///
    /// - Throws: what the database throws; then some are left for the next time.
    package func sweep(_ store: LibraryStore) async throws {
        try await exclusively { try await store.sweepThumbnails(remove) }
    }

    /// The thumbnails in one of ``shelves``, none whose name is not of our making; `nil` where it cannot be listed.
    ///
    /// A directory that is not there holds none.
    func names(on shelf: String) -> Set<String>? {
        guard let stream = opendir(path(ofShelf: shelf).string) else { return errno == ENOENT ? [] : nil }
        defer { closedir(stream) }
        var names: Set<String> = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if ThumbnailFiles.isOurs(name), name.hasPrefix(shelf) { names.insert(name) }
            errno = 0
        }
        return errno == 0 ? names : nil
    }

    /// Whether a file was last written before an instant; not where it is gone.
    func isOlder(_ name: String, than instant: Timestamp) -> Bool {
        guard let file = try? FileDescriptor.open(path(of: name), .readOnly, options: [.closeOnExec, .noFollow]) else {
            return false
        }
        defer { try? file.close() }
        return FileStamp(of: file).map { $0.modified < instant } ?? false
    }

    /// A fingerprint and the settings' digest, as ``name(of:_:)`` makes them.
    private static func isOurs(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 1)
        guard parts.count == 2, parts[0].count == 32, name.hasSuffix(".webp") else { return false }
        let digits = Set("0123456789abcdef".utf8)
        return parts[0].allSatisfy(digits.contains)
    }
}
