// SPDX-License-Identifier: MIT
import CTurboJPEG
import LibraryModel
import MediaReading
import Support
import SystemPackage
import Testing

@Suite("What a picture costs is known from its header, and refused where it is too much")
struct PictureLimitTests {
    private func findings(of page: [UInt8], _ settings: ThumbnailSettings = ThumbnailSettings()) throws -> [Finding] {
        let comic = ZipWriter.archive([ZipWriter.Entry("p.png", page)])
        guard case .noThumbnail(let findings) = try thumbnail(of: comic, settings).outcome else {
            Issue.record("a thumbnail was made")
            return []
        }
        let analysis = try pages(of: comic)
        #expect(analysis.damaged == 0 && analysis.skipped == 1)
        #expect(analysis.findings.map(\.problem) == findings.map(\.problem))
        return findings
    }

    private func bomb(_ width: Int, _ height: Int) -> [Finding] {
        [Finding(.bomb, "p.png claims to be \(width) × \(height) pixels large; at most 120 million are decoded")]
    }

    private func tooLarge(_ width: Int, _ height: Int, _ need: Int) -> [Finding] {
        let words = "has \(width) × \(height) pixels, which take \(need) MB to decode, more than the 400 MB allowed"
        return [Finding(.tooLarge, "p.png \(words)")]
    }

    /// The first place of a name in a file.
    private func place(of name: String, in bytes: [UInt8]) throws -> Int {
        let name = Array(name.utf8)
        return try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
    }

    @Test func `a PNG of 60,000 by 60,000 is refused`() throws {
        let page = Picture.png(width: 60_000, height: 60_000, colorType: 2, rows: [0, 1, 2])
        #expect(try findings(of: page) == bomb(60_000, 60_000))
    }

    @Test func `a side that is too long is refused, however narrow the picture`() throws {
        let page = Picture.png(width: 1, height: 65_536, colorType: 0, rows: [0, 1])
        #expect(try findings(of: page) == bomb(1, 65_536))
    }

    @Test func `a GIF and a BMP that claim too many pixels are refused`() throws {
        var gif = GIFWriter()
        gif.screen = (60_000, 60_000)
        #expect(try findings(of: gif.file()) == bomb(60_000, 60_000))
        var bitmap = BMPWriter.direct(bits: 24)
        bitmap.replaceSubrange(18..<26, with: [UInt8].little(UInt32(60_000), UInt32(60_000)))
        #expect(try findings(of: bitmap) == bomb(60_000, 60_000))
    }

    /// A progressive picture is in memory as a whole, a baseline one is not.
    @Test func `a progressive JPEG is refused for its coefficients`() throws {
        func page(_ flags: Int32, _ marker: UInt8) throws -> [UInt8] {
            var page = compressed(FourCorners.rgb, width: 80, height: 120, format: TJPF_RGB, flags: flags)
            let frame = try #require(page.indices.first { page[$0] == 0xFF && page[$0 + 1] == marker })
            page.replaceSubrange((frame + 5)..<(frame + 9), with: [0x27, 0x10, 0x27, 0x10])
            return page
        }
        #expect(try findings(of: page(TJFLAG_PROGRESSIVE, 0xC2)) == tooLarge(10_000, 10_000, 612))
        let baseline = try pages(of: ZipWriter.archive([ZipWriter.Entry("p.jpg", try page(0, 0xC0))]))
        #expect(baseline.findings.map(\.problem) == [.imageCorrupt])
    }

    @Test func `a lossless WebP is refused where it is too large to be decoded`() throws {
        guard var page = try PictureFixture.made(by: "cwebp", ["-lossless", "in.png", "-o", "out"]) else {
            return
        }
        let size = try place(of: "VP8L", in: page) + 9
        // Fourteen bits each, less one.
        let bits = UInt32(9_999 | 10_999 << 14) | UInt32(page[size + 3] & 0xF0) << 24
        page.replaceSubrange(size..<(size + 4), with: [UInt8].little(bits))
        let findings = try findings(of: page)
        #expect(findings.map(\.problem) == [.tooLarge])
        #expect(findings[0].detail.hasPrefix("p.png has 10000 × 11000 pixels, which take "))
    }

