// SPDX-License-Identifier: MIT
import CWebP
import LibraryModel

/// Decodes WebP straight to the size that is wanted.
struct WebPDecoder: PictureDecoder {
    let width: Int
    let height: Int
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        var features = WebPBitstreamFeatures()
        let status = WebPGetFeatures(bytes, bytes.count, &features)
        guard status == VP8_STATUS_OK else { throw Self.damage(status) }
        guard features.has_animation == 0 else {
            throw Finding(.unsupportedFormat, "is an animated WebP picture, which this version does not decode")
        }
        (width, height) = (Int(features.width), Int(features.height))
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        var config = WebPDecoderConfig()
        let canvas = try Canvas(width: size.width, height: size.height)
        guard WebPInitDecoderConfig(&config) != 0 else { throw Self.damage(VP8_STATUS_INVALID_PARAM) }
        config.options.use_scaling = 1
        config.options.scaled_width = Int32(size.width)
        config.options.scaled_height = Int32(size.height)
        config.output.colorspace = MODE_BGRA
        config.output.is_external_memory = 1
        config.output.u.RGBA.rgba = canvas.pixels.baseAddress?.assumingMemoryBound(to: UInt8.self)
        config.output.u.RGBA.stride = Int32(canvas.stride)
        config.output.u.RGBA.size = canvas.pixels.count
        defer { WebPFreeDecBuffer(&config.output) }
        let status = WebPDecode(bytes, bytes.count, &config)
        guard status == VP8_STATUS_OK else { throw Self.damage(status) }
        return canvas
    }

    /// Decodes to an eighth of the size: libwebp reads every bit all the same, and scales row by row.
    func verify() throws(Finding) {
        _ = try decoded(atLeast: (max(1, width / 8), max(1, height / 8)))
    }

    private static func damage(_ status: VP8StatusCode) -> Finding {
        let reasons = [
            VP8_STATUS_BITSTREAM_ERROR: "its bytes make no sense", VP8_STATUS_NOT_ENOUGH_DATA: "it is cut short",
            VP8_STATUS_OUT_OF_MEMORY: "it needs too much memory",
        ]
        return .undecodable(reasons[status] ?? "error \(status.rawValue) of libwebp")
    }
}
