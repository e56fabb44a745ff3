// SPDX-License-Identifier: MIT

/// Tells whether two listings of a directory show the same, without the first being kept.
///
/// A directory's times say that no name came or went. They say nothing of a file written in place, and on some file
/// systems nothing at all; then the digests of two listings are compared. They depend neither on the order of the
/// entries nor on the process, since they are stored.
package struct ListingDigest: Hashable, Sendable {
    /// Over the names and kinds of books, sidecars and directories; other files do not matter.
    package var names: UInt64

    /// Over the names, sizes and times of books and sidecars.
    package var files: UInt64

    package init(names: UInt64, files: UInt64) {
        self.names = names
        self.files = files
    }

    package init(_ entries: [Listing.Entry]) {
        self.init(names: 0, files: 0)
        for entry in entries {
            switch entry.kind {
            case .book(_, let stamp):
                names &+= EntryHash(kind: 1, entry.name).value
                files &+= EntryHash(kind: 1, entry.name).adding(stamp).value
            case .sidecar(_, let stamp):
                names &+= EntryHash(kind: 3, entry.name).value
                files &+= EntryHash(kind: 3, entry.name).adding(stamp).value
            case .directory: names &+= EntryHash(kind: 2, entry.name).value
            case .other, .ignoredFile, .ignoredDirectory: break
            }
        }
    }
}

/// FNV-1a over an entry's bytes; Swift's own hash differs from process to process.
struct EntryHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    init(kind: UInt8, _ name: FileName) {
        mix(kind)
        for byte in name.bytes { mix(byte) }
        // No name holds a NUL, so that the numbers that follow cannot be taken for a part of it.
        mix(0)
    }

    /// With the size and the times.
    func adding(_ stamp: FileStamp) -> EntryHash {
        adding(stamp.size).adding(stamp.modified.nanoseconds).adding(stamp.changed.nanoseconds)
    }

    private func adding(_ number: Int64) -> EntryHash {
        var sum = self
        let pattern = UInt64(bitPattern: number)
        for shift in stride(from: 0, to: 64, by: 8) { sum.mix(UInt8(truncatingIfNeeded: pattern >> UInt64(shift))) }
        return sum
    }

    /// The hash, mixed once more by splitmix64's last step: sums of FNV's own values cancel out too easily.
    var value: UInt64 {
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    private mutating func mix(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
