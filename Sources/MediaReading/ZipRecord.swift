// SPDX-License-Identifier: MIT
import LibraryModel

/// What a ZIP's central directory says of one entry.
struct ZipRecord {
    let name: [UInt8]
    let flags: UInt16
    let method: ZipMethod
    let checksum: UInt32
    let compressedSize: Int
    let size: Int

    /// Where the entry's local header begins.
    let headerOffset: Int

    /// Date and time as MS-DOS kept them, in nobody knows which zone.
    let dosTime: UInt32

    /// The extra field's time, which is of UTC, and else that of MS-DOS.
    let modified: Timestamp?

    /// The file's type as Unix has it in a mode; 0 where another system made the archive.
    private let unixType: UInt32

    var isEncrypted: Bool { flags & 1 != 0 || method == .aes }

    /// Whether the archive declares the name to be UTF-8.
    var namesAreUTF8: Bool { flags & 0x800 != 0 }

    /// Reads a record whose length is checked; figures that overflow are clamped, and then lie outside the archive.
    init(record: ArraySlice<UInt8>, nameLength: Int, extraLength: Int) {
        let start = record.startIndex + 46
        name = Array(record[start..<(start + nameLength)])
        flags = UInt16(record.number(at: 8, width: 2))
        method = ZipMethod(rawValue: UInt16(record.number(at: 10, width: 2)))
        checksum = UInt32(record.number(at: 16, width: 4))
        let maker = record.number(at: 5, width: 1)
        unixType = maker == 3 || maker == 19 ? UInt32(record.number(at: 40, width: 2)) & 0xF000 : 0
        let extra = record[(start + nameLength)..<(start + nameLength + extraLength)]
        dosTime = UInt32(record.number(at: 12, width: 4))
        modified = Self.universalTime(extra) ?? Timestamp(dosTime: dosTime)
        var wide = Self.field(1, in: extra)
        size = Self.figure(record.number(at: 24, width: 4), &wide)
        compressedSize = Self.figure(record.number(at: 20, width: 4), &wide)
        headerOffset = Self.figure(record.number(at: 42, width: 4), &wide)
    }

    var kind: ArchiveEntry.Kind {
        if name.last == UInt8(ascii: "/") || unixType == 0x4000 { return .directory }
        return unixType == 0 || unixType == 0x8000 ? .file : .other
    }

    /// A figure of 32 bits, or where it is all ones the next of the 64-bit ones in the extra field.
    private static func figure(_ narrow: UInt64, _ wide: inout ArraySlice<UInt8>) -> Int {
        guard narrow == 0xFFFF_FFFF, wide.count >= 8 else { return Int(narrow) }
        defer { wide = wide.dropFirst(8) }
        return Int(clamping: wide.number(at: 0, width: 8))
    }

    /// The extra field of a number: 1 is that of ZIP64; empty where there is none.
    static func field(_ number: UInt64, in extra: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = extra
        while rest.count >= 4 {
            let length = Int(rest.number(at: 2, width: 2))
            if rest.number(at: 0, width: 2) == number { return rest.dropFirst(4).prefix(length) }
            rest = rest.dropFirst(4 + length)
        }
        return []
    }

    /// What Info-ZIP's field says, which has seconds since 1970 in 32 bits behind flags.
    private static func universalTime(_ extra: ArraySlice<UInt8>) -> Timestamp? {
        let field = field(0x5455, in: extra)
        guard field.count >= 5, let flags = field.first, flags & 1 != 0 else { return nil }
        let seconds = Int32(truncatingIfNeeded: field.number(at: 1, width: 4))
        return Timestamp(nearestSecond: Int64(seconds))
    }
}

extension ArchiveEntry {
    init(_ record: ZipRecord, ordinal: Int, _ encoding: NameEncoding) {
        let name = record.namesAreUTF8 ? record.name : encoding.decode(record.name)
        let shown = String(shown: name)
        self.init(
            ordinal: ordinal,
            name: name,
            storedName: record.name,
            kind: record.kind,
            size: record.size,
            checksum: record.checksum,
            position: record.headerOffset,
            modified: record.modified,
            obstacle: record.isEncrypted
                ? .locked(shown)
                : record.method.isUnpacked ? nil : .unsupported(shown, packedBy: record.method.name)
        )
    }
}
