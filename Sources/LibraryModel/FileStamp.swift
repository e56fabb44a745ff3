// SPDX-License-Identifier: MIT

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

    /// Whether the content may differ: size or a time is *different*, older as well as newer, or it is another file.
    ///
    /// Times are as coarse as the kernel's tick, so two files of one size may bear the same. Another inode alone does not
    /// count: inodes and devices change when a disk is mounted anew, and no content has.
    package func differs(from other: FileStamp) -> Bool {
        size != other.size || modified != other.modified || changed != other.changed || isOtherFile(than: other)
    }

    /// Whether two looks at a file, whatever its name was at each, show the same file with the same content.
    ///
    /// The time of change does not count: to rename a file changes it, and so does another mode.
    package func isSameFile(as other: FileStamp) -> Bool {
        size == other.size && modified == other.modified && !isOtherFile(than: other)
    }

    /// Whether both identities are known, on one device, and are not the same.
    ///
    /// FAT and exFAT have no inodes: the kernel makes numbers up and forgets them with its cache, so that another number
    /// is no other file. What they keep of a birth is coarse, which shows in it.
    private func isOtherFile(than other: FileStamp) -> Bool {
        guard device == other.device, let born, let otherBorn = other.born else { return false }
        return born != otherBorn || (inode != other.inode && !born.isWholeHundredth)
    }
}
