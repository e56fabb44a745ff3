// SPDX-License-Identifier: MIT

/// The checksum of archives: polynomial 0xEDB88320, as in PKWARE's APPNOTE.
struct CRC32 {
    private var state = UInt32.max

    /// Eight bytes a step: the table of one byte, then seven of one byte that others follow.
    private static let tables: [UInt32] = {
        let ofOne = (UInt32(0)..<256).map { index in (0..<8).reduce(index) { value, _ in shifted(value) } }
        var tables = ofOne
        for _ in 1..<8 { tables += tables.suffix(256).map { ofOne[Int($0 & 0xFF)] ^ ($0 >> 8) } }
        return tables
    }()

    private static func shifted(_ value: UInt32) -> UInt32 {
        value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }

    var value: UInt32 { ~state }

    static func value(of bytes: ArraySlice<UInt8>) -> UInt32 {
        var checksum = CRC32()
        bytes.withUnsafeBytes { checksum.add($0) }
        return checksum.value
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        state = Self.tables.withUnsafeBufferPointer { tables in
            var crc = state
            var index = 0
            while index <= bytes.count - 8 {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(crc)
                crc = 0
                for step in 0..<8 { crc ^= tables[(7 - step) << 8 | Int(mixed >> UInt64(step * 8) & 0xFF)] }
                index += 8
            }
            while index < bytes.count {
                crc = tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)] ^ (crc >> 8)
                index += 1
            }
            return crc
        }
    }
}
