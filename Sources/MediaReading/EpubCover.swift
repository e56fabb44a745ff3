// SPDX-License-Identifier: MIT
import LibraryModel

extension EpubPackage {
    /// The pictures that may be the cover, the likeliest first.
    ///
    /// What the book declares comes first, in the ways of EPUB 3 and EPUB 2, then the guide of old books, then what is
    /// called a cover, and at last every picture in the order of the manifest.
    var covers: [Item] {
        let images = items.filter(\.isImage)
        let declared = elements.first { $0.name == "meta" && $0["name"] == "cover" }?["content"]
        let guide = elements.first { $0.name == "reference" && $0["type"]?.lowercased() == "cover" }?["href"]
        let candidates =
            images.filter { $0.properties.contains("cover-image") }
            + images.filter { $0.id == declared }
            + images.filter { image in guide.map { image.path.hasSuffix(RelativePath.resolve($0, in: [])) } ?? false }
            + images.filter { $0.id.lowercased().contains("cover") || $0.name.lowercased().contains("cover") }
            + images
        var seen: Set<[UInt8]> = []
        return candidates.filter { seen.insert($0.path).inserted }
    }
}

extension EpubPackage.Item {
    fileprivate var name: String {
        String(decoding: path.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ end: [UInt8]) -> Bool {
        !end.isEmpty && suffix(end.count).elementsEqual(end)
    }
}
