// SPDX-License-Identifier: MIT
import LibraryModel

/// A picture as it lies in a book, known by its first bytes, whatever its extension says.
struct EncodedPicture {
    let width: Int
    let height: Int

    private let decoder: any PictureDecoder

    private static let sideLimit = 30_000
    private static let pixelLimit = 120_000_000

    /// Reads the picture's header; throws where it is damaged, of a format that is not decoded, or a bomb.
    init(_ bytes: [UInt8]) throws(Finding) {
        decoder = try Self.decoder(for: bytes)
        (width, height) = (decoder.width, decoder.height)
        guard width > 0, height > 0 else { throw Finding(.imageCorrupt, "has no size") }
        guard max(width, height) <= Self.sideLimit, width * height <= Self.pixelLimit else {
            throw Finding(.bomb, "claims to be \(width) × \(height) pixels large")
        }
    }

    /// The pixels, reduced as far as the format can do it for nothing, but not below a size.
    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas {
        try decoder.decoded(atLeast: size)
    }

    /// Decodes every bit of the picture and keeps nothing; throws at whatever the decoder complains of.
    func verify() throws(Finding) {
        try decoder.verify()
    }

    /// Whether bytes begin as a picture of any format that is known here, decoded or not.
    static func isPicture(_ head: [UInt8]) -> Bool {
        head.starts(with: [0xFF, 0xD8, 0xFF]) || (head.dropFirst().has("PNG\r\n\u{1A}\n") && head[0] == 0x89)
            || (head[...].has("RIFF") && head[...].has("WEBP", at: 8)) || otherFormat(head[...]) != nil
    }

    private static func decoder(for bytes: [UInt8]) throws(Finding) -> any PictureDecoder {
        let head = bytes.prefix(16)
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return try JPEGDecoder(bytes) }
        if head.dropFirst().has("PNG\r\n\u{1A}\n"), head[0] == 0x89 { return try PNGDecoder(bytes) }
        if head.has("RIFF"), head.has("WEBP", at: 8) { return try WebPDecoder(bytes) }
        guard let name = otherFormat(head) else { throw Finding(.imageCorrupt, "is not a picture") }
        throw Finding(.unsupportedFormat, "is \(name) picture, which this version does not decode")
    }

    private static func otherFormat(_ head: ArraySlice<UInt8>) -> String? {
        if head.has("GIF8") { return "a GIF" }
        if head.has("BM") { return "a BMP" }
        if head.has("ftypavi", at: 4) { return "an AVIF" }
        if head.has("ftyp", at: 4) { return "a HEIF" }
        if head.starts(with: [0xFF, 0x0A]) || head.has("JXL ", at: 4) { return "a JPEG XL" }
        return nil
    }
}

/// Decodes one format; made of a whole picture, whose header it has read.
protocol PictureDecoder {
    var width: Int { get }
    var height: Int { get }

    /// The picture at full size or, where that is cheaper, a smaller one that is at least `size`.
    func decoded(atLeast size: (width: Int, height: Int)) throws(Finding) -> Canvas

    /// Decodes every bit of the picture and keeps nothing.
    ///
    /// Stricter than ``decoded(atLeast:)``: what a viewer passes over in silence counts as damage.
    func verify() throws(Finding)
}

extension Finding {
    /// What a decoder says of a picture; that it lacks memory is no fault of the picture's.
    static func undecodable(_ message: String) -> Finding {
        message.lowercased().contains("memory")
            ? Canvas.outOfMemory : Finding(.imageCorrupt, "does not decode: \(message)")
    }
}
