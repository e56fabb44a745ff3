// SPDX-License-Identifier: MIT
import CGIF
import Glibc
import LibraryModel

/// Decodes the first picture of a GIF (version 89a), row by row.
struct GIFDecoder: PictureDecoder {
    /// The logical screen; it grows to hold the first picture, as browsers have it.
    let width: Int
    let height: Int
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        let reader = try GIFReader(bytes)
        guard let frame = try reader.nextFrame() else { throw .undecodable("it has no pictures") }
        width = max(reader.screen.width, frame.x + frame.width)
        height = max(reader.screen.height, frame.y + frame.height)
    }

    func memory(reducingTo size: (width: Int, height: Int)?) -> Int {
        let rows = width * 8 + 1 << 20
        return rows + (size.map { Paper.memory(width: width, height: height, atLeast: $0) } ?? 0)
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        let paper = try Paper(width: width, height: height, atLeast: size)
        let reader = try GIFReader(bytes)
        guard let frame = try reader.nextFrame() else { throw .undecodable("it has no pictures") }
        var row = [UInt8](repeating: 0, count: frame.width * 4)
        try reader.readRows(of: frame) { indices, line in
            for (place, index) in indices.enumerated() {
                let colour = Int(index) < frame.colours.count ? frame.colours[Int(index)] : GIFReader.nothing
                (row[place * 4], row[place * 4 + 1]) = (colour.red, colour.green)
                (row[place * 4 + 2], row[place * 4 + 3]) = (colour.blue, colour.alpha)
            }
            paper.lay(row, count: frame.width, x: frame.x, y: frame.y + line)
        }
        return paper.taken()
    }

    /// Decodes the pictures of an animation one after the other, up to the trailer.
    func verify() throws(Finding) {
        let reader = try GIFReader(bytes)
        while let frame = try reader.nextFrame() {
            try PictureLimits.check(width: frame.width, height: frame.height)
            try reader.readRows(of: frame) { _, _ in }
        }
    }
}

/// A GIF that giflib reads from memory.
private final class GIFReader {
    struct Frame {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
        let isInterlaced: Bool
        let colours: [Colour]
    }

    /// What a number beyond the palette shows.
    static let nothing = Colour(red: 0, green: 0, blue: 0, alpha: 0)

    /// First line and distance of lines of the passes of an interlaced picture, appendix E of the specification.
    private static let passes = [(0, 8), (4, 8), (2, 4), (1, 2)]

    private let bytes: [UInt8]
    private var offset = 0
    private var file: UnsafeMutablePointer<GifFileType>?

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        var code: Int32 = 0
        file = DGifOpen(
            Unmanaged.passUnretained(self).toOpaque(),
            { file, target, count in
                guard let user = file?.pointee.UserData, let target else { return 0 }
                return Unmanaged<GIFReader>.fromOpaque(user).takeUnretainedValue().take(Int(count), target)
            },
            &code
        )
        guard file != nil else { throw Self.damage(code) }
    }

    deinit {
        var code: Int32 = 0
        if let file { DGifCloseFile(file, &code) }
    }

    var screen: (width: Int, height: Int) {
        (Int(file?.pointee.SWidth ?? 0), Int(file?.pointee.SHeight ?? 0))
    }

    /// Reads up to the pixels of the next picture; `nil` at the trailer.
    func nextFrame() throws(Finding) -> Frame? {
        var transparent = -1
        while true {
            var type = UNDEFINED_RECORD_TYPE
            try check(DGifGetRecordType(file, &type))
            switch type {
            case IMAGE_DESC_RECORD_TYPE:
                try check(DGifGetImageDesc(file))
                return try frame(transparent: transparent)
            case EXTENSION_RECORD_TYPE: transparent = try transparency() ?? transparent
            case TERMINATE_RECORD_TYPE: return nil
            default: throw .undecodable("it has a block of no kind")
            }
        }
    }

    /// Calls `body` with the colour numbers and the line of every row.
    func readRows(of frame: Frame, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Void) throws(Finding) {
        guard frame.width > 0, frame.height > 0 else { throw .undecodable("it has a picture without a size") }
        guard let row = malloc(frame.width)?.assumingMemoryBound(to: UInt8.self) else { throw Canvas.outOfMemory }
        defer { free(row) }
        for (start, distance) in frame.isInterlaced ? Self.passes : [(0, 1)] {
            for line in stride(from: start, to: frame.height, by: distance) {
                try check(DGifGetLine(file, row, Int32(frame.width)))
                body(UnsafeBufferPointer(start: row, count: frame.width), line)
            }
        }
    }

    private func frame(transparent: Int) throws(Finding) -> Frame {
        guard let image = file?.pointee.Image else { throw .undecodable("it has no pictures") }
        guard let map = image.ColorMap ?? file?.pointee.SColorMap else { throw .undecodable("it has no colours") }
        let colours = UnsafeBufferPointer(start: map.pointee.Colors, count: Int(map.pointee.ColorCount))
        return Frame(
            x: Int(image.Left),
            y: Int(image.Top),
            width: Int(image.Width),
            height: Int(image.Height),
            isInterlaced: image.Interlace,
            colours: colours.enumerated().map { index, colour in
                Colour(
                    red: colour.Red,
                    green: colour.Green,
                    blue: colour.Blue,
                    alpha: index == transparent ? 0 : 255
                )
            }
        )
    }

    /// Reads an extension; the number of the transparent colour, −1 for none, where it is a graphic control.
    private func transparency() throws(Finding) -> Int? {
        var (code, block): (Int32, UnsafeMutablePointer<GifByteType>?) = (0, nil)
        try check(DGifGetExtension(file, &code, &block))
        var found: Int?
        while let contents = block {
            var control = GraphicsControlBlock()
            // The first byte of a block is its length.
            if code == GRAPHICS_EXT_FUNC_CODE,
                DGifExtensionToGCB(Int(contents[0]), contents + 1, &control) == GIF_OK
            {
                found = Int(control.TransparentColor)
            }
            try check(DGifGetExtensionNext(file, &block))
        }
        return found
    }

    private func take(_ count: Int, _ target: UnsafeMutablePointer<GifByteType>) -> Int32 {
        let taken = min(count, bytes.count - offset)
        bytes.withUnsafeBufferPointer { bytes in
            if taken > 0, let base = bytes.baseAddress { target.update(from: base + offset, count: taken) }
        }
        offset += taken
        return Int32(taken)
    }

    private func check(_ status: Int32) throws(Finding) {
        guard status == GIF_OK else { throw Self.damage(file?.pointee.Error ?? 0) }
    }

    private static func damage(_ code: Int32) -> Finding {
        .undecodable(GifErrorString(code).map { String(sentence: $0) } ?? "error \(code) of giflib")
    }
}
