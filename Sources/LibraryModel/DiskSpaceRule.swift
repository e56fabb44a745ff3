// SPDX-License-Identifier: MIT

/// Says when a queue that stopped because a disk was full goes on: when enough is free that it does not stop at once.
package enum DiskSpaceRule {
    /// However large the file system is, this is enough, in bytes.
    package static let enough: UInt64 = 256 << 20

    /// However small the file system is, less is a full one, in bytes.
    package static let least: UInt64 = 1 << 20

    /// How much has to be free of a file system of `total` bytes: a twentieth, within the bounds.
    package static func needed(of total: UInt64) -> UInt64 {
        max(min(total / 20, enough), least)
    }

    package static func mayGoOn(free: UInt64, total: UInt64) -> Bool {
        free >= needed(of: total)
    }
}
