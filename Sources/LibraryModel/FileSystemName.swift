// SPDX-License-Identifier: MIT

/// The file systems that only their name in the table of mounts tells apart: those of FUSE and its kin.
enum FileSystemName {
    /// `nil` where the kernel's number says more than the name.
    ///
    /// A program of FUSE that is not known may be as bad as any.
    static func kind(of name: String) -> FileSystemKind? {
        if let kind = knownKind(of: name) { return kind }
        return name == "fuse" || name.hasPrefix("fuse.") ? .objects : nil
    }

    /// `nil` where nothing is known of the name.
    static func knownKind(of name: String) -> FileSystemKind? {
        kinds[name] ?? prefixes.first { name.hasPrefix($0.prefix) }?.kind
    }

    private static let kinds: [String: FileSystemKind] = [
        "autofs": .pseudo,
        "devtmpfs": .pseudo,
        "fuseblk": .localFUSE,
        "fuse.ntfs-3g": .localFUSE,
        "fuse.exfat": .localFUSE,
        "fuse.fuse2fs": .localFUSE,
        "fuse.squashfuse": .localFUSE,
        "fuse.zfs-fuse": .localFUSE,
        "fuse.bindfs": .layer,
        "fuse.gocryptfs": .layer,
        "fuse.encfs": .layer,
        "fuse.cryfs": .layer,
        "fuse.securefs": .layer,
        "fuse.ciopfs": .layer,
        "fuse.fuse-overlayfs": .layer,
        "fuse.mergerfs": .union,
        "fuse.mhddfs": .union,
        "fuse.shfs": .union,
        "fuse.sshfs": .server,
        "fuse.curlftpfs": .server,
        "fuse.juicefs": .server,
        "fuse.grpcfuse": .server,
        "fuse.osxfs": .server,
        "osxfs": .server,
        "fakeowner": .server,
        "virtiofs": .server,
        "fuse.rclone": .objects,
        "fuse.s3fs": .objects,
        "fuse.goofys": .objects,
        "fuse.gcsfuse": .objects,
        "fuse.blobfuse": .objects,
        "fuse.blobfuse2": .objects,
        "fuse.mount-s3": .objects,
        "fuse.seaweedfs": .objects,
        "fuse.davfs": .objects,
        "fuse.gvfsd-fuse": .objects,
        "fuse.moosefs": .objects,
        "fuse.mfs": .objects,
        "fuse.lizardfs": .objects,
    ]

    /// Programs that come under several names.
    private static let prefixes: [(prefix: String, kind: FileSystemKind)] = [
        ("fuse.unionfs", .union), ("fuse.glusterfs", .server), ("fuse.ceph", .server), ("fuse.smb", .objects),
        ("fuse.nfs", .objects),
    ]
}
