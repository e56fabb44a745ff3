// SPDX-License-Identifier: MIT
import CHEIF
import LibraryModel

/// Decodes HEIF (ISO/IEC 23008-12), which holds pictures of AVIF and HEIC.
///
/// libheif turns, mirrors and crops as the file says, and knows no rows: the whole picture is in memory, more than once.
struct HEIFDecoder: PictureDecoder {
    let width: Int
    let height: Int
    private let bytes: [UInt8]
    private let depth: Int
    private let hasAlpha: Bool

    /// Bytes for each pixel, as measured with libheif 1.15 and dav1d 1.0.
    ///
    /// They are the codec's frame, libheif's copy of it, and four of red, green, blue and alpha; more than eight bits take
    /// two bytes for each sample.
    private static let (shallow, deep, alpha) = (10, 16, 2)

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        (width, height, depth, hasAlpha) = try Self.reading(bytes) { handle throws(Finding) in
            (
                Int(heif_image_handle_get_width(handle)), Int(heif_image_handle_get_height(handle)),
                Int(heif_image_handle_get_luma_bits_per_pixel(handle)),
                heif_image_handle_has_alpha_channel(handle) != 0
            )
        }
    }

    /// Loads the codecs, which may be files.
    static func prepare() {
        _ = heif_init(nil)
    }

    func memory(reducingTo size: (width: Int, height: Int)?) -> Int {
        let perPixel = (depth > 8 ? Self.deep : Self.shallow) + (hasAlpha ? Self.alpha : 0)
        let paper = size.map { Paper.memory(width: width, height: height, atLeast: $0) } ?? 0
        return width * height * perPixel + paper
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        let paper = try Paper(width: width, height: height, atLeast: size)
        try decode(isStrict: false) { pixels, stride, isPremultiplied in
            for line in 0..<height {
                paper.lay(pixels + line * stride, count: width, x: 0, y: line, isPremultiplied: isPremultiplied)
            }
        }
        return paper.taken()
    }

    func verify() throws(Finding) {
        try decode(isStrict: true) { _, _, _ in }
    }

    /// Calls `body` with the pixels, red, green, blue and alpha, and the bytes from one row to the next.
    private func decode(
        isStrict: Bool,
        _ body: (UnsafePointer<UInt8>, _ stride: Int, _ isPremultiplied: Bool) -> Void
    ) throws(Finding) {
        try Self.reading(bytes) { handle throws(Finding) in
            guard let options = heif_decoding_options_alloc() else { throw Canvas.outOfMemory }
            defer { heif_decoding_options_free(options) }
            options.pointee.convert_hdr_to_8bit = 1
            options.pointee.strict_decoding = isStrict ? 1 : 0
            var image: OpaquePointer?
            defer { heif_image_release(image) }
            try Self.check(
                heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, options)
            )
            var stride: Int32 = 0
            guard let pixels = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride) else {
                throw .undecodable("it has no pixels")
            }
            guard Int(heif_image_get_width(image, heif_channel_interleaved)) == width,
                Int(heif_image_get_height(image, heif_channel_interleaved)) == height
            else { throw .undecodable("it is not as large as its header says") }
            body(pixels, Int(stride), heif_image_handle_is_premultiplied_alpha(handle) != 0)
        }
    }

    /// Opens the file's main picture for the time of `body`; libheif keeps the address of the bytes.
    private static func reading<Result>(
        _ bytes: [UInt8],
        _ body: (OpaquePointer) throws(Finding) -> Result
    ) throws(Finding) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(Finding) -> Result in
            guard let context = heif_context_alloc() else { throw Canvas.outOfMemory }
            defer { heif_context_free(context) }
            heif_context_set_maximum_image_size_limit(context, Int32(PictureLimits.side))
            heif_context_set_max_decoding_threads(context, 0)
            try check(heif_context_read_from_memory_without_copy(context, bytes.baseAddress, bytes.count, nil))
            var handle: OpaquePointer?
            defer { heif_image_handle_release(handle) }
            try check(heif_context_get_primary_image_handle(context, &handle))
            guard let handle else { throw .undecodable("it has no main picture") }
            return try body(handle)
        }
    }

    private static func check(_ error: heif_error) throws(Finding) {
        guard error.code != heif_error_Ok else { return }
        let message = error.message.map { String(sentence: $0) } ?? "error \(error.code.rawValue) of libheif"
        if error.subcode == heif_suberror_Security_limit_exceeded {
            throw Finding(.bomb, "is larger than libheif decodes: \(message)")
        }
        if error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype {
            throw Finding(.unsupportedFormat, "is not decoded: \(message)")
        }
        throw .undecodable(message)
    }
}
