// SPDX-License-Identifier: MIT
import CTurboJPEG
import LibraryModel
import Support
import Testing

@Suite("Every page of a book is decoded, and what is damaged is named")
struct PageCheckTests {
    @Test func `a whole comic of every format has no findings`() throws {
        let comic = ZipWriter.archive([
            ZipWriter.Entry("a.jpg", jpeg(width: 300, height: 400)),
            ZipWriter.Entry("b.jpg", compressed(noise(40, 40, 4), width: 40, height: 40, format: TJPF_CMYK)),
            ZipWriter.Entry(
                "c.jpg",
                compressed(noise(50, 50, 3), width: 50, height: 50, format: TJPF_RGB, flags: TJFLAG_PROGRESSIVE)
            ),
            ZipWriter.Entry("d.png", Picture.png(width: 500, height: 600)),
            ZipWriter.Entry("e.webp", webp(width: 30, height: 31)),
            ZipWriter.Entry("ComicInfo.xml", text: BookBuilder.comicInfo(["Title": "T"])),
        ])
        let analysis = try pages(of: comic)
        #expect(analysis.findings == [])
        #expect([analysis.pages, analysis.decoded, analysis.skipped, analysis.damaged] == [5, 5, 0, 0])
        #expect(analysis.typical == PageAnalysis.Size(width: 50, height: 50))
    }

    @Test(arguments: [
        (UInt8(0), UInt8(1)), (0, 8), (0, 16), (2, 8), (2, 16), (4, 8), (4, 16), (6, 8), (6, 16),
    ])
    func `a PNG of any depth is whole`(type: UInt8, depth: UInt8) throws {
        let channels = [0: 1, 2: 3, 4: 2, 6: 4][type] ?? 0
        let row =
            [0] + noise(9, 1, (channels * Int(depth) * 9 + 7) / 8 / 9 + 1).prefix((channels * Int(depth) * 9 + 7) / 8)
        let page = Picture.png(
            width: 9,
            height: 5,
            depth: depth,
            colorType: type,
            rows: (0..<5).flatMap { _ in row }
        )
        let analysis = try pages(of: ZipWriter.archive([ZipWriter.Entry("p.png", page)]))
        #expect(analysis.findings == [])
        #expect(analysis.decoded == 1)
    }

    @Test func `bytes that changed in an archive are found by its checksums`() throws {
        let page = ZipWriter.Entry("2.jpg", jpeg(width: 300, height: 400))
        var comic = ZipWriter.archive([
            ZipWriter.Entry("1.png", Picture.png(width: 8, height: 8)), page,
            ZipWriter.Entry("3.png", Picture.png(width: 8, height: 8)),
        ])
        let start = try #require(comic.indices.first { comic[$0...].starts(with: page.contents) })
        comic[start + page.contents.count / 2] ^= 4
        let analysis = try pages(of: comic)
        #expect([analysis.pages, analysis.decoded, analysis.damaged] == [3, 2, 1])
        #expect(analysis.findings.map(\.problem) == [.archiveCorrupt])
        #expect(analysis.findings[0].detail.hasPrefix("page 2 of 3: 2.jpg: "))
    }

