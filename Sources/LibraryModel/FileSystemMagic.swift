// SPDX-License-Identifier: MIT

/// The file systems that the kernel's number tells apart, as `statfs(2)` and `linux/magic.h` have them.
enum FileSystemMagic {
    static let kinds: [UInt32: FileSystemKind] = {
        var kinds: [UInt32: FileSystemKind] = [:]
        for (kind, magics) in [
            (FileSystemKind.local, local), (.cluster, cluster), (.server, server), (.pseudo, pseudo),
        ] {
            for magic in magics { kinds[magic] = kind }
        }
        kinds[0x794C_7630] = .overlay
        kinds[0x6175_6673] = .union  // aufs
        kinds[0x6573_5546] = .objects  // FUSE of a name that is not known
        return kinds
    }()

    private static let local: [UInt32] = [
        0xEF53,  // ext2, ext3, ext4
        0x5846_5342,  // XFS
        0x9123_683E,  // btrfs
        0x2FC1_2FC1,  // ZFS
        0xCA45_1A4E,  // bcachefs
        0xF2F5_2010,  // F2FS
        0x3153_464A,  // JFS
        0x3434,  // NILFS
        0x5265_4973,  // ReiserFS
        0x0102_1994,  // tmpfs
        0x8584_58F6,  // ramfs
        0x2011_BAB0,  // exFAT
        0x4D44,  // FAT
        0x7366_746E,  // ntfs3
        0x5346_544E,  // NTFS
        0x482B,  // HFS+
        0x4858,  // HFSX
        0x1501_3346,  // UDF
        0x9660,  // ISO 9660
        0x7371_7368,  // squashfs
        0xE0F5_E1E2,  // EROFS
        0xF15F,  // eCryptfs
    ]

    private static let cluster: [UInt32] = [
        0x7461_636F,  // OCFS2
        0x0116_1970,  // GFS2
        0x0BD0_0BD0,  // Lustre
        0x4750_4653,  // GPFS
        0x00C3_6400,  // CephFS
        0xBEEF_DEAD,  // StorNext
        0x6163_6673,  // ACFS
        0xA501_FCF5,  // VxFS
        0x0102_1997,  // 9p
        0x786F_4256,  // VirtualBox's shares
        0x7C7C_6673,  // Parallels' shares
        0xBACB_ACBC,  // VMware's shares
        0x5346_4846,  // WSL
        0x00C0_FFEE,  // hostfs
    ]

    private static let server: [UInt32] = [
        0x6969,  // NFS
        0xFF53_4D42,  // CIFS
        0xFE53_4D42,  // SMB 2 and 3
        0x517B,  // smbfs
        0x5346_414F,  // AFS
        0x6B41_4653,  // AFS, the kernel's
        0x7375_7245,  // Coda
        0x564C,  // NCP
        0x1983_0326,  // BeeGFS
        0xAAD7_AAEA,  // PanFS
    ]

    private static let pseudo: [UInt32] = [
        0x0187,  // autofs
        0x9FA0,  // proc
        0x6265_6572,  // sysfs
        0x0027_E0EB,  // cgroup
        0x6367_7270,  // cgroup 2
        0x1CD1,  // devpts
        0x6462_6720,  // debugfs
        0x7472_6163,  // tracefs
        0x7363_6673,  // securityfs
        0xCAFE_4A11,  // bpf
        0x6265_6570,  // configfs
        0x6165_676C,  // pstore
        0xDE5E_81E4,  // efivarfs
        0x1980_0202,  // mqueue
        0xF97C_FF8C,  // SELinux
        0x4249_4E4D,  // binfmt_misc
        0x6E73_6673,  // namespaces
        0x6573_5543,  // fusectl
        0x6759_6969,  // rpc_pipefs
        0x6E66_7364,  // nfsd
    ]
}
