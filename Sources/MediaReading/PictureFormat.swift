// SPDX-License-Identifier: MIT
import LibraryModel

/// The formats that are decoded; a picture's is known by its first bytes, whatever its extension says.
enum PictureFormat {
    case jpeg, png, webP, gif, bmp, heif, jpegXL

    /// How many first bytes tell the format.
    static let headLength = 16

    /// Brands of ISO/IEC 23008-12 and of AVIF; other files of the same structure are videos.
    private static let brands: [StaticString] = [
        "avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "mif2", "msf1", "miaf",
    ]

    init?(_ head: ArraySlice<UInt8>) {
        let isContainer = head.has("ftyp", at: 4)
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.first == 0x89, head.has("PNG\r\n\u{1A}\n", at: 1) {
            self = .png
        } else if head.has("RIFF"), head.has("WEBP", at: 8) {
            self = .webP
        } else if head.has("GIF87a") || head.has("GIF89a") {
            self = .gif
        } else if isContainer, Self.brands.contains(where: { head.has($0, at: 8) }) {
            self = .heif
        } else if head.starts(with: [0xFF, 0x0A]) || head.starts(with: [0, 0, 0, 12]) && head.has("JXL ", at: 4) {
            self = .jpegXL
        } else if head.has("BM"), BMPHeader.isLikely(head) {
            self = .bmp
        } else {
            return nil
        }
    }

    /// Reads the header of a picture of this format.
    func decoder(for bytes: [UInt8]) throws(Finding) -> any PictureDecoder {
        switch self {
        case .jpeg: try JPEGDecoder(bytes)
        case .png: try PNGDecoder(bytes)
        case .webP: try WebPDecoder(bytes)
        case .gif: try GIFDecoder(bytes)
        case .bmp: try BMPDecoder(bytes)
        case .heif: try HEIFDecoder(bytes)
        case .jpegXL: try JXLDecoder(bytes)
        }
    }

    /// Sets up what the decoders share; to be called once, while there is one thread and files can still be opened.
    static func prepare() {
        HEIFDecoder.prepare()
    }
}
