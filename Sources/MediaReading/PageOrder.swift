// SPDX-License-Identifier: MIT
import LibraryModel

/// Which entries of an archive are pages, and in which order they are read.
///
/// Pages are pictures by their extension, in ``NaturalOrder`` over the whole path. What Macs, NAS boxes and Windows
/// leave in archives is no page: `__MACOSX`, `@eaDir`, and every name that begins with a dot.
enum PageOrder {
    private static let extensions = Set(
        ["jpg", "jpeg", "jpe", "png", "webp", "gif", "bmp", "avif", "heif", "heic", "jxl"].map { Array($0.utf8) }
    )

    private static let junk = ["__MACOSX", "@eaDir"].map { Array($0.utf8) }

    static func pages(of entries: [ZipEntry]) -> [ZipEntry] {
        entries.filter(isPage).sorted { NaturalOrder.precedes($0.name, $1.name) }
    }

    private static func isPage(_ entry: ZipEntry) -> Bool {
        guard !entry.isDirectory, extensions.contains(entry.lastComponent.lowercasedExtension) else { return false }
        return entry.components.allSatisfy { component in
            component.first != UInt8(ascii: ".") && !junk.contains { component.elementsEqual($0) }
                || component == [UInt8(ascii: ".")]
        }
    }
}
