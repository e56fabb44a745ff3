// SPDX-License-Identifier: MIT
import CPNG
import Glibc
import LibraryModel

/// Decodes PNG of every kind (ISO/IEC 15948), row by row: interlaced or not, no more than a row is in memory.
struct PNGDecoder: PictureDecoder {
    let width: Int
    let height: Int
    let orientation: Orientation
    private let bytes: [UInt8]

    /// Bytes that a chunk may unpack to; colour profiles of printers take a few million.
    private static let chunkSize = 32 << 20

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        (width, height, orientation) = try Self.reading(bytes) { reader throws(Finding) in
            let (png, info) = (reader.pointee.png, reader.pointee.info)
            var exif: (bytes: png_bytep?, count: UInt32) = (nil, 0)
            png_get_eXIf_1(png, info, &exif.count, &exif.bytes)
            return (
                Int(png_get_image_width(png, info)), Int(png_get_image_height(png, info)),
                Orientation(exif: Array(UnsafeBufferPointer(start: exif.bytes, count: Int(exif.count)))[...])
            )
        }
    }

    func memory(reducingTo size: (width: Int, height: Int)?) -> Int {
        // Two rows of eight bytes a pixel within libpng, one of ours.
        let rows = width * 24 + 1 << 20
        return rows + (size.map { Paper.memory(width: width, height: height, atLeast: $0) } ?? 0)
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        let paper = try Paper(width: width, height: height, atLeast: size)
        try Self.reading(bytes) { reader throws(Finding) in
            try readRows(reader, converting: true) { row, columns, line, distance in
                paper.lay(row, count: columns.count, x: columns.start, y: line, distance: distance)
            }
        }
        return paper.taken()
    }

    func verify() throws(Finding) {
        try Self.reading(bytes) { reader throws(Finding) in
            try readRows(reader, converting: false) { _, _, _, _ in }
            guard cpng_end(reader) != 0, reader.pointee.warning.0 == 0 else { throw Self.damage(reader) }
        }
    }

    /// One of the smaller pictures that an interlaced one consists of: its first column and row, and how far apart they are.
    private struct Pass {
        let x: Int
        let y: Int
        let across: Int
        let down: Int

        static let whole = [Pass(x: 0, y: 0, across: 1, down: 1)]

        /// Adam7, section 8.2 of the specification.
        static let interlaced = [
            Pass(x: 0, y: 0, across: 8, down: 8), Pass(x: 4, y: 0, across: 8, down: 8),
            Pass(x: 0, y: 4, across: 4, down: 8), Pass(x: 2, y: 0, across: 4, down: 4),
            Pass(x: 0, y: 2, across: 2, down: 4), Pass(x: 1, y: 0, across: 2, down: 2),
            Pass(x: 0, y: 1, across: 1, down: 2),
        ]
    }

    /// Calls `body` with every row, the columns and the line it belongs to, and the distance of its pixels.
    private func readRows(
        _ reader: UnsafeMutablePointer<cpng_reader>,
        converting: Bool,
        _ body: (UnsafePointer<UInt8>, (start: Int, count: Int), Int, Int) -> Void
    ) throws(Finding) {
        guard cpng_begin(reader, converting ? 1 : 0) != 0 else { throw Self.damage(reader) }
        let (png, info) = (reader.pointee.png, reader.pointee.info)
        // A pixel more, which some of libpng's transformations write to.
        guard let row = malloc(Int(png_get_rowbytes(png, info)) + 8)?.assumingMemoryBound(to: UInt8.self) else {
            throw Canvas.outOfMemory
        }
        defer { free(row) }
        let isInterlaced = png_get_interlace_type(png, info) != UInt8(PNG_INTERLACE_NONE)
        for pass in isInterlaced ? Pass.interlaced : Pass.whole where pass.x < width {
            let count = (width - pass.x + pass.across - 1) / pass.across
            for line in stride(from: pass.y, to: height, by: pass.down) {
                guard cpng_read_row(reader, row) != 0 else { throw Self.damage(reader) }
                body(row, (pass.x, count), line, pass.across)
            }
        }
    }

    /// Opens the picture for the time of `body`; libpng keeps the addresses between its calls.
    private static func reading<Result>(
        _ bytes: [UInt8],
        _ body: (UnsafeMutablePointer<cpng_reader>) throws(Finding) -> Result
    ) throws(Finding) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(Finding) -> Result in
            var reader = cpng_reader()
            return try withUnsafeMutablePointer(to: &reader) { reader throws(Finding) -> Result in
                defer { cpng_close(reader) }
                guard cpng_open(reader, bytes.baseAddress, bytes.count, chunkSize) != 0 else { throw damage(reader) }
                return try body(reader)
            }
        }
    }

    /// The error, or else the warning that counts as one.
    private static func damage(_ reader: UnsafeMutablePointer<cpng_reader>) -> Finding {
        let hasError = reader.pointee.error.0 != 0
        let message =
            hasError
            ? withUnsafeBytes(of: reader.pointee.error, text) : withUnsafeBytes(of: reader.pointee.warning, text)
        return .undecodable(message)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
