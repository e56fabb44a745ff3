// SPDX-License-Identifier: MIT
import CTurboJPEG
import Support
import SystemPackage
import Testing

@testable import MediaReading

/// A picture of four fields in some format, and the letters that its thumbnail shows; see `DecodedThumbnail.corners`.
struct PictureFixture: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    var corners = "rgby"

    init(_ name: String, _ bytes: [UInt8], corners: String = "rgby") {
        (testDescription, self.bytes, self.corners) = (name, bytes, corners)
    }

    /// Those that are written by us.
    static let written = bitmaps + gifs + pngs + jpegs

    private static let bitmaps: [PictureFixture] = {
        let fields: (UInt32, UInt32, UInt32) = (0x3F00_0000, 0x0003_F000, 0x0000_003F)
        return [
            PictureFixture("BMP, 1 bit", BMPWriter.indexed(bits: 1), corners: "rgrg"),
            PictureFixture("BMP, 4 bits", BMPWriter.indexed(bits: 4)),
            PictureFixture("BMP, 8 bits", BMPWriter.indexed(bits: 8)),
            PictureFixture("BMP, 8 bits, from the top", BMPWriter.indexed(bits: 8, isTopDown: true)),
            PictureFixture("BMP of OS/2", BMPWriter.core()),
            PictureFixture("BMP, RLE8", BMPWriter.runs(bits: 8)), PictureFixture("BMP, RLE4", BMPWriter.runs(bits: 4)),
            PictureFixture("BMP, 16 bits", BMPWriter.direct(bits: 16)),
            PictureFixture("BMP, 24 bits", BMPWriter.direct(bits: 24)),
            PictureFixture("BMP, 24 bits, from the top", BMPWriter.direct(bits: 24, isTopDown: true)),
            PictureFixture("BMP, 32 bits", BMPWriter.direct(bits: 32)),
            PictureFixture(
                "BMP, 5-6-5",
                BMPWriter.masked(bits: 16, [0xF800, 0x07E0, 0x001F, 0]) { colour, _ in
                    UInt32(colour[0] >> 3) << 11 | UInt32(colour[1] >> 2) << 5 | UInt32(colour[2] >> 3)
                }
            ),
            PictureFixture(
                "BMP, masks of six bits",
                BMPWriter.masked(bits: 32, [fields.0, fields.1, fields.2, 0]) { colour, _ in
                    UInt32(colour[0] >> 2) << 24 | UInt32(colour[1] >> 2) << 12 | UInt32(colour[2] >> 2)
                }
            ),
            PictureFixture(
                "BMP with alpha",
                BMPWriter.masked(bits: 32, [0xFF_0000, 0xFF00, 0xFF, 0xFF00_0000]) { colour, isLast in
                    colour.reduce(isLast ? 0 : 255) { $0 << 8 | UInt32($1) }
                },
                corners: "rgbw"
            ),
        ]
    }()

    private static let gifs: [PictureFixture] = {
        var (interlaced, clear, small, animated) = (GIFWriter(), GIFWriter(), GIFWriter(), GIFWriter())
        interlaced.isInterlaced = true
        clear.transparent = 2
        small.screen = (1, 1)
        animated.pictures = 3
        return [
            PictureFixture("GIF", GIFWriter().file()), PictureFixture("GIF, interlaced", interlaced.file()),
            PictureFixture("GIF with a transparent colour", clear.file(), corners: "rgwy"),
            PictureFixture("GIF with a screen smaller than its picture", small.file()),
            PictureFixture("GIF, animated", animated.file()),
        ]
    }()

    private static let pngs: [PictureFixture] = [false, true].flatMap { isInterlaced in
        let mark = isInterlaced ? ", interlaced" : ""
        let palette = ("PLTE", FourCorners.colours.flatMap(\.self))
        func png(
            _ type: UInt8,
            _ depth: UInt8,
            _ chunks: [(String, [UInt8])] = [],
            _ samples: (Int) -> [Int]
        ) -> [UInt8] {
            PNGWriter(colorType: type, depth: depth, isInterlaced: isInterlaced, chunks: chunks).picture { x, y in
                samples(Int(FourCorners.index(x: x, y: y)))
            }
        }
        let colours = FourCorners.colours.map { $0.map(Int.init) }
        return [
            PictureFixture("PNG, colour\(mark)", png(2, 8) { colours[$0] }),
            PictureFixture("PNG, deep colour\(mark)", png(2, 16) { colours[$0].map { $0 * 257 } }),
            PictureFixture("PNG, palette of 2 bits\(mark)", png(3, 2, [palette]) { [$0] }),
            PictureFixture("PNG, palette of 8 bits\(mark)", png(3, 8, [palette]) { [$0] }),
            PictureFixture(
                "PNG, palette with alpha\(mark)",
                png(3, 4, [palette, ("tRNS", [255, 0])]) { [$0] },
                corners: "rwby"
            ),
            PictureFixture(
                "PNG, colour with a transparent one\(mark)",
                png(2, 8, [("tRNS", [0, 0, 0, 255, 0, 0])]) { colours[$0] },
                corners: "rwby"
            ),
            PictureFixture("PNG, grey of 1 bit\(mark)", png(0, 1) { [$0 % 2] }, corners: "kwkw"),
            PictureFixture(
                "PNG, grey with a transparent one\(mark)",
                png(0, 8, [("tRNS", [0, 0])]) { [$0 == 3 ? 0 : 255 * ($0 % 2)] },
                corners: "wwww"
            ),
            PictureFixture(
                "PNG, grey with alpha\(mark)",
                png(4, 8) { [0, $0 == 3 ? 0 : 255] },
                corners: "kkkw"
            ),
            PictureFixture("PNG, alpha\(mark)", png(6, 8) { colours[$0] + [$0 == 0 ? 0 : 255] }, corners: "wgby"),
            PictureFixture(
                "PNG, deep alpha\(mark)",
                png(6, 16) { colours[$0].map { $0 * 257 } + [$0 == 3 ? 0 : 65_535] },
                corners: "rgbw"
            ),
        ]
    }

    private static let jpegs: [PictureFixture] = {
        func jpeg(_ format: TJPF, _ pixel: ([UInt8]) -> [UInt8], flags: Int32 = 0) -> [UInt8] {
            let pixels = (0..<FourCorners.height).flatMap { y in
                (0..<FourCorners.width).flatMap { x in pixel(FourCorners.rgb(x: x, y: y)) }
            }
            return compressed(
                pixels,
                width: FourCorners.width,
                height: FourCorners.height,
                format: format,
                flags: flags
            )
        }
        return [
            PictureFixture("JPEG", jpeg(TJPF_RGB, { $0 })),
            PictureFixture("JPEG, progressive", jpeg(TJPF_RGB, { $0 }, flags: TJFLAG_PROGRESSIVE)),
            PictureFixture("JPEG, grey", grey, corners: "kwkw"),
            // Inks as Adobe has them: 255 is none.
            PictureFixture("JPEG, YCCK", jpeg(TJPF_CMYK, { $0 + [255] })),
            PictureFixture("JPEG, YCCK, progressive", jpeg(TJPF_CMYK, { $0 + [255] }, flags: TJFLAG_PROGRESSIVE)),
            PictureFixture("JPEG, YCCK, all black", jpeg(TJPF_CMYK, { $0 + [0] }), corners: "kkkk"),
        ]
    }()

    private static var grey: [UInt8] {
        let pixels = (0..<(FourCorners.width * FourCorners.height)).map {
            $0 % FourCorners.width < FourCorners.width / 2 ? UInt8(0) : 255
        }
        return compressed(
            pixels,
            width: FourCorners.width,
            height: FourCorners.height,
            format: TJPF_GRAY,
            sampling: TJSAMP_GRAY
        )
    }

    /// One that another program makes of ``FourCorners/png``; `nil` where it is not installed.
    static func made(
        by program: String,
        _ words: [String],
        _ result: String = "out",
        of source: [UInt8]? = nil
    ) throws -> [UInt8]? {
        guard let program = Judge(program) else { return nil }
        let directory = try TemporaryDirectory()
        try directory.write("in.png", source ?? FourCorners.png)
        try #require(try program.run(words, in: directory.path) != nil, "the program refuses")
        return try OpenFile(reading: directory.path.appending(result)).contents
    }

    /// The picture with Exif data that says how it is turned, as a segment behind the start of a JPEG.
    static func turned(_ jpeg: [UInt8], _ orientation: UInt8, isLittle: Bool) -> [UInt8] {
        let exif = exif(orientation, isLittle: isLittle)
        return jpeg[..<2] + [0xFF, 0xE1, 0, UInt8(exif.count + 8)] + Array("Exif\0\0".utf8) + exif + jpeg[2...]
    }

    static func exif(_ orientation: UInt8, isLittle: Bool) -> [UInt8] {
        isLittle
            ? Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
            : Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
    }
}
