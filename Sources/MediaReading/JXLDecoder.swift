// SPDX-License-Identifier: MIT
import CJXL
import LibraryModel

/// Decodes JPEG XL (ISO/IEC 18181); of an animation the first picture.
///
/// libjxl turns it as the file says. It works on this thread alone, since libjxl is given no others.
struct JXLDecoder: PictureDecoder {
    let width: Int
    let height: Int
    private let bytes: [UInt8]
    private let isPremultiplied: Bool
    private let extraChannels: Int
    private let isXYB: Bool

    /// Bytes for each pixel, as measured with libjxl 0.7: with colours alone; for each channel more; and because there is one,
    /// since libjxl then holds a picture of XYB colours, which are those of lossy ones, as a whole and in floating point.
    private static let (colours, extraChannel, wholeXYB) = (16, 5, 30)

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        var info = JxlBasicInfo()
        try Self.reading(bytes, until: JXL_DEC_BASIC_INFO) { decoder, _ throws(Finding) in
            guard JxlDecoderGetBasicInfo(decoder, &info) == JXL_DEC_SUCCESS else {
                throw .undecodable("it has no header")
            }
        }
        (width, height) = (Int(info.xsize), Int(info.ysize))
        isPremultiplied = info.alpha_premultiplied != 0
        extraChannels = Int(info.num_extra_channels)
        isXYB = info.uses_original_profile == 0
    }

    func memory(reducingTo size: (width: Int, height: Int)?) -> Int {
        let paper = size.map { Paper.memory(width: width, height: height, atLeast: $0) } ?? 0
        let whole = isXYB && extraChannels > 0 ? Self.wholeXYB : 0
        return width * height * (Self.colours + extraChannels * Self.extraChannel + whole) + paper
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        let sheet = Sheet(paper: try Paper(width: width, height: height, atLeast: size), isPremultiplied)
        try Self.decode(bytes, until: JXL_DEC_FULL_IMAGE, onto: sheet)
        return sheet.paper.taken()
    }

    /// Decodes the pictures of an animation one after the other, and lays them nowhere.
    func verify() throws(Finding) {
        try Self.decode(bytes, until: JXL_DEC_SUCCESS, onto: nil)
    }

    /// What libjxl's callback lays its pixels on.
    private final class Sheet {
        let paper: Paper
        let isPremultiplied: Bool

        init(paper: Paper, _ isPremultiplied: Bool) {
            (self.paper, self.isPremultiplied) = (paper, isPremultiplied)
        }
    }

    private static func decode(_ bytes: [UInt8], until end: JxlDecoderStatus, onto sheet: Sheet?) throws(Finding) {
        let opaque = sheet.map { Unmanaged.passUnretained($0).toOpaque() }
        try reading(bytes, until: end) { decoder, status throws(Finding) in
            if status == JXL_DEC_COLOR_ENCODING {
                var encoding = sRGB
                // Refused for pictures that carry another profile; their colours are taken as they are.
                _ = JxlDecoderSetPreferredColorProfile(decoder, &encoding)
            }
            guard status == JXL_DEC_NEED_IMAGE_OUT_BUFFER else { return }
            var format = JxlPixelFormat(
                num_channels: 4,
                data_type: JXL_TYPE_UINT8,
                endianness: JXL_NATIVE_ENDIAN,
                align: 0
            )
            let isSet = JxlDecoderSetImageOutCallback(
                decoder,
                &format,
                { opaque, x, y, count, pixels in
                    guard let opaque, let pixels else { return }
                    let sheet = Unmanaged<Sheet>.fromOpaque(opaque).takeUnretainedValue()
                    sheet.paper.lay(
                        pixels.assumingMemoryBound(to: UInt8.self),
                        count: count,
                        x: x,
                        y: y,
                        isPremultiplied: sheet.isPremultiplied
                    )
                },
                opaque
            )
            guard isSet == JXL_DEC_SUCCESS else { throw .undecodable("libjxl refuses its pixels") }
        }
        withExtendedLifetime(sheet) {}
    }

    /// Goes through the file up to an event, and calls `body` with each on the way.
    private static func reading(
        _ bytes: [UInt8],
        until end: JxlDecoderStatus,
        _ body: (OpaquePointer, JxlDecoderStatus) throws(Finding) -> Void
    ) throws(Finding) {
        guard let decoder = JxlDecoderCreate(nil) else { throw Canvas.outOfMemory }
        defer { JxlDecoderDestroy(decoder) }
        var events = JXL_DEC_BASIC_INFO.rawValue
        if end != JXL_DEC_BASIC_INFO { events |= JXL_DEC_COLOR_ENCODING.rawValue | JXL_DEC_FULL_IMAGE.rawValue }
        try bytes.withUnsafeBufferPointer { bytes throws(Finding) in
            guard JxlDecoderSubscribeEvents(decoder, Int32(events)) == JXL_DEC_SUCCESS,
                JxlDecoderSetInput(decoder, bytes.baseAddress, bytes.count) == JXL_DEC_SUCCESS
            else { throw Canvas.outOfMemory }
            JxlDecoderCloseInput(decoder)
            while true {
                let status = JxlDecoderProcessInput(decoder)
                if status == JXL_DEC_ERROR { throw .undecodable("its bytes make no sense") }
                if status == JXL_DEC_NEED_MORE_INPUT { throw .undecodable("it is cut short") }
                try body(decoder, status)
                if status == end { return }
                if status == JXL_DEC_SUCCESS { throw .undecodable("it ends without a picture") }
            }
        }
    }

    private static var sRGB: JxlColorEncoding {
        var encoding = JxlColorEncoding()
        encoding.color_space = JXL_COLOR_SPACE_RGB
        encoding.white_point = JXL_WHITE_POINT_D65
        encoding.primaries = JXL_PRIMARIES_SRGB
        encoding.transfer_function = JXL_TRANSFER_FUNCTION_SRGB
        encoding.rendering_intent = JXL_RENDERING_INTENT_RELATIVE
        return encoding
    }
}
