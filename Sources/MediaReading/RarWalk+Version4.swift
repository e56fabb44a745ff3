// SPDX-License-Identifier: MIT
import LibraryModel

/// The headers of RAR 1.5 to 4: blocks of a CRC, a type, flags and a size, all little-endian.
extension RarWalk {
    static let mark4: [UInt8] = Array("Rar!\u{1A}\u{7}\u{0}".utf8)

    private struct Block {
        let offset: Int
        let type: UInt8
        let flags: Int
        let header: ArraySlice<UInt8>

        var end: Int { offset + header.count }

        func has(_ flag: Int) -> Bool { flags & flag != 0 }
    }

    mutating func readVersion4() throws(Finding) {
        var offset = Self.mark4.count
        var isVolume = false
        var newest = 0
        while let block = try block(at: offset) {
            offset = block.end
            switch block.type {
            case 0x73:
                if block.has(0x80) { throw Self.hiddenNames }
                isSolid = block.has(0x08)
                isVolume = block.has(0x01)
                // Only RAR 3 marks the first one; who does not is taken for one of several.
                if isVolume, !block.has(0x100) { throw Self.volume(nil) }
            case 0x74, 0x7A:
                let (record, version) = try record(of: block)
                newest = max(newest, version)
                if record.isSplit { throw Self.volume(nil) }
                if block.type == 0x74 { try add(record) }
                offset = record.data.upperBound
            case 0x7B:
                if block.has(0x01) { throw Self.volume(isVolume ? 1 : nil) }
                return
            default:
                guard block.has(0x8000) else { continue }
                guard block.header.count >= 11 else { throw try broken(at: block.offset) }
                offset += Int(block.header.number(at: 7, width: 4))
            }
            guard offset <= source.size else { throw cut() }
        }
        // RAR 2 and before wrote no end.
        guard newest > 0, newest < 29 else { throw cut() }
    }

    /// The block at an offset, its checksum compared; `nil` at the file's end.
    private func block(at offset: Int) throws(Finding) -> Block? {
        guard offset < source.size else { return nil }
        var header = try glance(at: offset)
        guard header.count >= 7 else { throw cut() }
        let flags = Int(header.number(at: 3, width: 2))
        let type = header[header.startIndex + 2]
        let size = Int(header.number(at: 5, width: 2))
        guard size >= 7 else { throw try broken(at: offset) }
        guard size <= source.size - offset else { throw cut() }
        if size > header.count { header = try glance(at: offset, size) }
        header = header.prefix(size)
        // A header with an old comment in it is not summed to its end.
        let isCommented = (type == 0x73 || type == 0x74) && flags & (type == 0x73 ? 0x02 : 0x08) != 0
        let checksum = UInt64(CRC32.value(of: header.dropFirst(2)) & 0xFFFF)
        guard isCommented || checksum == header.number(at: 0, width: 2) else { throw try broken(at: offset) }
        return Block(offset: offset, type: type, flags: flags, header: header)
    }

