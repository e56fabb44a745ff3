// SPDX-License-Identifier: MIT
import CTurboJPEG
import CWebP
import LibraryModel
import Support
import SystemPackage

/// What is damaged: books of every kind that is read.
///
/// A new kind is a line in one of the lists. A comic is made anew for every damage, of some pages and documents in a container, so that damage can lie within a
/// page that is packed and summed as it should be. What another program packs, or has no such parts, is a whole file.
struct FuzzFixtures: Sendable {
    struct Part: Sendable {
        var name: String
        var bytes: [UInt8]
    }

    struct Whole: Sendable {
        var name: String
        var format: MediaFormat
        var bytes: [UInt8]

        /// Its files, where it is a ZIP that may be packed anew.
        var parts: [Part] = []
    }

    let containers = Container.all

    /// Pages of every kind of picture.
    let pages: [Part]

    let documents: [Part] = [
        Part(name: "ComicInfo.xml", bytes: Array(comicInfo.utf8)),
        Part(name: "MetronInfo.xml", bytes: Array(metronInfo.utf8)),
    ]

    /// Some comics in every container, with all pages and documents between them.
    let comics: [Whole]

    let wholes: [Whole]

    init() throws {
        let pages = try Self.pictures()
        let documents = self.documents
        self.pages = pages
        comics = try containers.flatMap { container in
            try (0..<4).map { number in
                let parts =
                    stride(from: number, to: pages.count, by: 4).map { pages[$0] } + documents.suffix(number % 3)
                let bytes = try container.archive(parts.map { ($0.name, $0.bytes) })
                return Whole(name: container.description, format: container.format, bytes: bytes)
            }
        }
        let cbi = MetadataBuilder.comicBookInfo(
            #""series":"S","issue":1,"tags":["a","b"],"credits":[{"person":"A","role":"Writer"}]"#
        )
        wholes =
            [
                Self.zip("epub 2", .epub, BookBuilder.epub2(title: "Leaves", series: "Grass")),
                Self.zip("epub 3", .epub, BookBuilder.epub3(title: "Leaves")),
                Self.zip(
                    "zip with a comment",
                    .cbz,
                    ZipWriter.archive([ZipWriter.Entry("1.png", pages[0].bytes)], comment: cbi)
                ),
                Self.zip(
                    "large zip",
                    .cbz,
                    ZipWriter.archive([ZipWriter.Entry("1.png", pages[0].bytes)], isLarge: true)
                ),
                Whole(name: "rar volume", format: .cbr, bytes: Self.volume()),
                Whole(name: "pdf", format: .pdf, bytes: Self.pdf(scanned: false)),
                Whole(name: "scanned pdf", format: .pdf, bytes: Self.pdf(scanned: true)),
                Whole(
                    name: "opf",
                    format: .epub,
                    bytes: Array(MetadataBuilder.calibre("<dc:title>T</dc:title><dc:creator>A</dc:creator>").utf8)
                ),
                Whole(
                    name: "series.json",
                    format: .epub,
                    bytes: Array(MetadataBuilder.seriesJSON(#""name": "N""#).utf8)
                ),
            ] + (try Self.packed())
    }

    // MARK: Pages

    private static func pictures() throws -> [Part] {
        let pixels = gradient(width: 24, height: 36)
        let greys = [UInt8](repeating: 99, count: 24 * 36)
        let progressive = TJFLAG_PROGRESSIVE | TJFLAG_ACCURATEDCT
        let pictures: [(String, [UInt8])] = [
            ("colour.png", Picture.png(width: 24, height: 36)),
            // Large enough for a solid RAR to copy from it.
            ("large.png", Picture.png(width: 60, height: 60)),
            ("grey.png", Picture.png(width: 24, height: 36, colorType: 0, rows: rows(24))),
            ("bits.png", Picture.png(width: 24, height: 36, depth: 1, colorType: 0, rows: rows(3))),
            ("deep.png", Picture.png(width: 24, height: 36, depth: 16, colorType: 6, rows: rows(24 * 8))),
            ("alpha.png", Picture.png(width: 24, height: 36, colorType: 4, rows: rows(48))),
            ("packed.png", try packedPNG(width: 24, height: 36)),
            ("plain.jpg", jpeg(width: 24, height: 36)),
            ("progressive.jpg", compressed(pixels, width: 24, height: 36, format: TJPF_RGB, flags: progressive)),
            ("grey.jpg", compressed(greys, width: 24, height: 36, format: TJPF_GRAY)),
            (
                "inks.jpg",
                compressed([UInt8](repeating: 77, count: 24 * 36 * 4), width: 24, height: 36, format: TJPF_CMYK)
            ),
            ("lossy.webp", webp(width: 24, height: 36)),
            ("lossless.webp", webp(width: 24, height: 36, isLossless: true)),
            ("alpha.webp", webp(width: 24, height: 36, hasAlpha: true)),
        ]
        let others = PictureFixture.written.filter { $0.bytes.starts(with: [0x42]) || $0.bytes.starts(with: [0x47]) }
        return pictures.map { Part(name: $0.0, bytes: $0.1) }
            + (others.map(\.bytes) + (try made())).enumerated().map { Part(name: "\($0).gif", bytes: $1) }
    }

    /// Those that are written by other programs, where they are installed.
    private static func made() throws -> [[UInt8]] {
        let ways = [
            ("cjxl", ["in.png", "out", "-d", "1"]), ("cjxl", ["in.png", "out", "-d", "0"]),
            ("avifenc", ["-s", "9", "in.png", "out"]), ("heif-enc", ["in.png", "-o", "out"]),
        ]
        return try ways.compactMap { try PictureFixture.made(by: $0, $1) }
    }

    /// A PNG whose pixels are packed in truth.
    private static func packedPNG(width: Int, height: Int) throws -> [UInt8] {
        let row = (0..<(width * 3)).map { UInt8(truncatingIfNeeded: $0 * 3) }
        let rows = (0..<height).flatMap { y in [UInt8(y % 5)] + row }
        let stored = Picture.png(width: width, height: height, colorType: 2, rows: rows)
        // Of the stored one its beginning, the checksum of the pixels, and its last chunk.
        var stream: [UInt8] = [0x78, 0x9C]
        stream += try Packer.gzip.packForZip(rows).bytes
        stream += stored[(stored.count - 20)..<(stored.count - 16)]
        var picture = Array(stored[..<33])
        picture += [0, 0, UInt8(stream.count >> 8), UInt8(stream.count & 0xFF)]
        picture += Array("IDAT".utf8) + stream + [0, 0, 0, 0]
        picture += stored[(stored.count - 12)...]
        return ChecksumMending.mended(picture)
    }

    /// Rows of so many bytes, each behind another of the five filters.
    private static func rows(_ length: Int) -> [UInt8] {
        (0..<36).flatMap { y in [UInt8(y % 5)] + (0..<length).map { UInt8(truncatingIfNeeded: $0 * y) } }
    }

    // MARK: Books

    private static func pdf(scanned: Bool) -> [UInt8] {
        var writer = PDFWriter(pages: [PDFWriter.colours(), PDFWriter.Page("BT /F 20 Tf 9 9 Td (Ab) Tj ET")])
        if scanned {
            writer = PDFWriter(pages: [PDFWriter.picture(PDFWriter.firstObject)])
            writer.objects = [PDFWriter.jpeg(jpeg(width: 24, height: 36), width: 24, height: 36)]
        }
        writer.information = [("Title", "(Leaves)"), ("Author", "(Ada Brook)")]
        writer.xmp = PDFWriter.xmp("<dc:title><rdf:Alt><rdf:li>Leaves</rdf:li></rdf:Alt></dc:title>")
        return writer.bytes
    }

    /// A ZIP of ours whose files are stored.
    private static func zip(_ name: String, _ format: MediaFormat, _ bytes: [UInt8]) -> Whole {
        var parts: [Part] = []
        var rest = bytes[...]
        while rest.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            let header = Array(rest.prefix(30))
            let size = Int(header[18]) | Int(header[19]) << 8 | Int(header[20]) << 16
            let nameEnd = 30 + Int(header[26]) + Int(header[27]) << 8
            let fields = Array(rest.prefix(nameEnd + size))
            parts.append(
                Part(name: String(decoding: fields[30..<nameEnd], as: UTF8.self), bytes: Array(fields[nameEnd...]))
            )
            rest = rest.dropFirst(nameEnd + size)
        }
        return Whole(name: name, format: format, bytes: bytes, parts: parts)
    }

    private static func volume() -> [UInt8] {
        var options = RarWriter.Options()
        options.volume = 1
        options.isLastVolume = false
        return RarWriter.archive([RarWriter.Entry("1.png", [1, 2, 3])], .five, options)
    }

    /// What 7z makes of three pages, in each of its ways, where it is installed.
    private static func packed() throws -> [Whole] {
        guard let sevenZip = Judge("7z") else { return [] }
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("Book")
        for number in 1...3 {
            try directory.write(FilePath("Book/\(number).png"), Picture.png(width: 40, height: 40 + number))
        }
        try directory.write("Book/ComicInfo.xml", Array(comicInfo.utf8))
        let ways: [(options: [String], format: MediaFormat)] = [
            (["-t7z", "-m0=LZMA"], .cb7), (["-t7z", "-m0=LZMA2"], .cb7), (["-t7z", "-m0=LZMA2", "-ms=off"], .cb7),
            (["-t7z", "-m0=PPMd"], .cb7), (["-t7z", "-m0=BZip2"], .cb7), (["-t7z", "-m0=Deflate"], .cb7),
            (["-t7z", "-m0=BCJ", "-m1=LZMA2"], .cb7), (["-t7z", "-m0=BCJ2", "-m1=LZMA2"], .cb7),
            (["-t7z", "-m0=Delta:4", "-m1=LZMA"], .cb7), (["-t7z", "-mhc=off"], .cb7),
            (["-t7z", "-psecret", "-mhe=on"], .cb7),
            (["-tzip", "-mm=PPMd"], .cbz), (["-tzip", "-mm=Deflate64"], .cbz), (["-tzip", "-psecret"], .cbz),
            (["-ttar"], .cbt),
        ]
        return try ways.enumerated().compactMap { place, way in
            let name = "\(place).\(way.options[0].dropFirst(2))"
            guard
                try sevenZip.run(
                    ["a", "-bd", "-mtm=off"].filter { way.format == .cb7 || $0 != "-mtm=off" } + way.options + [
                        name, "Book",
                    ],
                    in: directory.path
                ) != nil
            else { return nil }
            let file = try OpenFile(reading: directory.path.appending(name))
            return Whole(name: "7z " + way.options.joined(separator: " "), format: way.format, bytes: file.contents)
        }
    }

    // MARK: Documents

    private static let comicInfo = BookBuilder.comicInfo([
        "Title": "Kept &amp; well", "Series": "Saga", "Number": "1.5", "Count": "12", "Volume": "2012", "Year": "2012",
        "Month": "3", "Day": "14", "Writer": "Ada Brook, Ola Dale", "LanguageISO": "en", "Manga": "YesAndRightToLeft",
        "Web": "https://a.example/1 https://b.example/2", "GTIN": "978-0-306-40615-7", "CommunityRating": "4.5",
        "AgeRating": "Mature 17+", "Summary": "Two\nlines", "PageCount": "3",
        "Pages": "<Page Image=\"0\" Type=\"InnerCover\"/><Page Image=\"1\" Type=\"FrontCover\"/>",
    ])

    private static let metronInfo = MetadataBuilder.metronInfo(
        """
        <Publisher id="2"><Name>North Press</Name><Imprint id="3">Little North</Imprint></Publisher>
        <Series id="9" lang="de"><Name>The Long Field</Name><Volume>2</Volume><IssueCount>6</IssueCount></Series>
        <Arcs><Arc id="1"><Name>Harvest</Name><Number>3</Number></Arc></Arcs><Number>1½</Number>
        <CoverDate>2011-10-01</CoverDate><Genres><Genre id="1">Western</Genre></Genres><AgeRating>Teen Plus</AgeRating>
        <GTIN><ISBN>0-306-40615-2</ISBN></GTIN><URLs><URL primary="true">https://a.example/1</URL></URLs>
        <Credits><Credit><Creator id="1">Ada Brook</Creator><Roles><Role>Writer</Role></Roles></Credit></Credits>
        """
    )
}
