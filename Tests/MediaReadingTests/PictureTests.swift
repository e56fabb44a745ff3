// SPDX-License-Identifier: MIT
import CTurboJPEG
import LibraryModel
import MediaReading
import Support
import SystemPackage
import Testing

@Suite("Pictures of every format are shown as they were meant")
struct PictureTests {
    /// Looks at a picture at full size, reduced, and as a page that is checked.
    private func look(at bytes: [UInt8], corners: String, width: Int = 80, height: Int = 120) throws {
        // The extension lies on purpose.
        let comic = ZipWriter.archive([ZipWriter.Entry("page.jpg", bytes)])
        for (settings, by) in [(ThumbnailSettings(), 1), (ThumbnailSettings(size: .scale(0.25)), 4)] {
            let made = try thumbnail(of: comic, settings)
            #expect(made.outcome == .thumbnail(width: width / by, height: height / by, findings: []))
            #expect(DecodedThumbnail(made.webp)?.corners == corners)
        }
        let analysis = try pages(of: comic)
        #expect(analysis.findings == [] && analysis.decoded == 1)
        #expect(analysis.typical == PageAnalysis.Size(width: width, height: height))
    }

    @Test(arguments: PictureFixture.written)
    func `what we write is shown`(fixture: PictureFixture) throws {
        try look(at: fixture.bytes, corners: fixture.corners)
    }

    @Test func `what the runs of a bitmap leave out has its first colour`() throws {
        try look(at: BMPWriter.steps(), corners: "rrrr")
    }