    @Test func `an AVIF is refused where it is too large to be decoded`() throws {
        guard var page = try PictureFixture.made(by: "avifenc", ["-s", "9", "in.png", "out"]) else { return }
        let size = try place(of: "ispe", in: page) + 8
        page.replaceSubrange(size..<(size + 8), with: [0, 0, 0x1F, 0x40, 0, 0, 0x1F, 0x40])
        #expect(try findings(of: page).map(\.problem) == [.tooLarge])
    }

    @Test func `a JPEG XL is refused where it is too large to be decoded`() throws {
        // ISO/IEC 18181-1: a size that is no small one, 18 bits of height less one, as wide as high, and all else is default.
        let bits: UInt32 = 0 | 2 << 1 | 7_999 << 3 | 1 << 21 | 1 << 24 | 1 << 25
        let page = [0xFF, 0x0A] + [UInt8].little(bits) + [UInt8](repeating: 0, count: 64)
        let findings = try findings(of: page)
        #expect(findings.map(\.problem) == [.tooLarge])
        #expect(findings[0].detail.hasPrefix("p.png has 8000 × 8000 pixels, which take "))
    }

    @Test func `a thumbnail that WebP cannot hold is refused`() throws {
        let page = PNGWriter(colorType: 0).picture(width: 2, height: 17_000) { _, _ in [128] }
        let comic = ZipWriter.archive([ZipWriter.Entry("p.png", page)])
        let made = try thumbnail(of: comic, ThumbnailSettings(size: .scale(1)))
        let words = "would have a thumbnail of 2 × 17000 pixels, and WebP has at most 16383 on a side"
        #expect(made.outcome == .noThumbnail([Finding(.tooLarge, "p.png \(words)")]))
    }

    @Test func `a page that is too large passes its turn to the next`() throws {
        let large = Picture.png(width: 60_000, height: 60_000, colorType: 2, rows: [])
        let comic = ZipWriter.archive([
            ZipWriter.Entry("1.png", large), ZipWriter.Entry("2.bmp", BMPWriter.direct(bits: 24)),
        ])
        guard case .thumbnail(80, 120, let findings) = try thumbnail(of: comic).outcome else {
            Issue.record("no thumbnail")
            return
        }
        #expect(findings.map(\.problem) == [.bomb])
    }

    @Test(arguments: PictureFixture.written)
    func `a picture that is cut short is damaged, wherever it is cut`(fixture: PictureFixture) throws {
        for part in 1..<8 {
            let page = Array(fixture.bytes[..<(fixture.bytes.count * part / 8)])
            let analysis = try pages(of: ZipWriter.archive([ZipWriter.Entry("p.png", page)]))
            #expect(analysis.damaged == 1 && analysis.findings.map(\.problem) == [.imageCorrupt])
        }
    }

    @Test(arguments: [
        ("cjxl", ["in.png", "out"]), ("cjxl", ["in.png", "out", "-d", "0"]), ("avifenc", ["-s", "9", "in.png", "out"]),
        ("heif-enc", ["in.png", "-o", "out"]), ("cwebp", ["in.png", "-o", "out"]), ("convert", ["in.png", "gif:out"]),
    ])
    func `what others made is damaged wherever it is cut`(program: String, words: [String]) throws {
        guard let whole = try PictureFixture.made(by: program, words) else { return }
        for part in 1..<8 {
            let page = Array(whole[..<(whole.count * part / 8)])
            let analysis = try pages(of: ZipWriter.archive([ZipWriter.Entry("p.png", page)]))
            #expect(analysis.damaged == 1 && analysis.findings.map(\.problem) == [.imageCorrupt], "\(part) of 8")
        }
    }
}
