// SPDX-License-Identifier: MIT

/// Writes GIFs (version 89a) of the four colours of ``FourCorners``, without compression.
package struct GIFWriter {
    /// The size of the screen; that of the picture where nothing else is said.
    package var screen = (width: FourCorners.width, height: FourCorners.height)

    /// Where the pictures lie.
    package var place = (x: 0, y: 0)
    package var isInterlaced = false

    /// The colour that is transparent.
    package var transparent: UInt8?

    /// How many pictures follow each other.
    package var pictures = 1

    package init() {}

    package func file() -> [UInt8] {
        let palette = FourCorners.colours.flatMap(\.self)
        var bytes =
            Array("GIF89a".utf8) + .little(UInt16(screen.width), UInt16(screen.height)) + [0xF1, 0, 0] + palette
        for _ in 0..<pictures {
            bytes += [0x21, 0xF9, 4, transparent == nil ? 0 : 1, 10, 0, transparent ?? 0, 0]
            bytes += [0x2C] + .little(UInt16(place.x), UInt16(place.y))
            bytes += .little(UInt16(FourCorners.width), UInt16(FourCorners.height)) + [isInterlaced ? 0x40 : 0]
            bytes += [2] + blocks(of: codes()) + [0]
        }
        return bytes + [0x3B]
    }

    /// Rows in the order in which they are stored.
    private var lines: [Int] {
        guard isInterlaced else { return Array(0..<FourCorners.height) }
        return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { start, distance in
            Array(stride(from: start, to: FourCorners.height, by: distance))
        }
    }

    /// Codes of three bits: 4 clears the table, before it is so full that codes grow; 5 is the end.
    private func codes() -> [UInt8] {
        let indices = lines.flatMap { y in (0..<FourCorners.width).map { FourCorners.index(x: $0, y: y) } }
        var (bits, count): (UInt, UInt) = (0, 0)
        var bytes: [UInt8] = []
        func put(_ code: UInt8) {
            bits |= UInt(code) << count
            count += 3
            while count >= 8 {
                bytes.append(UInt8(bits & 0xFF))
                (bits, count) = (bits >> 8, count - 8)
            }
        }
        for (place, index) in indices.enumerated() {
            if place % 2 == 0 { put(4) }
            put(index)
        }
        put(5)
        return bytes + [UInt8(bits & 0xFF)]
    }

    private func blocks(of bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: 255).flatMap { start in
            let block = bytes[start..<min(bytes.count, start + 255)]
            return [UInt8(block.count)] + block
        }
    }
}
