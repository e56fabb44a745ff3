// SPDX-License-Identifier: MIT
import CTurboJPEG
import LibraryModel
import MediaReading
import Support
import Testing

@Suite("A book's thumbnail is its first page that decodes")
struct ThumbnailTests {
    @Test(arguments: [
        (ThumbnailSettings.Size.fit(width: 400, height: 600), 400, 600), (.fit(width: 100, height: 1000), 100, 150),
        (.scale(0.5), 300, 450), (.fit(width: 5000, height: 5000), 600, 900),
    ])
    func `every format is reduced to the size that is asked for`(
        size: ThumbnailSettings.Size,
        width: Int,
        height: Int
    ) throws {
        let pages = [
            Picture.png(width: 600, height: 900), jpeg(width: 600, height: 900), webp(width: 600, height: 900),
        ]
        for page in pages {
            let comic = ZipWriter.archive([ZipWriter.Entry("page.jpg", page)])
            let made = try thumbnail(of: comic, ThumbnailSettings(size: size))
            #expect(made.outcome == .thumbnail(width: width, height: height, findings: []))
            let decoded = try #require(DecodedThumbnail(made.webp))
            #expect(decoded.width == width && decoded.height == height)
            // The gradient runs from dark at the left to red at the right.
            #expect(decoded.red(x: 0.02, y: 0.5) < 40)
            #expect(decoded.red(x: 0.98, y: 0.5) > 215)
            #expect(decoded.green(x: 0.5, y: 0.98) > 215)
        }
    }

    @Test(arguments: [
        (UInt8(0), UInt8(8), [UInt8](repeating: 200, count: 1), 200), (4, 8, [0, 0], 255), (6, 8, [0, 0, 0, 0], 255),
        (6, 8, [0, 0, 0, 255], 0), (2, 16, [128, 0, 128, 0, 128, 0], 128), (4, 16, [255, 255, 128, 0], 255),
    ])
    func `PNGs of any depth are decoded, alpha on white`(type: UInt8, depth: UInt8, pixel: [UInt8], red: Int) throws {
        let row = [0] + [UInt8]((0..<16).flatMap { _ in pixel })
        let rows = (0..<16).flatMap { _ in row }
        let page = Picture.png(width: 16, height: 16, depth: depth, colorType: type, rows: rows)
        let made = try thumbnail(of: ZipWriter.archive([ZipWriter.Entry("p.png", page)]))
        let decoded = try #require(DecodedThumbnail(made.webp))
        #expect(abs(decoded.red(x: 0.5, y: 0.5) - red) <= 4)
    }

    @Test func `a JPEG of four inks comes out in its colours`() throws {
        let paper = [UInt8](repeating: 255, count: 32 * 32 * 4)
        let page = compressed(paper, width: 32, height: 32, format: TJPF_CMYK)
        let made = try thumbnail(of: ZipWriter.archive([ZipWriter.Entry("p.jpg", page)]))
        #expect(try #require(DecodedThumbnail(made.webp)).red(x: 0.5, y: 0.5) > 250)
    }

    @Test func `pages that do not decode are named and the next is taken`() throws {
        let whole = jpeg(width: 300, height: 300)
        let entries = [
            ZipWriter.Entry("1.jpg", text: "not a picture"),
            ZipWriter.Entry("2.jpg", Array(whole[..<(whole.count / 2)])),
            ZipWriter.Entry("3.png", Array(Picture.png(width: 50, height: 50)[..<900])),
            ZipWriter.Entry("4.bmp", unknownBitmap),
            ZipWriter.Entry("5.webp", Array(webp(width: 50, height: 50)[..<60])),
            ZipWriter.Entry("6.jpg", whole),
        ]
        guard case .thumbnail(300, 300, let findings) = try thumbnail(of: ZipWriter.archive(entries)).outcome else {
            Issue.record("no thumbnail")
            return
        }
        let classes: [ProblemClass] = [.imageCorrupt, .imageCorrupt, .imageCorrupt, .unsupportedFormat, .imageCorrupt]
        #expect(findings.map(\.problem) == classes)
        #expect(zip(findings, entries).allSatisfy { $0.detail.hasPrefix(String(decoding: $1.name, as: UTF8.self)) })
    }

    @Test func `a picture that claims too many pixels is a bomb`() throws {
        var page = Picture.png(width: 8, height: 8, colorType: 2, rows: [])
        let header = Picture.png(width: 20_000, height: 20_000, colorType: 2, rows: [])
        page.replaceSubrange(..<33, with: header[..<33])
        let made = try thumbnail(of: ZipWriter.archive([ZipWriter.Entry("p.png", page)]))
        #expect(
            made.outcome
                == .noThumbnail([
                    Finding(.bomb, "p.png claims to be 20000 × 20000 pixels large; at most 120 million are decoded")
                ])
        )
        #expect(made.webp.isEmpty)
    }

    @Test func `a page whose checksum is wrong is not shown`() throws {
        var page = ZipWriter.Entry("p.png", Picture.png(width: 8, height: 8))
        page.checksum = 7
        guard case .noThumbnail(let findings) = try thumbnail(of: ZipWriter.archive([page])).outcome else {
            Issue.record("made of a damaged page")
            return
        }
        #expect(findings.map(\.problem) == [.archiveCorrupt])
    }

    @Test func `an EPUB shows its cover, not its first picture`() throws {
        for epub in [BookBuilder.epub2(title: "T"), BookBuilder.epub3(title: "T")] {
            let made = try thumbnail(of: epub, promised: .epub)
            #expect(made.outcome == .thumbnail(width: 60, height: 90, findings: []))
        }
    }

    @Test func `a file that is no book has no thumbnail, for the reason its facts give`() throws {
        let bytes = BookBuilder.truncatedComic()
        #expect(try thumbnail(of: bytes).outcome == .noThumbnail(facts(of: bytes).findings))
    }
}
