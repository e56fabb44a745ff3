// SPDX-License-Identifier: MIT
package import SystemPackage

/// What the kernel says of one file: two equal stamps mean that nobody changed it in between.
package struct FileStamp: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    /// When the inode was made; `nil` where the file system does not tell.
    ///
    /// With the inode it is an identity; alone neither is: ext4 gives a freed inode number to the next file at once.
    package var born: Timestamp?

    /// In bytes.
    package var size: Int64
    package var modified: Timestamp
    package var changed: Timestamp

    package init(
        device: UInt64,
        inode: UInt64,
        born: Timestamp?,
        size: Int64,
        modified: Timestamp,
        changed: Timestamp
    ) {
        self.device = device
        self.inode = inode
        self.born = born
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    /// Whether the content may differ: size or a time is *different*, older as well as newer.
    ///
    /// Device and inode do not count: both change when a disk is mounted anew, and no content has.
    package func differs(from other: FileStamp) -> Bool {
        size != other.size || modified != other.modified || changed != other.changed
    }
}

/// What the kernel says of one directory, taken before it is listed.
package struct DirectoryStamp: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    package var modified: Timestamp
    package var changed: Timestamp

    package init(device: UInt64, inode: UInt64, modified: Timestamp, changed: Timestamp) {
        self.device = device
        self.inode = inode
        self.modified = modified
        self.changed = changed
    }
}

/// Everything that one directory holds, read to its end.
///
/// A listing that met an error is thrown away, so what is not in a `Listing` is proved absent.
package struct Listing: Sendable {
    package struct Entry: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            /// A regular file whose name is a book's, or a symbolic link to one (then with its target's stamp).
            case book(MediaFormat, FileStamp)

            /// A directory that is to be entered; never a symbolic link.
            case directory

            /// A regular file of no interest; it was not stat'ed.
            case other

            /// A file that ``NameRules`` leave alone.
            case ignoredFile

            /// A directory that ``NameRules`` leave alone.
            case ignoredDirectory
        }

        package let name: FileName
        package let kind: Kind

        package init(name: FileName, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    package let stamp: DirectoryStamp
    package let entries: [Entry]

    package init(stamp: DirectoryStamp, entries: [Entry]) {
        self.stamp = stamp
        self.entries = entries
    }
}

/// One book's file, open for reading; it is closed when the last reference goes.
package final class OpenBook: Sendable {
    package let descriptor: FileDescriptor

    /// Taken from the descriptor itself, after it was opened.
    package let stamp: FileStamp

    package init(descriptor: FileDescriptor, stamp: FileStamp) {
        self.descriptor = descriptor
        self.stamp = stamp
    }

    deinit {
        // Nothing was written, so closing cannot lose anything.
        try? descriptor.close()
    }
}

/// The files of the libraries, as scanning sees them: the only way from a job to a disk.
///
/// Directories are paths relative to their library's root. Every call may take as long as a disk or a server takes;
/// none blocks a thread of Swift's pool.
package protocol LibraryFiles: Sendable {
    /// Watches a directory, then lists it.
    ///
    /// - Throws: ``ListingFault``; then nothing is known about the directory's content.
    func list(_ directory: FilePath, of library: LibraryName) async throws(ListingFault) -> Listing

    /// Opens books of one directory for reading, each by its own success or fault, in the order of `names`.
    func open(
        _ names: [FileName],
        in directory: FilePath,
        of library: LibraryName
    ) async -> [Result<OpenBook, ListingFault>]
}

/// Why a directory could not be listed, or a book not be opened.
///
/// Only ``absent(_:)`` says that something is not there, and even that is proved only by a listing of the parent.
package enum ListingFault: Fault, Equatable {
    /// The library's root is not there, or not a directory.
    case rootOffline(FilePath, reason: String)
    case absent(FilePath)

    /// There is something of this name, but not what was asked for.
    case wrongKind(FilePath)
    case denied(FilePath)
    case failed(FilePath, errno: Int32, reason: String)

    package var code: String {
        switch self {
        case .rootOffline: "root_offline"
        case .absent, .wrongKind: "changed"
        case .denied: "permission"
        case .failed: "unreadable"
        }
    }

    package var summary: String {
        switch self {
        case .rootOffline(let path, let reason): "the root \(path) is offline: \(reason)"
        case .absent(let path): "\(path) is not there any more"
        case .wrongKind(let path): "\(path) is not what it was when its directory was listed"
        case .denied(let path): "\(path) cannot be read: permission denied"
        case .failed(let path, _, let reason): "\(path) cannot be read: \(reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .rootOffline(let path, _): "Mount the disk that holds \(path), or correct `root` in the configuration."
        case .absent, .wrongKind: nil
        case .denied(let path): "Give stumpd's user read access: `setfacl -m u:stump:rX \(path)`."
        case .failed: "Look for disk errors in the kernel's log: `journalctl -k`."
        }
    }
}
