// SPDX-License-Identifier: MIT

/// Writes ``FourCorners`` as Windows bitmaps of every kind.
package enum BMPWriter {
    /// A palette of the four colours, and pixels of so many bits; from the top where `isTopDown`.
    package static func indexed(bits: Int, isTopDown: Bool = false) -> [UInt8] {
        let rows = lines(isTopDown).flatMap { y in
            let indices = (0..<FourCorners.width).map { FourCorners.index(x: $0, y: y) }
            let perByte = 8 / bits
            return padded(
                stride(from: 0, to: indices.count, by: perByte).map { start in
                    (0..<perByte).reduce(0) { $0 << UInt8(bits) | (indices[start + $1] & UInt8((1 << bits) - 1)) }
                }
            )
        }
        return file(bits: bits, isTopDown: isTopDown, colours: min(4, 1 << bits), rows)
    }

    /// With the header of OS/2, and three bytes for each colour of the palette.
    package static func core() -> [UInt8] {
        let palette = (0..<256).flatMap { index -> [UInt8] in
            index < 4 ? FourCorners.colours[index].reversed() : [0, 0, 0]
        }
        let size = [UInt8].little(UInt32(12))
        let header = size + .little(UInt16(FourCorners.width), UInt16(FourCorners.height), UInt16(1), UInt16(8))
        let rows = lines(false).flatMap { y in
            padded((0..<FourCorners.width).map { FourCorners.index(x: $0, y: y) })
        }
        return framed(header + palette, rows)
    }

    /// In runs of 8 or 4 bits: the left half of each row as a run, the right half literally.
    package static func runs(bits: Int) -> [UInt8] {
        let half = FourCorners.width / 2
        let rows = lines(false).flatMap { y -> [UInt8] in
            let (left, right) = (FourCorners.index(x: 0, y: y), FourCorners.index(x: half, y: y))
            let run = [UInt8(half), bits == 8 ? left : left << 4 | left]
            let literal =
                [0, UInt8(half)] + [UInt8](repeating: bits == 8 ? right : right << 4 | right, count: half * bits / 8)
            return run + literal + [0, 0]
        }
        return file(bits: bits, compression: bits == 8 ? 1 : 2, colours: 4, rows + [0, 1])
    }

    /// Four rows of runs that leave the rest out: a step to the right and up, and an end before the top.
    package static func steps() -> [UInt8] {
        file(bits: 8, compression: 1, colours: 4, [2, 3, 0, 2, 4, 2, 2, 1, 0, 1])
    }

    /// Without a palette: 24 or 32 bits, or 16 of five bits a colour.
    package static func direct(bits: Int, isTopDown: Bool = false) -> [UInt8] {
        let rows = lines(isTopDown).flatMap { y in
            padded(
                (0..<FourCorners.width).flatMap { x -> [UInt8] in
                    let colour = FourCorners.rgb(x: x, y: y)
                    let word = colour.reduce(UInt16(0)) { $0 << 5 | UInt16($1 >> 3) }
                    return bits == 16 ? .little(word) : colour.reversed() + (bits == 32 ? [0] : [])
                }
            )
        }
        return file(bits: bits, isTopDown: isTopDown, rows)
    }

    /// Words in which masks mark red, green, blue and alpha, with the header of Windows 98; `word` makes one of a colour.
    package static func masked(
        bits: Int,
        _ masks: [UInt32],
        _ word: ([UInt8], _ isLast: Bool) -> UInt32
    ) -> [UInt8] {
        let rows = lines(false).flatMap { y in
            padded(
                (0..<FourCorners.width).flatMap { x -> ArraySlice<UInt8> in
                    let index = Int(FourCorners.index(x: x, y: y))
                    return [UInt8].little(word(FourCorners.colours[index], index == 3)).prefix(bits / 8)
                }
            )
        }
        let rest = masks.flatMap { [UInt8].little($0) } + [UInt8](repeating: 0, count: 124 - 56)
        return file(bits: bits, compression: 3, rest: rest, rows)
    }

    private static func lines(_ isTopDown: Bool) -> [Int] {
        isTopDown ? Array(0..<FourCorners.height) : (0..<FourCorners.height).reversed()
    }

    private static func padded(_ row: [UInt8]) -> [UInt8] {
        row + [UInt8](repeating: 0, count: (4 - row.count % 4) % 4)
    }

    private static func file(
        bits: Int,
        compression: UInt32 = 0,
        isTopDown: Bool = false,
        colours: Int = 0,
        rest: [UInt8] = [],
        _ pixels: [UInt8]
    ) -> [UInt8] {
        let height = Int32(isTopDown ? -FourCorners.height : FourCorners.height)
        let words: [Int32] = [
            Int32(40 + rest.count), Int32(FourCorners.width), height, Int32(1 | bits << 16), Int32(compression),
            Int32(pixels.count), 2835, 2835, Int32(colours), 0,
        ]
        let header: [UInt8] = words.flatMap { word -> [UInt8] in .little(word) }
        let palette: [UInt8] = FourCorners.colours[..<colours].flatMap { colour -> [UInt8] in colour.reversed() + [0] }
        return framed(header + rest + palette, pixels)
    }

    private static func framed(_ header: [UInt8], _ pixels: [UInt8]) -> [UInt8] {
        let offset = UInt32(14 + header.count)
        return Array("BM".utf8) + .little(offset + UInt32(pixels.count), UInt32(0), offset) + header + pixels
    }
}
