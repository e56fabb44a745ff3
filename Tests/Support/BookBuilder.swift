// SPDX-License-Identifier: MIT

/// Makes books for tests, each the bytes of a whole file.
package enum BookBuilder {
    /// A CBZ of PNG pages named `page1.png` and so on, its `ComicInfo.xml` last.
    ///
    /// Two comics with another `tint` (0…255) have other contents, and so another fingerprint.
    package static func comic(
        pages: Int,
        comicInfo: String? = nil,
        width: Int = 40,
        height: Int = 60,
        tint: UInt8 = 0
    ) -> [UInt8] {
        let pictures = (0..<pages).map { page in
            let blue = UInt8(truncatingIfNeeded: Int(tint) + page * 16)
            return ZipWriter.Entry("page\(page + 1).png", Picture.png(width: width, height: height, tint: blue))
        }
        return ZipWriter.archive(pictures + (comicInfo.map { [ZipWriter.Entry("ComicInfo.xml", text: $0)] } ?? []))
    }

    /// A `ComicInfo.xml` of the fields given, in alphabetical order.
    package static func comicInfo(_ fields: [String: String]) -> String {
        let elements = fields.sorted { $0.key < $1.key }.map { "  <\($0.key)>\($0.value)</\($0.key)>\n" }
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ComicInfo>\n\(elements.joined())</ComicInfo>\n"
    }

    /// A CBZ whose only page says that it is encrypted; of another height it is another.
    package static func encryptedComic(height: Int = 8) -> [UInt8] {
        var page = ZipWriter.Entry("page1.png", Picture.png(width: 8, height: height))
        page.isEncrypted = true
        return ZipWriter.archive([page])
    }

    /// A CBZ that ends in the middle of its pages; of another height it is another.
    package static func truncatedComic(height: Int = 60) -> [UInt8] {
        let whole = comic(pages: 3, height: height)
        return Array(whole[..<(whole.count / 2)])
    }

    /// An archive of a text file and no pages.
    package static func archiveWithoutPages() -> [UInt8] {
        ZipWriter.archive([ZipWriter.Entry("readme.txt", text: "no pages here")])
    }

    /// An EPUB 2 as calibre writes them: one author, a cover, a series, three chapters.
    package static func epub2(title: String, author: String = "Ada Brook", series: String? = nil) -> [UInt8] {
        let inSeries =
            series.map {
                """
                <meta name="calibre:series" content="\($0)"/>
                <meta name="calibre:series_index" content="2.0"/>
                """
            } ?? ""
        return epub(
            version: "2.0",
            metadata: """
                <dc:title>\(title)</dc:title>
                <dc:creator opf:role="aut" opf:file-as="Brook, Ada">\(author)</dc:creator>
                <dc:contributor opf:role="bkp">some program</dc:contributor>
                <dc:contributor opf:role="trl">Tor Lind</dc:contributor>
                <dc:date opf:event="publication">1998-04-30T16:00:00+00:00</dc:date>
                <dc:date opf:event="modification">2020-01-01</dc:date>
                <dc:language>en</dc:language>
                <dc:identifier id="id" opf:scheme="uuid">2c2b1a51-5b0e-4d11-9f5e-0d8f0c1c0001</dc:identifier>
                <dc:identifier opf:scheme="ISBN">978-0-306-40615-7</dc:identifier>
                <meta name="cover" content="front"/>
                \(inSeries)
                """,
            coverProperties: ""
        )
    }

    /// An EPUB 3 whose people, title, series and cover are told by refining elements.
    package static func epub3(title: String) -> [UInt8] {
        epub(
            version: "3.0",
            metadata: """
                <dc:title id="sub">A subtitle</dc:title>
                <meta refines="#sub" property="title-type">subtitle</meta>
                <dc:title id="main">\(title)</dc:title>
                <meta refines="#main" property="title-type">main</meta>
                <meta refines="#main" property="file-as">\(title), The</meta>
                <dc:creator id="writer">Ada Brook</dc:creator>
                <meta refines="#writer" property="role" scheme="marc:relators">aut</meta>
                <dc:creator id="drawer">Ola Dale</dc:creator>
                <meta refines="#drawer" property="role" scheme="marc:relators">ill</meta>
                <dc:date>2014-08</dc:date>
                <dc:language>de</dc:language>
                <dc:publisher>Small &amp; Sons</dc:publisher>
                <dc:subject>Poetry</dc:subject>
                <dc:subject>Grass</dc:subject>
                <dc:description>&lt;p&gt;One &lt;b&gt;bold&lt;/b&gt; line.&lt;/p&gt;&lt;p&gt;Two&amp;nbsp;&amp;#233;.&lt;/p&gt;</dc:description>
                <dc:identifier id="id">urn:isbn:0306406152</dc:identifier>
                <meta property="belongs-to-collection" id="c">The Meadow</meta>
                <meta refines="#c" property="collection-type">series</meta>
                <meta refines="#c" property="group-position">3</meta>
                """,
            coverProperties: " properties=\"cover-image\""
        )
    }

    /// An EPUB of three chapters and a cover of 60 × 90 pixels in `OEBPS/images/front cover.png`.
    package static func epub(version: String, metadata: String, coverProperties: String) -> [UInt8] {
        let package = """
            <?xml version="1.0" encoding="utf-8"?>
            <package xmlns="http://www.idpf.org/2007/opf" version="\(version)" unique-identifier="id">
            <metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
            \(metadata)
            </metadata>
            <manifest>
            <item id="map" href="images/map.png" media-type="image/png"/>
            <item id="front" href="images/front%20cover.png" media-type="image/png"\(coverProperties)/>
            <item id="c1" href="c1.xhtml" media-type="application/xhtml+xml"/>
            <item id="c2" href="c2.xhtml" media-type="application/xhtml+xml"/>
            <item id="c3" href="c3.xhtml" media-type="application/xhtml+xml"/>
            </manifest>
            <spine><itemref idref="c1"/><itemref idref="c2"/><itemref idref="c3"/></spine>
            </package>
            """
        let container = """
            <?xml version="1.0"?>
            <container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
            <rootfiles>
            <rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>
            </rootfiles>
            </container>
            """
        let chapters = (1...3).map { ZipWriter.Entry("OEBPS/c\($0).xhtml", text: "<html><body>\($0)</body></html>") }
        return ZipWriter.archive(
            [
                ZipWriter.Entry("mimetype", text: "application/epub+zip"),
                ZipWriter.Entry("META-INF/container.xml", text: container),
                ZipWriter.Entry("OEBPS/content.opf", text: package),
                ZipWriter.Entry("OEBPS/images/map.png", Picture.png(width: 30, height: 30)),
                ZipWriter.Entry("OEBPS/images/front cover.png", Picture.png(width: 60, height: 90)),
            ] + chapters
        )
    }
}
