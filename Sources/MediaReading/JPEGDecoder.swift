// SPDX-License-Identifier: MIT
import CTurboJPEG
import Glibc
import LibraryModel

/// Decodes JPEG, scaled down within the DCT: an eighth of the size costs little more than reading the file.
struct JPEGDecoder: PictureDecoder {
    let width: Int
    let height: Int
    private let bytes: [UInt8]
    private let header: JPEGHeader
    private let isCMYK: Bool

    /// Bytes that libjpeg takes for tables and rows, for each pixel of the width.
    private static let rows = 256

    init(_ bytes: [UInt8]) throws(Finding) {
        self.bytes = bytes
        header = JPEGHeader(bytes)
        let jpeg = try Handle()
        var (width, height, subsampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard
            tjDecompressHeader3(jpeg.handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &space) == 0
                || jpeg.hasOnlyWarned
        else { throw jpeg.damage }
        (self.width, self.height) = (Int(width), Int(height))
        isCMYK = space == TJCS_CMYK.rawValue || space == TJCS_YCCK.rawValue
    }

    var orientation: Orientation { header.orientation }

    func memory(reducingTo size: (width: Int, height: Int)?) -> Int {
        let scaled = reduced(atLeast: size ?? (1, 1))
        return header.coefficients + width * Self.rows + scaled.width * scaled.height * 4
    }

    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        let jpeg = try Handle()
        let scaled = reduced(atLeast: size)
        let canvas = try Canvas(width: scaled.width, height: scaled.height)
        let status = tjDecompress2(
            jpeg.handle,
            bytes,
            UInt(bytes.count),
            canvas.pixels.baseAddress?.assumingMemoryBound(to: UInt8.self),
            Int32(scaled.width),
            Int32(canvas.stride),
            Int32(scaled.height),
            Int32(isCMYK ? TJPF_CMYK.rawValue : TJPF_BGRA.rawValue),
            TJFLAG_LIMITSCANS
        )
        guard status == 0 || jpeg.hasOnlyWarned else { throw jpeg.damage }
        if isCMYK { Self.mixInks(canvas.pixels) }
        return canvas
    }

    /// Decodes in grey, at an eighth of the size: that leaves out what cannot fail.
    ///
    /// libjpeg undoes the entropy coding of every coefficient of every component, whatever becomes of it afterwards,
    /// and only there damage shows. So this finds the same as a decoding at full size, in a fraction of time and memory.
    func verify() throws(Finding) {
        let jpeg = try Handle()
        let scaled = reduced(atLeast: (1, 1))
        let pixelLength = isCMYK ? 4 : 1
        guard let pixels = malloc(scaled.width * scaled.height * pixelLength) else { throw Canvas.outOfMemory }
        defer { free(pixels) }
        let status = tjDecompress2(
            jpeg.handle,
            bytes,
            UInt(bytes.count),
            pixels.assumingMemoryBound(to: UInt8.self),
            Int32(scaled.width),
            Int32(scaled.width * pixelLength),
            Int32(scaled.height),
            Int32(isCMYK ? TJPF_CMYK.rawValue : TJPF_GRAY.rawValue),
            TJFLAG_LIMITSCANS
        )
        // A warning is as bad: of a file cut short the rest is painted grey.
        guard status == 0 else { throw jpeg.damage }
    }

    /// The smallest size that the decoder can make without falling below `size`.
    private func reduced(atLeast size: (width: Int, height: Int)) -> (width: Int, height: Int) {
        var count: Int32 = 0
        let factors = UnsafeBufferPointer(start: tjGetScalingFactors(&count), count: Int(count))
        let sizes = factors.filter { $0.num <= $0.denom }.map { factor in
            let (times, by) = (Int(factor.num), Int(factor.denom))
            return (width: (width * times + by - 1) / by, height: (height * times + by - 1) / by)
        }
        return sizes.filter { $0.width >= size.width && $0.height >= size.height }.min { $0.width < $1.width }
            ?? (width, height)
    }

    /// Turns inks into light, in place.
    ///
    /// JPEGs with four inks are stored inverted, 255 for no ink, with an Adobe marker or without: Photoshop began it, and
    /// every program since has taken it so, though no specification says it.
    private static func mixInks(_ pixels: UnsafeMutableRawBufferPointer) {
        for start in stride(from: 0, to: pixels.count - 3, by: 4) {
            let black = Int(pixels[start + 3])
            let (red, green, blue) = (pixels[start], pixels[start + 1], pixels[start + 2])
            pixels[start] = UInt8(Int(blue) * black / 255)
            pixels[start + 1] = UInt8(Int(green) * black / 255)
            pixels[start + 2] = UInt8(Int(red) * black / 255)
            pixels[start + 3] = 255
        }
    }
}

/// A decompressor of libjpeg-turbo.
private final class Handle {
    let handle: tjhandle

    init() throws(Finding) {
        guard let handle = tjInitDecompress() else { throw Canvas.outOfMemory }
        self.handle = handle
    }

    deinit {
        tjDestroy(handle)
    }

    private var message: String { String(sentence: tjGetErrorStr2(handle)) }

    /// Whether the last call did its work and complained of something that does not show in the picture.
    var hasOnlyWarned: Bool {
        guard tjGetErrorCode(handle) == TJERR_WARNING.rawValue else { return false }
        let text = message
        return text.contains("extraneous bytes") || !(text.hasPrefix("Corrupt") || text.hasPrefix("Premature"))
    }

    var damage: Finding { .undecodable(message) }
}
