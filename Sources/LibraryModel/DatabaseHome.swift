// SPDX-License-Identifier: MIT

/// Whether the state directory's file system can hold the database.
///
/// Its log needs memory that all who have it open share, and locks that hold: servers and the shares of virtual
/// machines give neither, and a database on them is damaged sooner or later. What is not known is allowed: SQLite itself
/// finds out where memory cannot be shared.
package enum DatabaseHome {
    /// `magic` is `f_type` of `statfs`; `name` the type in the table of mounts, with FUSE's subtype: `fuse.sshfs`.
    package static func isFit(magic: UInt64, name: String) -> Bool {
        if remote.contains(name) || prefixes.contains(where: { name.hasPrefix($0) }) { return false }
        return switch FileSystemMagic.kinds[UInt32(truncatingIfNeeded: magic)] {
        case .server, .cluster, .pseudo: false
        default: true
        }
    }

    private static let remote: Set<String> = [
        "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.goofys", "fuse.gcsfuse", "fuse.blobfuse", "fuse.blobfuse2",
        "fuse.mount-s3", "fuse.juicefs", "fuse.curlftpfs", "fuse.davfs", "fuse.gvfsd-fuse", "fuse.seaweedfs",
        "fuse.moosefs", "fuse.mfs", "fuse.lizardfs", "fuse.grpcfuse", "fuse.osxfs", "osxfs",
    ]

    /// Programs that come under several names.
    private static let prefixes = ["fuse.glusterfs", "fuse.ceph", "fuse.smb", "fuse.nfs"]
}
