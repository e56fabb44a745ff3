// SPDX-License-Identifier: MIT
import CWebP
import LibraryModel

/// Pixels in memory, four bytes each in the order blue, green, red, alpha, as libwebp's encoder takes them.
final class Canvas {
    private var picture = WebPPicture()

    var width: Int { Int(picture.width) }
    var height: Int { Int(picture.height) }

    /// Bytes from one row to the next.
    var stride: Int { Int(picture.argb_stride) * 4 }

    init(width: Int, height: Int) throws(Finding) {
        guard WebPPictureInit(&picture) != 0 else { throw Self.outOfMemory }
        picture.use_argb = 1
        picture.width = Int32(width)
        picture.height = Int32(height)
        guard WebPPictureAlloc(&picture) != 0 else { throw Self.outOfMemory }
    }

    deinit {
        WebPPictureFree(&picture)
    }

    /// The rows, for a decoder to fill.
    var pixels: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: picture.argb, count: stride * height)
    }

    /// Brings the picture to a size.
    func rescale(width: Int, height: Int) throws(Finding) {
        guard width != self.width || height != self.height else { return }
        guard WebPPictureRescale(&picture, Int32(width), Int32(height)) != 0 else { throw Self.outOfMemory }
    }

    /// The picture as it is shown.
    func turned(_ orientation: Orientation) throws(Finding) -> Canvas {
        guard orientation != .upright else { return self }
        let size = orientation.shown(width: width, height: height)
        let turned = try Canvas(width: size.width, height: size.height)
        let (source, target) = (pixels, turned.pixels)
        for y in 0..<height {
            for x in 0..<width {
                let place = orientation.place(x: x, y: y, width: width, height: height)
                let pixel = source.loadUnaligned(fromByteOffset: y * stride + x * 4, as: UInt32.self)
                target.storeBytes(of: pixel, toByteOffset: place.y * turned.stride + place.x * 4, as: UInt32.self)
            }
        }
        return turned
    }

    /// The bytes that it takes to bring a canvas to a size, to turn it and to encode it.
    static func memory(encoding size: (width: Int, height: Int)) -> Int {
        size.width * size.height * 16
    }

    /// The picture on white paper, as lossy WebP.
    func encoded(_ settings: ThumbnailSettings) throws(Finding) -> [UInt8] {
        WebPBlendAlpha(&picture, 0xFF_FFFF)
        var config = WebPConfig()
        guard WebPConfigInit(&config) != 0 else { throw Self.outOfMemory }
        config.quality = Float(settings.quality)
        config.method = Int32(settings.effort)
        var writer = WebPMemoryWriter()
        WebPMemoryWriterInit(&writer)
        defer { WebPMemoryWriterClear(&writer) }
        let isEncoded = withUnsafeMutablePointer(to: &writer) { writer in
            picture.writer = WebPMemoryWrite
            picture.custom_ptr = UnsafeMutableRawPointer(writer)
            return WebPEncode(&config, &picture) != 0
        }
        guard isEncoded else {
            throw Finding(
                .imageCorrupt,
                "cannot be encoded: error \(picture.error_code.rawValue) of libwebp"
            )
        }
        return Array(UnsafeBufferPointer(start: writer.mem, count: writer.size))
    }

    static var outOfMemory: Finding {
        Finding(.tooLarge, "needs more memory than a worker has")
    }
}
