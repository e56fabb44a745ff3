// SPDX-License-Identifier: MIT

/// Whether the state directory's file system can hold the database.
///
/// Its log needs memory that all who have it open share, and locks that hold: servers and most shares of
/// virtual machines give neither, and a database on them is damaged sooner or later. What is not known is allowed: SQLite itself
/// finds out where memory cannot be shared.
package enum DatabaseHome {
    /// `magic` is `f_type` of `statfs`; `name` the type in the table of mounts, with FUSE's subtype: `fuse.sshfs`.
    package static func isFit(magic: UInt64, name: String) -> Bool {
        switch FileSystemName.knownKind(of: name) {
        // The programs of one guest share memory and locks on it, and no other opens the database.
        case .server? where name == "virtiofs": break
        case .server?, .objects?: return false
        default: break
        }
        return switch FileSystemMagic.kinds[UInt32(truncatingIfNeeded: magic)] {
        case .server, .cluster, .pseudo: false
        default: true
        }
    }
}
