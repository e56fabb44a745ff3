// SPDX-License-Identifier: MIT
import LibraryModel

/// Unpacks the runs of a bitmap, RLE8 and RLE4 of Microsoft's “Bitmap Compression”, row by row from the bottom.
///
/// What the runs leave out has colour 0. What they write beyond the end of a row falls off.
struct BMPRuns {
    private var rest: ArraySlice<UInt8>
    private let bits: Int
    private let width: Int

    private var row: [UInt8]
    private var x = 0

    /// Rows that have nothing, before the one where `x` is.
    private var skipped = 0
    private var hasEnded = false

    init(_ bytes: ArraySlice<UInt8>, bits: Int, width: Int) {
        (rest, self.bits, self.width) = (bytes, bits, width)
        row = [UInt8](repeating: 0, count: width)
    }

    /// The numbers of the colours of the next row.
    mutating func nextRow() throws(Finding) -> [UInt8] {
        for index in row.indices { row[index] = 0 }
        guard skipped == 0 else {
            skipped -= 1
            return row
        }
        while !hasEnded {
            let (count, value) = (try byte(), try byte())
            if count > 0 {
                for index in 0..<Int(count) { put(bits == 8 ? value : index % 2 == 0 ? value >> 4 : value & 15) }
                continue
            }
            switch value {
            case 0:
                x = 0
                return row
            case 1: hasEnded = true
            case 2:
                x += Int(try byte())
                let down = Int(try byte())
                if down > 0 {
                    skipped = down - 1
                    return row
                }
            default: try putLiterally(Int(value))
            }
        }
        return row
    }

    /// Pixels without a run, filled up to a multiple of two bytes.
    private mutating func putLiterally(_ count: Int) throws(Finding) {
        let length = bits == 8 ? count : (count + 1) / 2
        for index in 0..<length {
            let value = try byte()
            if bits == 8 {
                put(value)
            } else {
                put(value >> 4)
                if index * 2 + 1 < count { put(value & 15) }
            }
        }
        if length % 2 == 1 { _ = try byte() }
    }

    private mutating func put(_ index: UInt8) {
        if x < width { row[x] = index }
        x += 1
    }

    private mutating func byte() throws(Finding) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .undecodable("it is cut short") }
        return byte
    }
}
