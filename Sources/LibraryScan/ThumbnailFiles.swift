// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
package import LibraryModel
import Synchronization
package import SystemPackage

/// The cache of thumbnails: one file a content and setting, written under a temporary name and then renamed.
///
/// Two books of the same content share a file. The cache may be deleted at any time; what is missing is made again
/// when it is asked for.
package final class ThumbnailFiles: Sendable {
    /// A thumbnail that is being written; it is removed again unless it is kept.
    final class Draft: Sendable {
        let descriptor: FileDescriptor
        fileprivate let path: FilePath

        fileprivate init(_ path: FilePath) throws(ThumbnailFault) {
            self.path = path
            do {
                descriptor = try FileDescriptor.open(
                    path,
                    .writeOnly,
                    options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupRead]
                )
            } catch {
                throw .cannotKeep(path, reason: String(describing: error))
            }
        }

        deinit {
            try? descriptor.close()
            // Where it was kept the name is gone already.
            _ = path.withPlatformString { unlink($0) }
        }
    }

    private let folder: FilePath
    private let drafts: FilePath
    private let next = Mutex(0)

    /// Uses a directory of ours, and empties what an earlier run left half-written in it.
    package init(in cache: FilePath) throws {
        folder = cache.appending("thumbnails")
        drafts = cache.appending("tmp")
        try? FileManager.default.removeItem(atPath: drafts.string)
        for directory in [folder, drafts] {
            try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        }
    }

    /// The name of the file for some content: its fingerprint and the settings it was made with.
    package static func name(of fingerprint: Fingerprint, _ settings: ThumbnailSettings) -> String {
        "\(fingerprint)-\(settings.digest).webp"
    }

    /// Where a thumbnail lies.
    package func path(of name: String) -> FilePath {
        folder.appending(String(name.prefix(2))).appending(name)
    }

    func draft() throws(ThumbnailFault) -> Draft {
        let number = next.withLock { number in
            number += 1
            return number
        }
        return try Draft(drafts.appending("\(number).webp"))
    }

    /// Gives a finished draft its name.
    func keep(_ draft: Draft, as name: String) throws(ThumbnailFault) {
        let path = path(of: name)
        // All of the cache may have been deleted meanwhile. Whether this works, the renaming shows.
        try? FileManager.default.createDirectory(
            atPath: path.removingLastComponent().string,
            withIntermediateDirectories: true
        )
        guard rename(draft.path.string, path.string) == 0 else {
            throw ThumbnailFault.cannotKeep(path, reason: String(cString: strerror(errno)))
        }
    }

    func remove(_ names: [String]) {
        for name in names { _ = unlink(path(of: name).string) }
    }
}

/// Why the cache of thumbnails cannot be written.
package enum ThumbnailFault: Fault, Equatable {
    case cannotKeep(FilePath, reason: String)

    package var code: String { "cache_not_writable" }

    package var summary: String {
        switch self {
        case .cannotKeep(let path, let reason): "the thumbnail \(path) cannot be written: \(reason)"
        }
    }

    package var remedy: String? { "Free space in the cache directory, and give stumpd's user write access to it." }
}
