// SPDX-License-Identifier: MIT

/// The chunks of a WebP file (RFC 9649, section 2), as far as libwebp's decoder leaves them to others.
struct WebPContainer {
    /// A picture of an animation, and where on the canvas it lies.
    struct Frame {
        let x: Int
        let y: Int
        let width: Int
        let height: Int

        /// The chunks of its pixels, which libwebp decodes without a header of a file before them.
        let chunks: ArraySlice<UInt8>
    }

    /// The pictures of an animation, in order; none where the file is a still picture.
    private(set) var frames: [Frame] = []

    private(set) var orientation = Orientation.upright

    /// Whether the file ends before its last chunk does.
    private(set) var isCutShort = false

    /// Bytes of a frame's chunk before its pixels.
    private static let frameHeader = 16

    init(_ bytes: [UInt8]) {
        var rest = bytes.dropFirst(12)
        while rest.count >= 8 {
            let length = Int(rest.number(at: 4, width: 4))
            guard length <= rest.count - 8 else {
                isCutShort = true
                return
            }
            let contents = rest.dropFirst(8).prefix(length)
            if rest.has("ANMF"), length > Self.frameHeader { frames.append(Self.frame(contents)) }
            if rest.has("EXIF") { orientation = Orientation(exif: contents) }
            rest = rest.dropFirst(8 + length + length % 2)
        }
    }

    private static func frame(_ contents: ArraySlice<UInt8>) -> Frame {
        Frame(
            x: Int(contents.number(at: 0, width: 3)) * 2,
            y: Int(contents.number(at: 3, width: 3)) * 2,
            width: Int(contents.number(at: 6, width: 3)) + 1,
            height: Int(contents.number(at: 9, width: 3)) + 1,
            chunks: contents.dropFirst(frameHeader)
        )
    }
}
