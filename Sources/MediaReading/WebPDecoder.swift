// SPDX-License-Identifier: MIT
import CWebP
import LibraryModel

/// Decodes WebP straight to the size that is wanted; of an animation the first picture.
struct WebPDecoder: PictureDecoder {
    let width: Int
    let height: Int
    private let bytes: [UInt8]
    private let features: WebPBitstreamFeatures
    private let container: WebPContainer

    /// `format` of libwebp's features.
    private static let lossless: Int32 = 2

    /// Bytes that libwebp takes for rows, for each pixel of the width.
    private static let rows = 256

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        var features = WebPBitstreamFeatures()
        let status = WebPGetFeatures(bytes, bytes.count, &features)
        guard status == VP8_STATUS_OK else { throw Self.damage(status) }
        container = WebPContainer(bytes)
        self.features = features
        (width, height) = (Int(features.width), Int(features.height))
        guard features.has_animation == 0 || !container.frames.isEmpty else {
            throw container.isCutShort ? Self.damage(VP8_STATUS_NOT_ENOUGH_DATA) : .undecodable("it has no pictures")
        }
    }

    var orientation: Orientation { container.orientation }

    /// Lossless pictures are decoded as a whole, and so is the alpha of lossy ones.
    func memory(reducingTo size: (width: Int, height: Int)?) -> Int {
        let isWhole = features.format == Self.lossless || features.has_animation != 0
        let perPixel = isWhole ? 4 : features.has_alpha != 0 ? 2 : 0
        let size = size ?? (width / 8, height / 8)
        return width * height * perPixel + width * Self.rows + size.width * size.height * 4
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        let canvas = try Canvas(width: size.width, height: size.height)
        guard features.has_animation != 0, let frame = container.frames.first else {
            try Self.decode(bytes[...], into: canvas.pixels, width: size.width, height: size.height, canvas.stride)
            return canvas
        }
        canvas.pixels.initializeMemory(as: UInt8.self, repeating: 0)
        let (left, right) = try Self.span(frame.x, frame.width, of: width, reducedTo: size.width)
        let (top, bottom) = try Self.span(frame.y, frame.height, of: height, reducedTo: size.height)
        let place = UnsafeMutableRawBufferPointer(rebasing: canvas.pixels[(top * canvas.stride + left * 4)...])
        try Self.decode(frame.chunks, into: place, width: right - left, height: bottom - top, canvas.stride)
        return canvas
    }

    /// Decodes to an eighth of the size: libwebp reads every bit all the same, and scales row by row.
    func verify() throws(Finding) {
        guard !container.isCutShort else { throw Self.damage(VP8_STATUS_NOT_ENOUGH_DATA) }
        guard features.has_animation != 0 else {
            _ = try decoded(atLeast: (max(1, width / 8), max(1, height / 8)))
            return
        }
        for frame in container.frames {
            let canvas = try Canvas(width: max(1, frame.width / 8), height: max(1, frame.height / 8))
            try Self.decode(
                frame.chunks,
                into: canvas.pixels,
                width: canvas.width,
                height: canvas.height,
                canvas.stride
            )
        }
    }

    /// The part of a reduced side that `length` from `start` on covers, at least one pixel.
    private static func span(
        _ start: Int,
        _ length: Int,
        of side: Int,
        reducedTo reduced: Int
    ) throws(Finding) -> (start: Int, end: Int) {
        guard start + length <= side else { throw .undecodable("its first picture is larger than the whole") }
        let first = min(start * reduced / side, reduced - 1)
        return (first, max(first + 1, (start + length) * reduced / side))
    }

    private static func decode(
        _ bytes: ArraySlice<UInt8>,
        into place: UnsafeMutableRawBufferPointer,
        width: Int,
        height: Int,
        _ stride: Int
    ) throws(Finding) {
        var config = WebPDecoderConfig()
        guard WebPInitDecoderConfig(&config) != 0 else { throw damage(VP8_STATUS_INVALID_PARAM) }
        config.options.use_scaling = 1
        config.options.scaled_width = Int32(width)
        config.options.scaled_height = Int32(height)
        config.output.colorspace = MODE_BGRA
        config.output.is_external_memory = 1
        config.output.u.RGBA.rgba = place.baseAddress?.assumingMemoryBound(to: UInt8.self)
        config.output.u.RGBA.stride = Int32(stride)
        config.output.u.RGBA.size = place.count
        defer { WebPFreeDecBuffer(&config.output) }
        let status = bytes.withUnsafeBufferPointer { WebPDecode($0.baseAddress, $0.count, &config) }
        guard status == VP8_STATUS_OK else { throw damage(status) }
    }

    private static func damage(_ status: VP8StatusCode) -> Finding {
        let reasons = [
            VP8_STATUS_BITSTREAM_ERROR: "its bytes make no sense", VP8_STATUS_NOT_ENOUGH_DATA: "it is cut short",
            VP8_STATUS_OUT_OF_MEMORY: "it needs too much memory",
        ]
        return .undecodable(reasons[status] ?? "error \(status.rawValue) of libwebp")
    }
}
