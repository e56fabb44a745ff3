// SPDX-License-Identifier: MIT

/// Draws small pictures for test books.
package enum Picture {
    /// A PNG of a gradient from left to right and top to bottom, 8 bits, without alpha.
    ///
    /// `tint` (0…255) is the blue of every pixel, so that two pages differ.
    package static func png(width: Int, height: Int, tint: UInt8 = 128) -> [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity((width * 3 + 1) * height)
        for y in 0..<height {
            rows.append(0)
            for x in 0..<width { rows += [UInt8(x * 255 / width), UInt8(y * 255 / height), tint] }
        }
        return png(width: width, height: height, colorType: 2, rows: rows)
    }

    /// A PNG of raw rows, each behind its filter's number: 0 grey, 2 colour, 4 grey with alpha, 6 colour with alpha.
    package static func png(
        width: Int,
        height: Int,
        depth: UInt8 = 8,
        colorType: UInt8,
        isInterlaced: Bool = false,
        chunks: [(name: String, contents: [UInt8])] = [],
        rows: [UInt8]
    ) -> [UInt8] {
        let header = word(UInt32(width)) + word(UInt32(height)) + [depth, colorType, 0, 0, isInterlaced ? 1 : 0]
        return [0x89] + Array("PNG\r\n\u{1A}\n".utf8)
            + chunk("IHDR", header) + chunks.flatMap { chunk($0.name, $0.contents) }
            + chunk("IDAT", stored(rows)) + chunk("IEND", [])
    }

    /// A zlib stream (RFC 1950) of stored blocks.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            stream.append(rest.isEmpty ? 1 : 0)
            stream += [count, ~count].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            stream += block
        } while !rest.isEmpty
        return stream + word(Checksum.adler32(bytes))
    }

    private static func chunk(_ name: String, _ contents: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + contents
        return word(UInt32(contents.count)) + body + word(Checksum.crc32(body))
    }

    private static func word(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
