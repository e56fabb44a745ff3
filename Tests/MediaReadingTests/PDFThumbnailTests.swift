// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@Suite("A PDF's thumbnail is its first page, drawn")
struct PDFThumbnailTests {
    private func drawn(
        _ writer: PDFWriter,
        _ size: ThumbnailSettings.Size = .fit(width: 400, height: 600)
    ) throws -> DecodedThumbnail {
        let made = try thumbnail(of: writer.bytes, promised: .pdf, ThumbnailSettings(size: size))
        guard case .thumbnail(let width, let height, []) = made.outcome else {
            Issue.record("\(made.outcome)")
            return try #require(nil)
        }
        let decoded = try #require(DecodedThumbnail(made.webp))
        #expect(decoded.width == width && decoded.height == height)
        return decoded
    }

    @Test(arguments: [
        (ThumbnailSettings.Size.fit(width: 400, height: 600), 400, 600), (.fit(width: 100, height: 1000), 100, 150),
        (.scale(0.5), 417, 625), (.fit(width: 5000, height: 5000), 833, 1250),
    ])
    func `it is drawn at the size that is asked for, in its colours`(
        size: ThumbnailSettings.Size,
        width: Int,
        height: Int
    ) throws {
        let decoded = try drawn(PDFWriter(pages: [PDFWriter.colours()]), size)
        #expect(decoded.width == width && decoded.height == height)
        #expect(decoded.red(x: 0.2, y: 0.3) > 200 && decoded.blue(x: 0.2, y: 0.3) < 60)
        #expect(decoded.red(x: 0.8, y: 0.3) < 60 && decoded.blue(x: 0.8, y: 0.3) > 200)
        #expect(decoded.green(x: 0.5, y: 0.97) > 200 && decoded.green(x: 0.2, y: 0.3) < 60)
    }

    @Test func `what nobody drew on is white`() throws {
        let decoded = try drawn(PDFWriter())
        #expect(decoded.red(x: 0.5, y: 0.5) > 250 && decoded.blue(x: 0.5, y: 0.5) > 250)
    }

    @Test func `a page that is turned is shown upright`() throws {
        // A quarter to the right: the left half is on top then, the foot on the left.
        let decoded = try drawn(PDFWriter(pages: [PDFWriter.colours(entries: "/Rotate 90")]))
        #expect(decoded.width == 400 && decoded.height == 267)
        #expect(decoded.red(x: 0.5, y: 0.2) > 200 && decoded.blue(x: 0.5, y: 0.8) > 200)
        #expect(decoded.green(x: 0.03, y: 0.5) > 200)
    }

    @Test func `what the crop box leaves out is not shown`() throws {
        let decoded = try drawn(PDFWriter(pages: [PDFWriter.colours(entries: "/CropBox [200 60 400 560]")]))
        #expect(decoded.width == 240 && decoded.height == 600)
        for (x, y) in [(0.05, 0.05), (0.5, 0.5), (0.95, 0.95)] { #expect(decoded.blue(x: x, y: y) > 200) }
    }

    @Test func `a scanned page is shown`() throws {
        var writer = PDFWriter(pages: [PDFWriter.picture(PDFWriter.firstObject)])
        writer.objects = [PDFWriter.jpeg(jpeg(width: 800, height: 1200), width: 800, height: 1200)]
        let decoded = try drawn(writer)
        #expect(decoded.red(x: 0.02, y: 0.5) < 40 && decoded.red(x: 0.98, y: 0.5) > 215)
        #expect(decoded.green(x: 0.5, y: 0.98) > 215)
    }

    @Test func `a page of which nothing comes out passes its turn to the next`() throws {
        var writer = PDFWriter(pages: [PDFWriter.Page(entries: "/Contents 5 0 R"), PDFWriter.colours()])
        writer.objects = [PDFWriter.stream("/Filter /FlateDecode", [1, 2, 3])]
        let made = try thumbnail(of: writer.bytes, promised: .pdf)
        guard case .thumbnail(400, 600, let findings) = made.outcome else {
            Issue.record("\(made.outcome)")
            return
        }
        #expect(findings.map(\.problem) == [.imageCorrupt])
        #expect(findings.first?.detail.hasPrefix("page 1 of 2 cannot be drawn: ") == true)
        #expect(try #require(DecodedThumbnail(made.webp)).red(x: 0.2, y: 0.3) > 200)
    }

    @Test func `a page of a monstrous size is a bomb`() throws {
        let writer = PDFWriter(pages: [PDFWriter.Page(width: 1_000_000, height: 3)])
        guard case .noThumbnail(let findings) = try thumbnail(of: writer.bytes, promised: .pdf).outcome else {
            Issue.record("it was drawn")
            return
        }
        #expect(findings.map(\.problem) == [.bomb])
    }
}