    @Test func `pages that were damaged before they were packed are found by decoding`() throws {
        let whole = (jpeg: jpeg(width: 300, height: 400), png: Picture.png(width: 80, height: 80))
        var flipped = compressed(noise(200, 200, 3), width: 200, height: 200, format: TJPF_RGB)
        for index in 0..<8 { flipped[flipped.count / 2 + index] = 0xAA }
        let webp = webp(width: 50, height: 50)
        let entries = [
            ZipWriter.Entry("1.jpg", whole.jpeg),
            ZipWriter.Entry("2.jpg", Array(whole.jpeg.dropLast(whole.jpeg.count / 2))),
            ZipWriter.Entry("3.jpg", flipped), ZipWriter.Entry("4.png", Array(whole.png.dropLast(5000))),
            ZipWriter.Entry("5.png", Array(whole.png.dropLast(12))),
            ZipWriter.Entry("6.webp", Array(webp.dropLast(20))),
            ZipWriter.Entry("7.jpg", text: "<html>not found</html>"), ZipWriter.Entry("8.png", []),
        ]
        let analysis = try pages(of: ZipWriter.archive(entries))
        #expect([analysis.pages, analysis.decoded, analysis.damaged] == [8, 1, 7])
        #expect(analysis.findings.allSatisfy { $0.problem == .imageCorrupt })
        let numbers = analysis.findings.map { $0.detail.prefix(11) }
        #expect(numbers == (2...8).map { "page \($0) of 8" })
        #expect(analysis.findings[0].detail.hasPrefix("page 2 of 8 does not decode: Premature end of JPEG file"))
        #expect(analysis.findings[0].detail.hasSuffix("(2.jpg)"))
    }

