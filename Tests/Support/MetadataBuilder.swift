// SPDX-License-Identifier: MIT

/// Writes the documents in which books are described, as the programs do that make them.
package enum MetadataBuilder {
    /// A `MetronInfo.xml` 1.0 with these elements in it.
    package static func metronInfo(_ elements: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <MetronInfo xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="MetronInfo.xsd">
        \(elements)
        </MetronInfo>
        """
    }

    /// The comment of a ZIP with these members of a ComicBookInfo.
    package static func comicBookInfo(_ members: String) -> String {
        """
        {"appID": "Tagger/1.2", "lastModified": "2013-05-01 09:30:12 +0000", "ComicBookInfo/1.0": {\(members)}}
        """
    }

    /// A `metadata.opf` as calibre writes it, with these elements in its metadata.
    package static func calibre(_ elements: String) -> String {
        """
        <?xml version='1.0' encoding='utf-8'?>
        <package xmlns="http://www.idpf.org/2007/opf" unique-identifier="uuid_id" version="2.0">
            <metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
        \(elements)
            </metadata>
            <guide><reference type="cover" title="Cover" href="cover.jpg"/></guide>
        </package>
        """
    }

    /// A `series.json` of Mylar's version 1.0.2 with these members.
    package static func seriesJSON(_ members: String) -> String {
        """
        {"version": "1.0.2", "metadata": {"type": "comicSeries", \(members)}}
        """
    }
}
