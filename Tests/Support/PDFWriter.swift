// SPDX-License-Identifier: MIT

/// Writes PDFs, object by object; what is wrong in one is put there by the test.
package struct PDFWriter {
    /// What follows the catalog's own entries, such as ` /Lang (en)`.
    package var catalog = ""

    /// The entries of the information dictionary, as they are to stand there: `("Title", "(Saga)")`.
    package var information: [(key: String, value: String)] = []

    /// The text of the metadata stream.
    package var xmp: String?

    /// Each page's own entries and what is drawn on it.
    package var pages: [Page] = []

    /// What stands between the objects and the cross-reference table.
    package var objects: [[UInt8]] = []

    package struct Page {
        package var entries: String
        package var drawing: [UInt8]

        /// A page in points; `entries` are those beside the size; with `/Contents` among them the
        /// drawing is not used.
        package init(width: Int = 400, height: Int = 600, _ drawing: String = "", entries: String = "") {
            self.entries = "/MediaBox [0 0 \(width) \(height)] \(entries)"
            self.drawing = Array(drawing.utf8)
        }
    }

    package init(pages: [Page] = [Page()]) {
        self.pages = pages
    }

    /// A page whose left half is red and whose right half is blue, with a green band along its foot.
    package static func colours(width: Int = 400, height: Int = 600, entries: String = "") -> Page {
        let half = width / 2
        return Page(
            width: width,
            height: height,
            "1 0 0 rg 0 0 \(half) \(height) re f 0 0 1 rg \(half) 0 \(half) \(height) re f "
                + "0 1 0 rg 0 0 \(width) \(height / 10) re f",
            entries: entries
        )
    }

    /// A page that is a JPEG from edge to edge, as scanners make them; the picture is object `number` of ``objects``.
    package static func picture(_ number: Int, width: Int = 400, height: Int = 600) -> Page {
        Page(
            width: width,
            height: height,
            "q \(width) 0 0 \(height) 0 0 cm /P Do Q",
            entries: "/Resources << /XObject << /P \(number) 0 R >> >>"
        )
    }

    /// A picture for ``objects``.
    package static func jpeg(_ bytes: [UInt8], width: Int, height: Int) -> [UInt8] {
        stream(
            "/Type /XObject /Subtype /Image /Width \(width) /Height \(height) /ColorSpace /DeviceRGB "
                + "/BitsPerComponent 8 /Filter /DCTDecode",
            bytes
        )
    }

    package static func stream(_ entries: String, _ bytes: [UInt8]) -> [UInt8] {
        Array("<< \(entries) /Length \(bytes.count) >>\nstream\n".utf8) + bytes + Array("\nendstream".utf8)
    }

    /// The number of the first of ``objects``.
    package static let firstObject = 5

    /// The document.
    ///
    /// Objects 1 to 4 are the catalog, the page tree, the information and the metadata; then come
    /// ``objects``, then two for each page.
    package var bytes: [UInt8] {
        let first = Self.firstObject + objects.count
        let kids = pages.indices.map { "\(first + 2 * $0) 0 R" }.joined(separator: " ")
        let metadata = xmp == nil ? "" : "/Metadata 4 0 R"
        var all: [[UInt8]] = [
            Array("<< /Type /Catalog /Pages 2 0 R \(metadata)\(catalog) >>".utf8),
            Array("<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>".utf8),
            Array("<< \(information.map { "/\($0.key) \($0.value)" }.joined(separator: " ")) >>".utf8),
            Self.stream("/Type /Metadata /Subtype /XML", Array((xmp ?? "").utf8)),
        ]
        all += objects
        for (index, page) in pages.enumerated() {
            let drawing = page.entries.contains("/Contents") ? "" : "/Contents \(first + 2 * index + 1) 0 R"
            all.append(Array("<< /Type /Page /Parent 2 0 R \(page.entries) \(drawing) >>".utf8))
            all.append(Self.stream("", page.drawing))
        }
        return Self.document(all)
    }

    /// A document whose only page draws a form ten times, which draws another ten times, and so on: ten thousand million
    /// rectangles.
    package static func endless() -> PDFWriter {
        var writer = PDFWriter(pages: [
            Page("/X Do", entries: "/Resources << /XObject << /X \(firstObject) 0 R >> >>")
        ])
        writer.objects = (0..<10).map { depth in
            let next = "/Resources << /XObject << /X \(firstObject + depth + 1) 0 R >> >>"
            return stream(
                "/Type /XObject /Subtype /Form /BBox [0 0 400 600] \(depth < 9 ? next : "")",
                Array((depth < 9 ? String(repeating: "/X Do ", count: 10) : "0 0 9 9 re f").utf8)
            )
        }
        return writer
    }

    /// Objects from number 1 on, the first of which is the catalog and the third the information.
    package static func document(_ objects: [[UInt8]]) -> [UInt8] {
        var bytes = Array("%PDF-1.7\n%\u{e2}\n".utf8)
        var places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(bytes.count)
            bytes += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let table = bytes.count
        bytes += Array("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n".utf8)
        for place in places {
            let digits = String(place)
            bytes += Array("\(String(repeating: "0", count: 10 - digits.count))\(digits) 00000 n \n".utf8)
        }
        let info = objects.count > 2 ? "/Info 3 0 R" : ""
        bytes += Array("trailer\n<< /Size \(objects.count + 1) /Root 1 0 R \(info) >>\n".utf8)
        return bytes + Array("startxref\n\(table)\n%%EOF\n".utf8)
    }

    /// A metadata stream with these properties in it.
    package static func xmp(_ properties: String) -> String {
        """
        <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
            xmlns:calibre="http://calibre-ebook.com/xmp-namespace"
            xmlns:calibreSI="http://calibre-ebook.com/xmp-namespace-series-index"
            xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"
            xmlns:xmpidq="http://ns.adobe.com/xmp/Identifier/qual/1.0/">
        \(properties)
        </rdf:Description></rdf:RDF></x:xmpmeta>
        <?xpacket end="w"?>
        """
    }
}
