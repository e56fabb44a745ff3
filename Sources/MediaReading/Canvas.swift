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
