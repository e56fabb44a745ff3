// SPDX-License-Identifier: MIT
import CPNG
import Glibc
import LibraryModel

/// Decodes PNG of every kind to eight bits and sRGB.
struct PNGDecoder: PictureDecoder {
    let width: Int
    let height: Int
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        (width, height) = try Self.reading(bytes) { image throws(Finding) in
            (Int(image.pointee.width), Int(image.pointee.height))
        }
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        try Self.reading(bytes) { image throws(Finding) -> Canvas in
            let canvas = try Canvas(width: width, height: height)
            // Without a word on gamma, deep pictures are sRGB like all others, not linear as libpng has it.
            image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
            image.pointee.format = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA | PNG_FORMAT_FLAG_BGR
            let isRead = png_image_finish_read(image, nil, canvas.pixels.baseAddress, Int32(canvas.stride), nil) != 0
            guard isRead else { throw Self.damage(image) }
            return canvas
        }
    }

    func verify() throws(Finding) {
        guard hasEnd else { throw Finding(.imageCorrupt, "does not decode: it ends before its last chunk") }
        try Self.reading(bytes) { image throws(Finding) in
            // As it is stored, but for palettes and depth: nothing is converted that need not be.
            image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
            image.pointee.format &= PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA
            let rowLength = width * (Int(image.pointee.format) + 1)
            guard let pixels = malloc(rowLength * height) else { throw Canvas.outOfMemory }
            defer { free(pixels) }
            let isRead = png_image_finish_read(image, nil, pixels, Int32(rowLength), nil) != 0
            guard isRead, !Self.hasWarnedOfDamage(image) else { throw Self.damage(image) }
        }
    }

    /// Whether the chunks follow each other up to the last one, which libpng does not look at.
    private var hasEnd: Bool {
        var rest = bytes.dropFirst(8)
        while rest.count >= 12 {
            if rest.has("IEND", at: 4) { return true }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(12 + length)
        }
        return false
    }

    /// Whether libpng complained, of anything but a colour profile: many programs wrote those wrongly, so they say
    /// nothing of damage.
    private static func hasWarnedOfDamage(_ image: UnsafeMutablePointer<png_image>) -> Bool {
        guard image.pointee.warning_or_error != 0 else { return false }
        let message = message(of: image)
        let isOfColours = ["iCCP", "sRGB", "gAMA", "cHRM"].contains { message.hasPrefix($0) }
        return !isOfColours || message.contains("CRC")
    }

    /// Opens the picture for the time of `body`; libpng keeps both addresses between its calls.
    private static func reading<Result>(
        _ bytes: [UInt8],
        _ body: (UnsafeMutablePointer<png_image>) throws(Finding) -> Result
    ) throws(Finding) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(Finding) -> Result in
            var image = png_image()
            image.version = UInt32(PNG_IMAGE_VERSION)
            return try withUnsafeMutablePointer(to: &image) { image throws(Finding) -> Result in
                defer { png_image_free(image) }
                guard png_image_begin_read_from_memory(image, bytes.baseAddress, bytes.count) != 0 else {
                    throw damage(image)
                }
                return try body(image)
            }
        }
    }

    private static func damage(_ image: UnsafeMutablePointer<png_image>) -> Finding {
        .undecodable(message(of: image))
    }

    private static func message(of image: UnsafeMutablePointer<png_image>) -> String {
        withUnsafeBytes(of: image.pointee.message) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
