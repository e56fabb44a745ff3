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
                throw .cannotKeep(path, error as? Errno ?? .ioError)
            }
        }

        /// Why nothing can be written to it; `nil` where that is possible.
        ///
        /// Overwrites what is in it.
        var fault: ThumbnailFault? {
            let block = [UInt8](repeating: 0, count: 64 << 10)
            do {
                let count = try block.withUnsafeBytes { try descriptor.write(toAbsoluteOffset: 0, $0) }
                return count == block.count ? nil : .cannotKeep(path, .noSpace)
            } catch {
                return .cannotKeep(path, error as? Errno ?? .ioError)
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

    /// Held while files and rows do not agree.
    private let turn = Permits(limit: 1)

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
        path(ofShelf: String(name.prefix(2))).appending(name)
    }

    /// Where all of them lie.
    package var directory: FilePath { folder }

    func path(ofShelf name: String) -> FilePath { folder.appending(name) }

    /// Does something with the files and the rows that name them while nobody else does: who looks for files that are no
    /// book's must not meet one whose row is about to be written.
    func exclusively<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        await turn.acquire(1)
        do {
            let value = try await body()
            await turn.release(1)
            return value
        } catch {
            await turn.release(1)
            throw error
        }
    }

    func draft() throws(ThumbnailFault) -> Draft {
        let number = next.withLock { number in
            number += 1
            return number
        }
        let path = drafts.appending("\(number).webp")
        do {
            return try Draft(path)
        } catch .cannotKeep(_, .noSuchFileOrDirectory) {
            // All of the cache may have been deleted meanwhile.
            try? FileManager.default.createDirectory(atPath: drafts.string, withIntermediateDirectories: true)
            return try Draft(path)
        }
    }

    /// Why thumbnails cannot be written and kept; `nil` where they can, after one was tried.
    var fault: ThumbnailFault? {
        do throws(ThumbnailFault) {
            let draft = try draft()
            if let fault = draft.fault { return fault }
            let path = folder.appending("probe")
            try keep(draft, at: path)
            _ = path.withPlatformString { unlink($0) }
            return nil
        } catch {
            return error
        }
    }

    /// Gives a finished draft its name.
    func keep(_ draft: Draft, as name: String) throws(ThumbnailFault) {
        try keep(draft, at: path(of: name))
    }

    private func keep(_ draft: Draft, at path: FilePath) throws(ThumbnailFault) {
        // Whether this works, the renaming shows.
        try? FileManager.default.createDirectory(
            atPath: path.removingLastComponent().string,
            withIntermediateDirectories: true
        )
        guard rename(draft.path.string, path.string) == 0 else {
            throw ThumbnailFault.cannotKeep(path, Errno(rawValue: errno))
        }
    }

    /// Removes files, and gives those that are gone then, or were not there.
    package func remove(_ names: [String]) -> [String] {
        names.filter { unlink(path(of: $0).string) == 0 || errno == ENOENT }
    }
}

/// Why the cache of thumbnails cannot be written.
package enum ThumbnailFault: Fault, Equatable {
    case cannotKeep(FilePath, Errno)

    package var code: String { "cache_not_writable" }

    package var summary: String {
        switch self {
        case .cannotKeep(let path, let error): "the thumbnail \(path) cannot be written: \(error)"
        }
    }

    package var remedy: String? { "Free space in the cache directory, and give stumpd's user write access to it." }
}
