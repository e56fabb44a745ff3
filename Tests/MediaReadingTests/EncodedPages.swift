// SPDX-License-Identifier: MIT
import CTurboJPEG
import CWebP
import Support

// Pages of a gradient, dark at the left and red at the right, as the libraries themselves encode them.

func gradient(width: Int, height: Int) -> [UInt8] {
    (0..<height).flatMap { y in
        (0..<width).flatMap { x in [UInt8(x * 255 / width), UInt8(y * 255 / height), 128] }
    }
}

func jpeg(width: Int, height: Int) -> [UInt8] {
    compressed(gradient(width: width, height: height), width: width, height: height, format: TJPF_RGB)
}

func compressed(
    _ pixels: [UInt8],
    width: Int,
    height: Int,
    format: TJPF,
    sampling: TJSAMP = TJSAMP_444,
    flags: Int32 = 0
) -> [UInt8] {
    let compressor = tjInitCompress()
    defer { tjDestroy(compressor) }
    var start: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    tjCompress2(
        compressor,
        pixels,
        Int32(width),
        0,
        Int32(height),
        Int32(format.rawValue),
        &start,
        &count,
        Int32(sampling.rawValue),
        90,
        flags
    )
    defer { tjFree(start) }
    return Array(UnsafeBufferPointer(start: start, count: Int(count)))
}

func webp(width: Int, height: Int, isLossless: Bool = false, hasAlpha: Bool = false) -> [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    let pixels = gradient(width: width, height: height)
    let (wide, high) = (Int32(width), Int32(height))
    let count =
        if hasAlpha {
            // Four bytes a pixel, of which the last is how much is seen of it.
            WebPEncodeRGBA(pixels + pixels.prefix(width * height), wide, high, wide * 4, 90, &start)
        } else if isLossless {
            WebPEncodeLosslessRGB(pixels, wide, high, wide * 3, &start)
        } else {
            WebPEncodeRGB(pixels, wide, high, wide * 3, 90, &start)
        }
    defer { WebPFree(start) }
    return Array(UnsafeBufferPointer(start: start, count: count))
}

/// A whole bitmap whose pixels are a JPEG, as printers take them: compression 4.
var unknownBitmap: [UInt8] {
    var bytes = BMPWriter.direct(bits: 24)
    bytes[30] = 4
    return bytes
}
