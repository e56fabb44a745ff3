// SPDX-License-Identifier: MIT

/// The file systems that only their name in the table of mounts tells apart: those of FUSE and its kin.
enum FileSystemName {
    /// `nil` where the kernel's number says more than the name.
    ///
    /// A program of FUSE that is not known may be as bad as any: like rclone, s3fs, gcsfuse, davfs and gvfsd-fuse.
    static func kind(of name: String) -> FileSystemKind? {
        if let kind = kinds[name] { return kind }
        guard name == "fuse" || name.hasPrefix("fuse.") else { return nil }
        return prefixes.first { name.hasPrefix($0.prefix) }?.kind ?? .objects
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
    ]

    /// Programs that come under several names.
    private static let prefixes: [(prefix: String, kind: FileSystemKind)] = [
        ("fuse.unionfs", .union), ("fuse.glusterfs", .server), ("fuse.ceph", .server),
    ]
}
