// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("A file system is believed as far as it deserves")
struct FileSystemTrustTests {
    private static let fuse: UInt64 = 0x6573_5546

    @Test(
        arguments: [
            (0xEF53, "ext4"), (0x5846_5342, "xfs"), (0x9123_683E, "btrfs"), (0x2FC1_2FC1, "zfs"),
            (0x0102_1994, "tmpfs"),
            (0x2011_BAB0, "exfat"), (0x4D44, "vfat"), (0xF2F5_2010, "f2fs"),
        ] as [(UInt64, String)]
    )
    func `a disk of this machine tells everything, and the truth`(magic: UInt64, name: String) {
        let trust = FileSystemTrust(magic: magic, name: name)
        #expect(trust.events == .all && !trust.isRemote && trust.hasDirectoryTimes && trust.answersHoles)
    }

    @Test(
        arguments: [
            (0x6969, "nfs4"), (0xFF53_4D42, "cifs"), (0xFE53_4D42, "smb3"), (0xFFFF_FFFF_FE53_4D42, "smb3"),
            (fuse, "fuse.sshfs"), (fuse, "fuse.ceph-fuse"), (fuse, "fuse.glusterfs"), (fuse, "virtiofs"),
            (0x1234_5678, "tomorrowfs"), (0, ""),
        ] as [(UInt64, String)]
    )
    func `a server, or whatever is not known, tells of our own changes and may be stale`(magic: UInt64, name: String) {
        let trust = FileSystemTrust(magic: magic, name: name)
        #expect(trust.events == .own && trust.isRemote && trust.hasDirectoryTimes && !trust.answersHoles)
    }

    @Test(arguments: ["fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.gvfsd-fuse", "fuse", "fuse.tomorrow", "davfs"])
    func `of an object store, or an unknown program, not even the directories' times count`(name: String) {
        let trust = FileSystemTrust(magic: Self.fuse, name: name)
        #expect(trust.events == .own && trust.isRemote && !trust.hasDirectoryTimes && !trust.answersHoles)
    }

    @Test(arguments: ["fuse.mergerfs", "fuse.shfs", "fuse.unionfs", "fuse.unionfs-fuse"])
    func `a union is local, but its directories' times are those of one branch`(name: String) {
        let trust = FileSystemTrust(magic: Self.fuse, name: name)
        #expect(trust.events == .own && !trust.isRemote && !trust.hasDirectoryTimes && !trust.answersHoles)
        #expect(FileSystemTrust(magic: 0x6175_6673, name: "aufs") == trust)
    }

    @Test(arguments: ["fuse.bindfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs"])
    func `what shows another directory may be changed from behind`(name: String) {
        let trust = FileSystemTrust(magic: Self.fuse, name: name)
        #expect(trust.events == .own && !trust.isRemote && trust.hasDirectoryTimes && !trust.answersHoles)
    }

    @Test func `a disk by way of a program tells every change, but not its holes`() {
        let trust = FileSystemTrust(magic: Self.fuse, name: "fuseblk")
        #expect(trust.events == .all && !trust.isRemote && trust.hasDirectoryTimes && !trust.answersHoles)
    }

    @Test func `an overlay answers as its layers do, and tells only of its own changes`() {
        let trust = FileSystemTrust(magic: 0x794C_7630, name: "overlay")
        #expect(trust.events == .own && !trust.isRemote && trust.hasDirectoryTimes && trust.answersHoles)
    }

    @Test(
        arguments: [
            (0x0187, "autofs"), (0x9FA0, "proc"), (0x6265_6572, "sysfs"), (0x6367_7270, "cgroup2"),
            (0x0102_1994, "devtmpfs"),
        ] as [(UInt64, String)]
    )
    func `what is not made of files is never entered`(magic: UInt64, name: String) {
        #expect(FileSystemTrust(magic: magic, name: name).events == .untouchable)
    }
}
