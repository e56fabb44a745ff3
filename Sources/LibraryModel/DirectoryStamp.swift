// SPDX-License-Identifier: MIT

/// What the kernel says of one directory, taken before it is listed.
///
/// Two equal stamps mean that no name came or went in between; a file that was written in place leaves no trace here.
package struct DirectoryStamp: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    /// When the inode was made; `nil` where the file system does not tell.
    package var born: Timestamp?
    package var modified: Timestamp
    package var changed: Timestamp

    package init(device: UInt64, inode: UInt64, born: Timestamp?, modified: Timestamp, changed: Timestamp) {
        self.device = device
        self.inode = inode
        self.born = born
        self.modified = modified
        self.changed = changed
    }

    /// Whether it may hold other names: another inode, or a time that is *different*, older as well as newer.
    ///
    /// The device does not count: it changes when a disk is mounted anew, and no name has.
    package func differs(from other: DirectoryStamp) -> Bool {
        inode != other.inode || modified != other.modified || changed != other.changed
    }

    /// Whether a directory of another name is this one, moved.
    ///
    /// The inode alone is no identity: a file system gives a freed number to the next directory at once.
    package func isSameDirectory(as other: DirectoryStamp) -> Bool {
        born != nil && born == other.born && inode == other.inode
    }

    /// Whether a change right after the stamp was taken could leave the same times, so that the stamp proves nothing.
    ///
    /// So it is where a time lies less than the granularity of the times before `now`, or in the future. A time of
    /// modification more than a day ahead was set by hand: whatever changes the directory next will replace it.
    package func isRacy(at now: Timestamp, isRemote: Bool) -> Bool {
        let granularity = granularity(isRemote: isRemote)
        if now - changed < granularity { return true }
        let age = now - modified
        return age < granularity && age > .seconds(-86_400)
    }

    /// How far two changes may lie apart and still bear one time.
    ///
    /// A server's times may be a minute old. FAT counts in steps of 2 seconds and HFS in seconds, which shows in times
    /// without a fraction; other file systems follow the kernel's tick, which is 10 milliseconds at most.
    private func granularity(isRemote: Bool) -> Duration {
        if isRemote { return .seconds(60) }
        return modified.isWholeSecond && changed.isWholeSecond ? .seconds(2) : .milliseconds(20)
    }
}
