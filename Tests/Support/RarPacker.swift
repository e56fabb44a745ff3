// SPDX-License-Identifier: MIT

/// Packs bytes as RAR does, badly: a byte by a byte's code, but for the beginning, which may be a copy of what was
/// packed before.
///
/// Enough for an archive that has to be unpacked, and is solid in truth: without the file before it, the copy is lost.
struct RarPacker {
    private let version: RarWriter.Version
    private var bits: [Bool] = []

    /// The longest copy that is made; the formats' shortest is two or three bytes.
    private static let copied = 4

    /// The bytes packed behind those of `previous`, which are not empty where the archive is solid.
    static func pack(_ bytes: [UInt8], after previous: [UInt8], _ version: RarWriter.Version) -> [UInt8] {
        var packer = RarPacker(version: version)
        // No more than the window, and no less than any version copies from afar.
        let isCopy =
            previous.count > 0x2000 && previous.count < 60_000 && bytes.prefix(copied) == previous.prefix(copied)
        packer.writeTables()
        if isCopy { packer.writeCopy(from: previous.count) }
        for byte in bytes.dropFirst(isCopy ? copied : 0) { packer.writeSymbol(Int(byte)) }
        switch version {
        case .four:
            // The end of the file, and new tables for the next.
            packer.writeSymbol(256)
            packer.write(0b01, 2)
            return packer.packed
        case .five: return packer.block
        }
    }

    private init(version: RarWriter.Version) {
        self.version = version
    }

    /// The symbols that are used: all but four of eight bits, those of nine.
    private var rare: [Int] {
        // The end of the file, and a copy of three bytes (version 4), or of three and of two.
        version == .four ? [254, 255, 256, 271] : [254, 255, 262, 263]
    }

    private mutating func writeTables() {
        // No prediction, and nothing kept of earlier tables.
        if version == .four { write(0, 2) }
        // Four lengths are used, each of a code of two bits.
        let lengths = [0, 4, 5, 8, 9]
        let widths = [2, 3, 3, 2, 2]
        for symbol in 0..<20 { write(lengths.firstIndex(of: symbol).map { widths[$0] } ?? 0, 4) }
        let codes = [0: (0b00, 2), 8: (0b01, 2), 9: (0b10, 2), 4: (0b110, 3), 5: (0b111, 3)]
        let (main, distances, low, repeated) = version == .four ? (299, 60, 17, 28) : (306, 64, 16, 44)
        for symbol in 0..<(main + distances + low + repeated) {
            var length = 0
            if symbol < 254 {
                length = 8
            } else if symbol < main {
                length = rare.contains(symbol) ? 9 : 0
            } else if symbol < main + distances {
                length = symbol - main < 32 ? 5 : 0
            } else if symbol < main + distances + low {
                length = symbol - main - distances < 16 ? 4 : 0
            } else {
                length = symbol - main - distances - low < 16 ? 4 : 0
            }
            let (code, width) = codes[length] ?? (0, 0)
            write(code, width)
        }
    }

    private mutating func writeSymbol(_ symbol: Int) {
        if let place = rare.firstIndex(of: symbol) { write(508 + place, 9) } else { write(symbol, 8) }
    }

    /// A copy of ``copied`` bytes from as far behind as 0x2000 and more, where copies are longer by themselves.
    private mutating func writeCopy(from distance: Int) {
        // Version 5 adds one beyond 0x100 and one beyond 0x2000; version 4 one.
        writeSymbol(version == .four ? 271 : 262)
        let value = distance - 1
        let width = Int.bitWidth - value.leadingZeroBitCount
        let slot = (width - 1) * 2 | value >> (width - 2) & 1
        let extra = width - 2
        write(slot, 5)
        write((value & (1 << extra - 1)) >> 4, extra - 4)
        write(value & 15, 4)
    }

    private mutating func write(_ value: Int, _ width: Int) {
        for bit in (0..<width).reversed() { bits.append(value >> bit & 1 == 1) }
    }

    private var packed: [UInt8] {
        stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) {
                $0 | ($1.element ? 0x80 >> UInt8($1.offset) : 0)
            }
        }
    }

    /// One block of version 5, the last of its file: flags, a checksum of them and the length, the length.
    private var block: [UInt8] {
        let bytes = packed
        let size = (0..<3).map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) }
        let flags = UInt8(0xC0 | 2 << 3 | (bits.count + 7) % 8)
        return [flags, size.reduce(0x5A ^ flags, ^)] + size + bytes
    }
}
