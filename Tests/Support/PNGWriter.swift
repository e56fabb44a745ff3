// SPDX-License-Identifier: MIT

/// Writes PNGs of every kind (ISO/IEC 15948), uncompressed, of the size of ``FourCorners``.
package struct PNGWriter {
    /// 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha.
    package var colorType: UInt8
    package var depth: UInt8 = 8
    package var isInterlaced = false

    /// Names and contents of chunks before the pixels.
    package var chunks: [(name: String, contents: [UInt8])] = []

    package init(
        colorType: UInt8,
        depth: UInt8 = 8,
        isInterlaced: Bool = false,
        chunks: [(name: String, contents: [UInt8])] = []
    ) {
        (self.colorType, self.depth, self.isInterlaced, self.chunks) = (colorType, depth, isInterlaced, chunks)
    }

    /// First column, first row, and the distances of columns and rows of the parts of an interlaced picture.
    private static let passes = [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]

    /// A picture whose samples at a place are what `samples` says.
    package func picture(
        width: Int = FourCorners.width,
        height: Int = FourCorners.height,
        _ samples: (Int, Int) -> [Int]
    ) -> [UInt8] {
        var rows: [UInt8] = []
        for (left, top, across, down) in isInterlaced ? Self.passes : [(0, 0, 1, 1)] where left < width {
            for y in stride(from: top, to: height, by: down) {
                rows.append(0)
                rows += packed(stride(from: left, to: width, by: across).flatMap { samples($0, y) })
            }
        }
        return Picture.png(
            width: width,
            height: height,
            depth: depth,
            colorType: colorType,
            isInterlaced: isInterlaced,
            chunks: chunks,
            rows: rows
        )
    }

    private func packed(_ samples: [Int]) -> [UInt8] {
        if depth == 16 { return samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }
        let perByte = 8 / Int(depth)
        return stride(from: 0, to: samples.count, by: perByte).map { start in
            (0..<perByte).reduce(0) { byte, index in
                let sample = start + index < samples.count ? samples[start + index] : 0
                return byte << depth | UInt8(sample)
            }
        }
    }
}