    @Test(arguments: PictureFixture.written)
    func `ImageMagick finds what we write of the same size`(fixture: PictureFixture) throws {
        guard let identify = Judge("identify") else { return }
        let directory = try TemporaryDirectory()
        try directory.write("p", fixture.bytes)
        let answer = try identify.run(["-format", "%m %w %h\n", "p[0]"], in: directory.path)
        let format = fixture.testDescription.prefix { $0.isLetter }
        #expect(
            answer?.hasPrefix("\(format)") == true && answer?.hasSuffix(" 80 120\n") == true,
            "\(answer ?? "nothing")"
        )
    }

    @Test(arguments: [
        ("cjxl", ["in.png", "out", "-d", "1"], "rgby"), ("cjxl", ["in.png", "out", "-d", "0"], "rgby"),
        ("cjxl", ["in.png", "out", "-d", "1", "-p", "--container=1"], "rgby"),
        ("avifenc", ["-s", "9", "in.png", "out"], "rgby"),
        ("avifenc", ["-s", "9", "-d", "10", "in.png", "out"], "rgby"),
        ("avifenc", ["-s", "9", "-y", "444", "-l", "in.png", "out"], "rgby"),
        ("heif-enc", ["-A", "in.png", "-o", "out"], "rgby"), ("heif-enc", ["in.png", "-o", "out"], "rgby"),
        ("heif-enc", ["-L", "in.png", "-o", "out"], "rgby"),
        ("cwebp", ["in.png", "-o", "out"], "rgby"), ("cwebp", ["-lossless", "in.png", "-o", "out"], "rgby"),
        ("convert", ["in.png", "-interlace", "GIF", "gif:out"], "rgby"), ("convert", ["in.png", "gif:out"], "rgby"),
        ("convert", ["in.png", "bmp:out"], "rgby"),
        ("convert", ["in.png", "-type", "Palette", "-compress", "RLE", "bmp3:out"], "rgby"),
        ("convert", ["in.png", "-colorspace", "CMYK", "jpg:out"], "rgby"),
        ("convert", ["in.png", "-interlace", "JPEG", "jpg:out"], "rgby"),
        ("convert", ["in.png", "-interlace", "PNG", "png:out"], "rgby"),
        ("convert", ["in.png", "-depth", "16", "png48:out"], "rgby"),
    ])
    func `what other programs make is shown`(program: String, words: [String], corners: String) throws {
        guard let bytes = try PictureFixture.made(by: program, words) else { return }
        try look(at: bytes, corners: corners)
    }

    @Test(arguments: [
        ("cjxl", ["in.png", "out", "-d", "1"]), ("cjxl", ["in.png", "out", "-d", "0"]),
        ("avifenc", ["-s", "9", "in.png", "out"]), ("avifenc", ["-s", "9", "-p", "in.png", "out"]),
        ("heif-enc", ["in.png", "-o", "out"]), ("cwebp", ["in.png", "-o", "out"]),
        ("cwebp", ["-lossless", "in.png", "-o", "out"]), ("convert", ["in.png", "bmp:out"]),
        ("convert", ["in.png", "gif:out"]),
    ])
    func `what is transparent is white`(program: String, words: [String]) throws {
        let source = PNGWriter(colorType: 6).picture { x, y in
            FourCorners.index(x: x, y: y) == 3 ? [0, 0, 0, 0] : FourCorners.rgb(x: x, y: y).map(Int.init) + [255]
        }
        guard let bytes = try PictureFixture.made(by: program, words, of: source) else { return }
        try look(at: bytes, corners: "rgbw")
    }

    /// What is shown of a picture stored as “rgby”, by the table of tag 274 in the Exif specification.
    private static let orientations = ["rgby", "gryb", "ybgr", "byrg", "rbgy", "bryg", "ygbr", "gyrb"]

    @Test(arguments: 1...8, [false, true])
    func `a JPEG is turned as its camera says`(orientation: Int, isLittle: Bool) throws {
        let stored = compressed(FourCorners.rgb, width: 80, height: 120, format: TJPF_RGB)
        let page = PictureFixture.turned(stored, UInt8(orientation), isLittle: isLittle)
        let (width, height) = orientation < 5 ? (80, 120) : (120, 80)
        try look(at: page, corners: Self.orientations[orientation - 1], width: width, height: height)
        // ImageMagick turns it the same way.
        guard let convert = Judge("convert") else { return }
        let directory = try TemporaryDirectory()
        try directory.write("p.jpg", page)
        try #require(try convert.run(["p.jpg", "-auto-orient", "-strip", "turned.png"], in: directory.path) != nil)
        let turned = try OpenFile(reading: directory.path.appending("turned.png")).contents
        try look(at: turned, corners: Self.orientations[orientation - 1], width: width, height: height)
    }

    @Test(arguments: [0, 9, 255])
    func `an orientation that makes no sense turns nothing`(orientation: Int) throws {
        let stored = compressed(FourCorners.rgb, width: 80, height: 120, format: TJPF_RGB)
        try look(at: PictureFixture.turned(stored, UInt8(orientation), isLittle: true), corners: "rgby")
    }

    @Test(arguments: [3, 6, 8])
    func `PNG, WebP and JPEG XL are turned by their Exif data too`(orientation: Int) throws {
        let (width, height) = orientation < 5 ? (80, 120) : (120, 80)
        let corners = Self.orientations[orientation - 1]
        let exif = PictureFixture.exif(UInt8(orientation), isLittle: true)
        let png = PNGWriter(colorType: 2, chunks: [("eXIf", exif)]).picture {
            FourCorners.rgb(x: $0, y: $1).map(Int.init)
        }
        try look(at: png, corners: corners, width: width, height: height)
        let stored = compressed(FourCorners.rgb, width: 80, height: 120, format: TJPF_RGB)
        let jpeg = PictureFixture.turned(stored, UInt8(orientation), isLittle: true)
        if let jxl = try PictureFixture.made(by: "cjxl", ["in.png", "out"], of: jpeg) {
            try look(at: jxl, corners: corners, width: width, height: height)
        }
        guard let cwebp = Judge("cwebp"), let webpmux = Judge("webpmux") else { return }
        let directory = try TemporaryDirectory()
        try directory.write("in.png", FourCorners.png)
        try directory.write("exif", exif)
        try #require(try cwebp.run(["in.png", "-o", "in.webp"], in: directory.path) != nil)
        try #require(try webpmux.run(["-set", "exif", "exif", "in.webp", "-o", "out"], in: directory.path) != nil)
        let webp = try OpenFile(reading: directory.path.appending("out")).contents
        try look(at: webp, corners: corners, width: width, height: height)
    }

    @Test(arguments: [
        (["--irot", "1"], "gyrb", 120, 80), (["--irot", "2"], "ybgr", 80, 120), (["--imir", "1"], "gryb", 80, 120),
        (["--imir", "0"], "byrg", 80, 120),
    ])
    func `an AVIF is turned and mirrored as its boxes say`(
        words: [String],
        corners: String,
        width: Int,
        height: Int
    ) throws {
        let made = try PictureFixture.made(by: "avifenc", words + ["-s", "9", "in.png", "out"])
        guard let made else { return }
        try look(at: made, corners: corners, width: width, height: height)
    }

    @Test func `of an animated WebP the first picture is shown, where it lies on the canvas`() throws {
        guard let cwebp = Judge("cwebp"), let webpmux = Judge("webpmux"), let img2webp = Judge("img2webp") else {
            return
        }
        let directory = try TemporaryDirectory()
        try directory.write("1.png", FourCorners.png)
        try directory.write("2.png", PNGWriter(colorType: 2).picture { _, _ in [0, 0, 0] })
        let words = ["-lossy", "1.png", "-lossless", "2.png", "-o", "whole"]
        try #require(try img2webp.run(words, in: directory.path) != nil)
        try look(at: try OpenFile(reading: directory.path.appending("whole")).contents, corners: "rgby")
        try #require(try cwebp.run(["-lossless", "1.png", "-o", "1.webp"], in: directory.path) != nil)
        try #require(
            try cwebp.run(["-crop", "0", "0", "40", "60", "2.png", "-o", "2.webp"], in: directory.path) != nil
        )
        let frames = ["-frame", "2.webp", "+100+40+60", "-frame", "1.webp", "+100+0+0", "-o", "part"]
        try #require(try webpmux.run(frames, in: directory.path) != nil)
        try look(at: try OpenFile(reading: directory.path.appending("part")).contents, corners: "wwwk")
    }

    @Test func `strips and spreads keep their proportions, and nothing is enlarged`() throws {
        let sizes = [
            (100, 20_000, 3, 600), (2_000, 100, 400, 20), (30, 40, 30, 40), (1, 5_000, 1, 600), (800, 600, 400, 300),
        ]
        for (width, height, reducedWidth, reducedHeight) in sizes {
            let pages = [
                PNGWriter(colorType: 0).picture(width: width, height: height) { _, _ in [128] },
                compressed(
                    [UInt8](repeating: 9, count: width * height * 3),
                    width: width,
                    height: height,
                    format: TJPF_RGB
                ),
            ]
            for page in pages {
                let made = try thumbnail(of: ZipWriter.archive([ZipWriter.Entry("p.png", page)]))
                #expect(made.outcome == .thumbnail(width: reducedWidth, height: reducedHeight, findings: []))
            }
        }
    }

    @Test func `a JPEG of more than eight bits is of a kind that is not decoded`() throws {
        var page = compressed(FourCorners.rgb, width: 80, height: 120, format: TJPF_RGB)
        let frame = try #require(page.indices.first { page[$0] == 0xFF && page[$0 + 1] == 0xC0 })
        page[frame + 4] = 12
        let made = try thumbnail(of: ZipWriter.archive([ZipWriter.Entry("p.jpg", page)]))
        guard case .noThumbnail(let findings) = made.outcome else {
            Issue.record("made of twelve bits")
            return
        }
        #expect(findings.map(\.problem) == [.unsupportedFormat])
    }
}
