// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("A database is kept off file systems that would damage it")
struct DatabaseHomeTests {
    private static let fuse: UInt64 = 0x6573_5546

    @Test(
        arguments: [
            (0x6969, "nfs4"), (0xFF53_4D42, "cifs"), (0xFFFF_FFFF_FF53_4D42, "cifs"), (0xFE53_4D42, "smb3"),
            (0x0102_1997, "9p"), (0x00C3_6400, "ceph"), (0x5346_414F, "afs"), (fuse, "fuse.sshfs"),
            (fuse, "fuse.rclone"),
            (fuse, "fuse.s3fs"), (fuse, "fuse.glusterfs"), (fuse, "fuse.ceph-fuse"), (0x9FA0, "proc"),
        ] as [(UInt64, String)]
    )
    func `servers and shares are refused`(_ magic: UInt64, _ name: String) {
        #expect(!DatabaseHome.isFit(magic: magic, name: name))
    }

    @Test(arguments: [
        "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.goofys", "fuse.gcsfuse", "fuse.blobfuse", "fuse.blobfuse2",
        "fuse.mount-s3", "fuse.juicefs", "fuse.curlftpfs", "fuse.davfs", "fuse.gvfsd-fuse", "fuse.seaweedfs",
        "fuse.moosefs", "fuse.mfs", "fuse.lizardfs", "fuse.grpcfuse", "fuse.osxfs", "osxfs", "fakeowner",
        "fuse.glusterfs-3", "fuse.ceph-fuse", "fuse.smbnetfs", "fuse.nfs-client",
    ])
    func `a program that asks another machine is known by its name, and its answers are as stale as a server's`(
        _ name: String
    ) {
        #expect(!DatabaseHome.isFit(magic: Self.fuse, name: name))
        #expect(FileSystemTrust(magic: Self.fuse, name: name).isRemote)
    }

    @Test(
        arguments: [
            (0xEF53, "ext4"), (0x9123_683E, "btrfs"), (0x2FC1_2FC1, "zfs"), (0x0102_1994, "tmpfs"),
            (0x794C_7630, "overlay"), (fuse, "fuseblk"), (fuse, "fuse.bindfs"), (fuse, "fuse.mergerfs"),
            (fuse, "virtiofs"), (fuse, "fuse.tomorrow"), (fuse, "fuse"),
            (0x1234_5678, "newfs"), (0x1234_5678, ""),
        ] as [(UInt64, String)]
    )
    func `disks, layers and what is not known are allowed`(_ magic: UInt64, _ name: String) {
        #expect(DatabaseHome.isFit(magic: magic, name: name))
    }
}