    @Test(arguments: [Int32(0), TJFLAG_PROGRESSIVE])
    func `no damage shows at full size alone`(flags: Int32) throws {
        var random = SplitMix(seed: 7)
        let whole = compressed(noise(64, 96, 3), width: 64, height: 96, format: TJPF_RGB, flags: flags)
        var damaged = 0
        for _ in 0..<300 {
            var page = whole
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                page[Int.random(in: 2..<page.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let analysis = try pages(of: ZipWriter.archive([ZipWriter.Entry("p.jpg", page)]))
            #expect(analysis.damaged + analysis.skipped + analysis.decoded == 1)
            if analysis.skipped == 0 { #expect((analysis.damaged == 1) == !decodesWithoutComplaint(page)) }
            damaged += analysis.damaged
        }
        #expect(damaged > 50)
    }

    @Test func `what is not decoded here is counted and is no damage`() throws {
        let entries = [
            ZipWriter.Entry("1.bmp", unknownBitmap), ZipWriter.Entry("3.png", Picture.png(width: 8, height: 8)),
        ]
        let analysis = try pages(of: ZipWriter.archive(entries))
        #expect([analysis.pages, analysis.decoded, analysis.skipped, analysis.damaged] == [2, 1, 1, 0])
        #expect(analysis.findings == [])
    }

    @Test func `a page that needs a password, or claims too many pixels, is skipped and said so`() throws {
        var locked = ZipWriter.Entry("1.png", Picture.png(width: 8, height: 8))
        locked.isEncrypted = true
        var bomb = Picture.png(width: 8, height: 8, colorType: 2, rows: [])
        bomb.replaceSubrange(..<33, with: Picture.png(width: 20_000, height: 20_000, colorType: 2, rows: [])[..<33])
        let analysis = try pages(of: ZipWriter.archive([locked, ZipWriter.Entry("2.png", bomb)]))
        #expect([analysis.decoded, analysis.skipped, analysis.damaged] == [0, 2, 0])
        #expect(
            analysis.findings == [
                Finding(.archiveEncrypted, "page 1 of 2: 1.png needs a password"),
                Finding(
                    .bomb,
                    "page 2 of 2 claims to be 20000 × 20000 pixels large; at most 120 million are decoded (2.png)"
                ),
            ]
        )
    }

    @Test func `of many damaged pages the first are named and all are counted`() throws {
        let entries = (1...30).map { ZipWriter.Entry("\($0).jpg", text: "damaged") }
        let analysis = try pages(of: ZipWriter.archive(entries.reversed()))
        #expect(analysis.damaged == 30)
        #expect(
            analysis.findings.map { $0.detail.prefix(7) } == (1...20).map { $0 < 10 ? "page \($0) " : "page \($0)" }
        )
    }

    @Test func `a file that is no page has its checksum compared, however long it is`() throws {
        var extra = ZipWriter.Entry("notes/extra.bin", noise(1000, 1000, 1))
        let page = ZipWriter.Entry("p.png", Picture.png(width: 8, height: 8))
        #expect(try pages(of: ZipWriter.archive([extra, page])).findings == [])
        extra.checksum = 5
        let analysis = try pages(of: ZipWriter.archive([extra, page]))
        #expect([analysis.pages, analysis.decoded, analysis.damaged] == [1, 1, 0])
        #expect(analysis.findings.map(\.problem) == [.archiveCorrupt])
        #expect(analysis.findings[0].detail.hasPrefix("notes/extra.bin: "))
    }

    @Test func `an EPUB's pictures are decoded and its other files unpacked`() throws {
        var epub = BookBuilder.epub3(title: "T")
        let whole = try pages(of: epub, promised: .epub)
        #expect([whole.pages, whole.decoded, whole.damaged] == [2, 2, 0])
        #expect(whole.findings == [])
        #expect(whole.typical == PageAnalysis.Size(width: 60, height: 90))
        let text = Array("<html><body>2</body></html>".utf8)
        let place = try #require(epub.indices.first { epub[$0...].starts(with: text) })
        epub[place + 12] = UInt8(ascii: "3")
        let analysis = try pages(of: epub, promised: .epub)
        #expect([analysis.pages, analysis.decoded, analysis.damaged] == [2, 2, 0])
        #expect(analysis.findings.map(\.problem) == [.archiveCorrupt])
        #expect(analysis.findings[0].detail.hasPrefix("OEBPS/c2.xhtml: "))
    }

    @Test func `entries that lie on each other are not unpacked`() throws {
        var comic = BookBuilder.comic(pages: 2)
        let records = comic.indices.dropLast(4).filter { Array(comic[$0..<($0 + 4)]) == Array("PK\u{1}\u{2}".utf8) }
        // The second entry is said to be where the first is.
        comic.replaceSubrange((records[1] + 42)..<(records[1] + 46), with: [0, 0, 0, 0])
        let analysis = try pages(of: comic)
        #expect(analysis.findings.map(\.problem) == [.bomb])
        #expect(analysis.findings == (try facts(of: comic).findings))
        #expect([analysis.pages, analysis.decoded] == [0, 0])
    }

    @Test func `a file that is no book has the findings that its facts have`() throws {
        for bytes in [[], Array("Dear reader".utf8), BookBuilder.truncatedComic()] {
            let analysis = try pages(of: bytes)
            #expect(analysis.findings == (try facts(of: bytes).findings))
            #expect(analysis.pages == 0)
        }
    }

    @Test func `bytes that are flipped anywhere never stop the check`() throws {
        let comic = BookBuilder.comic(pages: 1, comicInfo: "<ComicInfo/>", width: 2, height: 2)
        for index in comic.indices {
            var damaged = comic
            damaged[index] ^= 0xFF
            let analysis = try pages(of: damaged)
            #expect(analysis.decoded + analysis.skipped + analysis.damaged == analysis.pages)
        }
    }
}

/// Bytes for a picture that compresses badly, so that damage shows.
private func noise(_ width: Int, _ height: Int, _ channels: Int) -> [UInt8] {
    var random = SplitMix(seed: UInt64(width * height))
    return (0..<(width * height * channels)).map { _ in UInt8.random(in: 0...255, using: &random) }
}

/// Whether libjpeg-turbo paints the whole picture, in colour and at full size, without an error or a warning.
private func decodesWithoutComplaint(_ bytes: [UInt8]) -> Bool {
    let decompressor = tjInitDecompress()
    defer { tjDestroy(decompressor) }
    var (width, height, subsampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    tjDecompressHeader3(decompressor, bytes, UInt(bytes.count), &width, &height, &subsampling, &space)
    guard width > 0, height > 0 else { return false }
    let isCMYK = space == TJCS_CMYK.rawValue || space == TJCS_YCCK.rawValue
    var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * 4)
    let format = Int32(isCMYK ? TJPF_CMYK.rawValue : TJPF_BGRA.rawValue)
    return tjDecompress2(decompressor, bytes, UInt(bytes.count), &pixels, width, 0, height, format, 0) == 0
}
