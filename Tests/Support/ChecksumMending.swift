// SPDX-License-Identifier: MIT

/// Makes the checksums of headers right again in a file that was damaged, so that the damage is read and not refused.
///
/// Goes through a PNG, a RAR, a 7z or a tar as far as its headers lead; anything else is left as it is.
package enum ChecksumMending {
    package static func mended(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            mendPNG(&bytes)
        } else if bytes.starts(with: Array("Rar!\u{1A}\u{7}\u{0}".utf8)) {
            mendRAR4(&bytes)
        } else if bytes.starts(with: Array("Rar!\u{1A}\u{7}\u{1}\u{0}".utf8)) {
            mendRAR5(&bytes)
        } else if bytes.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
            mendSevenZip(&bytes)
        } else if bytes.count >= 512, bytes[154] == 0, bytes[155] == 0x20 {
            mendTar(&bytes)
        }
        return bytes
    }

    private static func mendPNG(_ bytes: inout [UInt8]) {
        var place = 8
        while place + 12 <= bytes.count {
            let length = Int(number(Array(bytes[place..<(place + 4)].reversed())))
            guard length <= bytes.count - place - 12 else { return }
            let end = place + 8 + length
            put([UInt8].little(Checksum.crc32(Array(bytes[(place + 4)..<end]))).reversed(), at: end, &bytes)
            place = end + 4
        }
    }

    private static func mendRAR4(_ bytes: inout [UInt8]) {
        var place = 7
        while place + 7 <= bytes.count {
            let size = Int(number(bytes[(place + 5)..<(place + 7)]))
            guard size >= 7, size <= bytes.count - place else { return }
            let checksum = Checksum.crc32(Array(bytes[(place + 2)..<(place + size)]))
            put(Array([UInt8].little(checksum).prefix(2)), at: place, &bytes)
            let hasData = bytes[place + 4] & 0x80 != 0 && size >= 11
            place += size + (hasData ? Int(number(bytes[(place + 7)..<(place + 11)])) : 0)
        }
    }

    private static func mendRAR5(_ bytes: inout [UInt8]) {
        var place = 8
        while place + 7 <= bytes.count {
            var rest = bytes[(place + 4)...]
            guard let size = variable(&rest), size > 0, size <= rest.count else { return }
            let end = rest.startIndex + size
            put([UInt8].little(Checksum.crc32(Array(bytes[(place + 4)..<end]))), at: place, &bytes)
            guard variable(&rest) != nil, let flags = variable(&rest) else { return }
            if flags & 1 != 0, variable(&rest) == nil { return }
            let data = flags & 2 != 0 ? variable(&rest) ?? 0 : 0
            guard data <= bytes.count - end else { return }
            place = end + data
        }
    }

    private static func mendSevenZip(_ bytes: inout [UInt8]) {
        guard bytes.count >= 32 else { return }
        let offset = number(bytes[12..<20])
        let size = number(bytes[20..<28])
        if offset <= UInt64(bytes.count - 32), size <= UInt64(bytes.count - 32) - offset {
            let start = 32 + Int(offset)
            put([UInt8].little(Checksum.crc32(Array(bytes[start..<(start + Int(size))]))), at: 28, &bytes)
        }
        put([UInt8].little(Checksum.crc32(Array(bytes[12..<32]))), at: 8, &bytes)
    }

    private static func mendTar(_ bytes: inout [UInt8]) {
        var place = 0
        while place + 512 <= bytes.count {
            put([UInt8](repeating: 0x20, count: 8), at: place + 148, &bytes)
            let digits = String(bytes[place..<(place + 512)].reduce(0) { $0 + Int($1) }, radix: 8)
            put(
                Array((String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} ").utf8),
                at: place + 148,
                &bytes
            )
            let size = String(decoding: bytes[(place + 124)..<(place + 135)], as: UTF8.self)
            guard let size = Int(size, radix: 8), size >= 0, size < bytes.count else { return }
            place += 512 + (size + 511) / 512 * 512
        }
    }

    private static func number(_ little: some Collection<UInt8>) -> UInt64 {
        little.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number of seven bits a byte, the lowest first.
    private static func variable(_ rest: inout ArraySlice<UInt8>) -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private static func put(_ new: [UInt8], at place: Int, _ bytes: inout [UInt8]) {
        bytes.replaceSubrange(place..<(place + new.count), with: new)
    }
}