    private func record(of block: Block) throws(Finding) -> (RarDirectory.Record, version: Int) {
        do throws(HeaderBytes.Malformed) {
            var bytes = HeaderBytes(block.header.dropFirst(7))
            var record = RarDirectory.Record()
            var packed = try bytes.number(width: 4)
            record.size = try bytes.number(width: 4)
            let system = try bytes.byte()
            record.checksum = UInt32(try bytes.number(width: 4))
            record.modified = Timestamp(dosTime: UInt32(try bytes.number(width: 4)))
            let version = Int(try bytes.byte())
            let method = try bytes.byte()
            let nameLength = try bytes.number(width: 2)
            let attributes = try bytes.number(width: 4)
            if block.has(0x100) {
                let (highPacked, highSize) = (try bytes.number(width: 4), try bytes.number(width: 4))
                guard max(highPacked, highSize) < 1 << 24 else { throw HeaderBytes.Malformed() }
                packed += highPacked << 32
                record.size += highSize << 32
            }
            (record.name, record.nameIsUnicode) = Self.name(try bytes.bytes(nameLength), isUnicode: block.has(0x200))
            if block.has(0x1000), Self.isOdd(bytes, salted: block.has(0x400)) {
                record.modified = record.modified.map { $0 + .seconds(1) }
            }
            record.headerOffset = block.offset
            record.data = block.end..<(block.end + packed)
            record.isSplit = block.has(0x03)
            record.isEncrypted = block.has(0x04)
            record.isSolid = version < 20 ? isSolid && !records.isEmpty : block.has(0x10)
            if block.flags & 0xE0 == 0xE0 {
                record.kind = .directory
            } else if system == 3, attributes & 0xF000 != 0, attributes & 0xF000 != 0x8000 {
                record.kind = .other
            }
            record.isStored = method == 0x30
            if !record.isStored, ![20, 26, 29, 36].contains(version) {
                record.hindrance = "RAR \(version / 10).\(version % 10)"
            }
            return (record, version)
        } catch {
            throw try broken(at: block.offset)
        }
    }

    /// Whether a second is to be added to the time, for which MS-DOS has no bit.
    ///
    /// The extended time behind name and salt tells. No book is refused for its times.
    private static func isOdd(_ bytes: HeaderBytes, salted: Bool) -> Bool {
        var bytes = bytes
        guard !salted || (try? bytes.bytes(8)) != nil, let modes = try? bytes.number(width: 2) else { return false }
        // Four bits each for four times, of which the last change has the highest: whether it is there, and odd.
        return modes & 0xC000 == 0xC000
    }

    /// The name with `/` between folders; in UTF-8 where the header says so.
    ///
    /// Behind a NUL such a name has how it differs from the one before it: commands of two bits, four a byte, each of
    /// which takes the next byte as it is, with a high byte for all, as both halves, or copies from the plain name.
    private static func name(_ stored: ArraySlice<UInt8>, isUnicode: Bool) -> ([UInt8], isUnicode: Bool) {
        let plain = Array(stored.prefix { $0 != 0 })
        guard isUnicode else { return (slashed(plain), false) }
        // Without a NUL it is UTF-8 from the start.
        guard stored.count > plain.count + 1 else { return (slashed(plain), true) }
        var code = HeaderBytes(stored.dropFirst(plain.count + 1))
        var units: [UInt16] = []
        // That the code ends is how a name ends.
        try? decode(&code, plain, into: &units)
        return (slashed(Array(String(decoding: units, as: UTF16.self).utf8)), true)
    }

    private static func decode(
        _ code: inout HeaderBytes,
        _ plain: [UInt8],
        into units: inout [UInt16]
    ) throws(HeaderBytes.Malformed) {
        let high = UInt16(try code.byte()) << 8
        var (commands, left): (UInt8, Int) = (0, 0)
        while !code.rest.isEmpty {
            if left == 0 { (commands, left) = (try code.byte(), 4) }
            let command = commands >> 6
            commands <<= 2
            left -= 1
            switch command {
            case 0: units.append(UInt16(try code.byte()))
            case 1: units.append(UInt16(try code.byte()) | high)
            case 2: units.append(UInt16(try code.byte()) | UInt16(try code.byte()) << 8)
            default:
                let length = try code.byte()
                let correction = length & 0x80 == 0 ? nil : try code.byte()
                for _ in 0..<(Int(length & 0x7F) + 2) {
                    guard units.count < plain.count else { throw HeaderBytes.Malformed() }
                    let byte = plain[units.count]
                    units.append(correction.map { UInt16(byte &+ $0) | high } ?? UInt16(byte))
                }
            }
        }
    }

    private static func slashed(_ name: [UInt8]) -> [UInt8] {
        // In Shift-JIS a backslash may be half a character; RAR itself writes one between folders whatever comes.
        name.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
    }
}
