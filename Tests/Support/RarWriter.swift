// SPDX-License-Identifier: MIT

/// Writes RAR archives of version 4 or 5, stored or packed by ``RarPacker``, and, where a test asks for it, faulty ones.
package struct RarWriter {
    package enum Version: Sendable {
        case four
        case five
    }

    /// One file or folder to be written.
    package struct Entry {
        package var name: [UInt8]
        package var contents: [UInt8]
        package var isDirectory = false

        /// A link of Unix, whose target the contents are.
        package var isLink = false

        /// Marks the entry as encrypted; its bytes stay plain.
        package var isEncrypted = false

        /// Says that a part of it is in the next volume.
        package var isSplit = false

        /// A checksum other than the contents', for a damaged entry.
        package var checksum: UInt32?

        /// Version 5: how it is packed, as the header has it; version 4: the version that unpacks it.
        package var compression: Int?

        /// When it was last changed: version 4 as MS-DOS has it, version 5 in seconds since 1970.
        package var modified: UInt32?

        /// Version 4: an odd second beside that.
        package var isOddSecond = false

        /// Version 5: when it was last changed in tenths of microseconds since 1601, as RAR of Windows has it.
        package var windowsTime: UInt64?

        /// Version 4: the name in UTF-16 as well, coded as RAR does.
        package var unicodeName: String?

        package init(_ name: String, _ contents: [UInt8]) {
            (self.name, self.contents) = (Array(name.utf8), contents)
        }

        package init(_ name: [UInt8], _ contents: [UInt8]) {
            (self.name, self.contents) = (name, contents)
        }
    }

    /// What the archive says of itself.
    package struct Options {
        package var isSolid = false

        /// Packs all that is not empty.
        package var packs = false

        /// Says that all headers are encrypted; they end there.
        package var hidesNames = false

        /// The number of this volume from 1, where there are several.
        package var volume: Int?
        package var isLastVolume = true
        package var hasEnd = true

        package init() {}
    }

    package static func archive(
        _ entries: [Entry],
        _ version: Version,
        _ options: Options = Options()
    ) -> [UInt8] {
        switch version {
        case .four: archive4(entries, options)
        case .five: archive5(entries, options)
        }
    }

    /// What lies in the archive of each entry, and whether it depends on those before.
    private static func packed(
        _ entries: [Entry],
        _ version: Version,
        _ options: Options
    ) -> [(Entry, contents: [UInt8], isSolid: Bool)] {
        guard options.packs else { return entries.map { ($0, $0.contents, false) } }
        var previous: [UInt8] = []
        return entries.map { entry in
            guard !entry.contents.isEmpty else { return (entry, [], options.isSolid && !previous.isEmpty) }
            let isSolid = options.isSolid && !previous.isEmpty
            let contents = RarPacker.pack(entry.contents, after: isSolid ? previous : [], version)
            previous = entry.contents
            return (entry, contents, isSolid)
        }
    }

    // MARK: Version 4

    private static func archive4(_ entries: [Entry], _ options: Options) -> [UInt8] {
        var flags: UInt16 = options.isSolid ? 0x08 : 0
        if options.hidesNames { flags |= 0x80 }
        if let volume = options.volume { flags |= volume == 1 ? 0x101 : 0x01 }
        var bytes = Array("Rar!\u{1A}\u{7}\u{0}".utf8) + block4(0x73, flags, [UInt8](repeating: 0, count: 6))
        if options.hidesNames { return bytes + [UInt8](repeating: 0x5A, count: 100) }
        for (entry, contents, isSolid) in packed(entries, .four, options) {
            bytes += file4(entry, contents, isPacked: options.packs && !entry.contents.isEmpty, isSolid: isSolid)
        }
        return options.hasEnd ? bytes + block4(0x7B, options.isLastVolume ? 0x4000 : 0x4001, []) : bytes
    }

    private static func file4(_ entry: Entry, _ contents: [UInt8], isPacked: Bool, isSolid: Bool) -> [UInt8] {
        var flags: UInt16 = entry.isDirectory ? 0xE0 : 0
        if entry.isEncrypted { flags |= 0x04 }
        if entry.isSplit { flags |= 0x02 }
        if isSolid { flags |= 0x10 }
        var name = entry.name.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "\\") : $0 }
        if let unicode = entry.unicodeName {
            flags |= 0x200
            name += [0, 0]
            let units = Array(unicode.utf16)
            for start in stride(from: 0, to: units.count, by: 4) {
                // Four characters, each of two bytes.
                let part = units[start..<min(start + 4, units.count)]
                name.append(0b1010_1010)
                for unit in part { name += .little(unit) }
            }
        }
        let size = UInt32(entry.contents.count)
        let method: UInt8 = isPacked || entry.compression != nil ? 0x33 : 0x30
        let mode: UInt32 = entry.isLink ? 0o120777 : entry.isDirectory ? 0o040755 : 0o100644
        var body: [UInt8] =
            .little(UInt32(contents.count), size) + [3] + .little(entry.checksum ?? Checksum.crc32(entry.contents))
        body +=
            .little(entry.modified ?? 0x5821_0000) + [UInt8(entry.compression ?? 29), method]
        body += .little(UInt16(name.count)) + .little(mode) + name
        if entry.isOddSecond {
            flags |= 0x1000
            body += .little(0xC000 as UInt16)
        }
        return block4(0x74, flags | 0x8000, body) + contents
    }

    private static func block4(_ type: UInt8, _ flags: UInt16, _ body: [UInt8]) -> [UInt8] {
        let header: [UInt8] = [type] + .little(flags, UInt16(body.count + 7)) + body
        return .little(UInt16(truncatingIfNeeded: Checksum.crc32(header))) + header
    }

    // MARK: Version 5

    private static func archive5(_ entries: [Entry], _ options: Options) -> [UInt8] {
        var bytes = Array("Rar!\u{1A}\u{7}\u{1}\u{0}".utf8)
        if options.hidesNames {
            return bytes + block5([4, 0, 0, 0, 15] + [UInt8](repeating: 0x5A, count: 16))
                + [UInt8](repeating: 7, count: 99)
        }
        var main = options.isSolid ? 4 : 0
        if let volume = options.volume { main |= volume == 1 ? 1 : 3 }
        bytes += block5([1, 0] + number(main) + ((options.volume ?? 1) > 1 ? number((options.volume ?? 1) - 1) : []))
        for (entry, contents, isSolid) in packed(entries, .five, options) {
            bytes += file5(entry, contents, isPacked: options.packs && !entry.contents.isEmpty, isSolid: isSolid)
        }
        return options.hasEnd ? bytes + block5([5, 4, options.isLastVolume ? 0 : 1]) : bytes
    }

    private static func file5(_ entry: Entry, _ contents: [UInt8], isPacked: Bool, isSolid: Bool) -> [UInt8] {
        var extra: [UInt8] = []
        if entry.isEncrypted { extra += number(3) + [1, 0, 0] }
        if entry.isLink {
            extra += number(4 + entry.contents.count) + [5, 1, 0] + number(entry.contents.count) + entry.contents
        }
        if let time = entry.windowsTime { extra += number(10) + [3, 2] + .little(time) }
        let size = entry.isLink ? 0 : contents.count
        let unpacked = entry.isLink ? [] : entry.contents
        let mode = entry.isLink ? 0o120777 : entry.isDirectory ? 0o040755 : 0o100644
        var body = number(2) + number((extra.isEmpty ? 2 : 3) | (entry.isSplit ? 0x10 : 0))
        if !extra.isEmpty { body += number(extra.count) }
        let flags = (entry.isDirectory ? 1 : 4) | (entry.modified == nil ? 0 : 2)
        body += number(size) + number(flags) + number(unpacked.count) + number(mode)
        if let modified = entry.modified { body += .little(modified) }
        if !entry.isDirectory { body += .little(entry.checksum ?? Checksum.crc32(unpacked)) }
        body +=
            number(entry.compression ?? ((isPacked ? 3 << 7 : 0) | (isSolid ? 0x40 : 0))) + number(1)
            + number(entry.name.count) + entry.name
        return block5(body + extra) + (entry.isLink ? [] : contents)
    }

    private static func block5(_ body: [UInt8]) -> [UInt8] {
        let sized = number(body.count) + body
        return .little(Checksum.crc32(sized)) + sized
    }

    private static func number(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + number(value >> 7)
    }
}
