// SPDX-License-Identifier: MIT

/// Which file of a file system this is, whatever its name and its content.
///
/// An inode's number alone is none: ext4 gives a freed number to the next file at once, and so do overlay and FUSE. With
/// the time of its birth it is, and both outlive a rename and a remount.
package struct FileIdentity: Hashable, Sendable {
    package let inode: UInt64
    package let born: Timestamp
}

extension FileStamp {
    /// `nil` where the file system keeps no births, or keeps them as coarsely as FAT, which has no inodes either.
    package var identity: FileIdentity? {
        born.flatMap { $0.isWholeHundredth ? nil : FileIdentity(inode: inode, born: $0) }
    }
}
