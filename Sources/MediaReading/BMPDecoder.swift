// SPDX-License-Identifier: MIT
import LibraryModel

/// Decodes Windows bitmaps row by row: of 1 to 32 bits, in runs or not, from the top or from the bottom.
struct BMPDecoder: PictureDecoder {
    private let header: BMPHeader
    private let bytes: [UInt8]

    private static let black = Colour(red: 0, green: 0, blue: 0)

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        header = try BMPHeader(bytes)
    }

    var width: Int { header.width }
    var height: Int { header.height }

    func memory(reducingTo size: (width: Int, height: Int)?) -> Int {
        width * 5 + 1 << 20 + (size.map { Paper.memory(width: width, height: height, atLeast: $0) } ?? 0)
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        let paper = try Paper(width: width, height: height, atLeast: size)
        try readRows { row, line in paper.lay(row, count: width, x: 0, y: line) }
        return paper.taken()
    }

    func verify() throws(Finding) {
        try readRows { _, _ in }
    }

    /// Calls `body` with red, green, blue and alpha of each row, and its line from the top.
    private func readRows(_ body: ([UInt8], Int) -> Void) throws(Finding) {
        switch header.storage {
        case .runs(let bits):
            var runs = BMPRuns(bytes.dropFirst(header.offset), bits: bits, width: width)
            var row = [UInt8](repeating: 255, count: width * 4)
            for line in (0..<height).reversed() {
                let indices = try runs.nextRow()
                for x in 0..<width { paint(Int(indices[x]), x, &row) }
                body(row, line)
            }
        case .indexed(let bits): try readStoredRows(bits: bits, body)
        case .triples: try readStoredRows(bits: 24, body)
        case .masked(let bits, _): try readStoredRows(bits: bits, body)
        }
    }

    /// Rows of a fixed length, which is a multiple of four bytes.
    private func readStoredRows(bits: Int, _ body: ([UInt8], Int) -> Void) throws(Finding) {
        let length = (width * bits + 31) / 32 * 4
        // The last row may lack its padding.
        let need = header.offset + (height - 1) * length + (width * bits + 7) / 8
        guard bytes.count >= need else { throw .undecodable("it is cut short") }
        var row = [UInt8](repeating: 255, count: width * 4)
        for line in 0..<height {
            let stored = header.isTopDown ? line : height - 1 - line
            let start = header.offset + stored * length
            bytes.withUnsafeBufferPointer { convert($0[start..<min($0.count, start + length)], &row) }
            body(row, line)
        }
    }

    private func convert(_ stored: Slice<UnsafeBufferPointer<UInt8>>, _ row: inout [UInt8]) {
        let stored = UnsafeBufferPointer(rebasing: stored)
        switch header.storage {
        case .indexed(let bits), .runs(let bits):
            let (perByte, mask) = (8 / bits, 0xFF >> (8 - bits))
            for x in 0..<width {
                let shift = 8 - bits * (x % perByte + 1)
                paint(Int(stored[x / perByte]) >> shift & mask, x, &row)
            }
        case .triples:
            for x in 0..<width {
                for channel in 0..<3 { row[x * 4 + channel] = stored[x * 3 + 2 - channel] }
            }
        case .masked(let bits, let masks):
            let size = bits / 8
            for x in 0..<width {
                var word: UInt32 = 0
                for index in 0..<size { word |= UInt32(stored[x * size + index]) << UInt32(8 * index) }
                for channel in 0..<4 {
                    row[x * 4 + channel] = masks[channel].value(in: word, none: channel == 3 ? 255 : 0)
                }
            }
        }
    }

    /// A number beyond the palette is black, as viewers have it.
    private func paint(_ index: Int, _ x: Int, _ row: inout [UInt8]) {
        let colour = index < header.palette.count ? header.palette[index] : Self.black
        (row[x * 4], row[x * 4 + 1], row[x * 4 + 2]) = (colour.red, colour.green, colour.blue)
    }
}
