// SPDX-License-Identifier: MIT
import LibraryModel

/// Which entries of an archive are pages, and in which order they are read.
///
/// Pages are pictures by their extension, in ``NaturalOrder`` over the whole path, but for covers, which come first: the
/// pictures of the first of the topmost folders that are called `cover`, `folder` or `front`, whatever numbers and marks surround the
/// word. Where nothing has the extension of a picture, what begins as one is a page.
///
/// What Macs, Windows and NAS boxes leave in archives is no page: `__MACOSX`, `@eaDir`, `Thumbs.db`, and every name
/// that begins with a dot. Neither is a link, nor a device.
enum PageOrder {
    private static let extensions = Set(
        [
            "jpg", "jpeg", "jpe", "jfif", "jif", "png", "apng", "webp", "gif", "bmp", "dib", "avif", "avifs", "heif",
            "heic", "hif", "jxl",
        ].map {
            Array($0.utf8)
        }
    )

    /// Of those the pictures whose pixels lie as they are.
    private static let unpackedPictures = ["bmp", "dib"].map { Array($0.utf8) }

    /// Extensions of what is no picture, however it begins.
    private static let others = Set(
        ["xml", "json", "txt", "nfo", "sfv", "md5", "url", "html", "htm", "db", "ini", "opf", "ncx", "css", "xhtml"]
            .map { Array($0.utf8) }
    )

    private static let archives = Set(
        ["zip", "cbz", "rar", "cbr", "7z", "cb7", "tar", "cbt", "epub", "gz", "bz2", "xz", "zst"].map { Array($0.utf8) }
    )

    private static let junk = ["__macosx", "@eadir", "thumbs.db", "desktop.ini"].map { Array($0.utf8) }
    private static let covers = ["cover", "folder", "front", "frontcover", "front cover"].map { Array($0.utf8) }

    /// How many entries are unpacked to see what they are; more begin alike, or the archive is no comic.
    private static let glances = 200

    /// Whether an entry's name is that of a picture which cannot be packed any further.
    static func isPackedPicture(_ entry: ArchiveEntry) -> Bool {
        let suffix = entry.lastComponent.lowercasedExtension
        return extensions.contains(suffix) && !unpackedPictures.contains(suffix)
    }

    static func pages(of archive: any Archive) -> [ArchiveEntry] {
        let files = archive.entries.filter(isFile)
        let pictures = files.filter { extensions.contains($0.lastComponent.lowercasedExtension) }
        return ordered(pictures.isEmpty ? nameless(files, in: archive) : pictures)
    }

    /// Why an archive has no pages.
    static func absence(in entries: [ArchiveEntry]) -> Finding {
        let inner = entries.filter { isFile($0) && archives.contains($0.lastComponent.lowercasedExtension) }.count
        guard inner > 0 else { return Finding(.archiveEmpty, "the archive holds no pages") }
        return Finding(.archiveEmpty, "the archive holds no pages but \(inner) archives, which are not opened")
    }

    private static func ordered(_ pictures: [ArchiveEntry]) -> [ArchiveEntry] {
        let pictures = pictures.sorted { NaturalOrder.precedes($0.name, $1.name) }
        let depth = pictures.map(\.components.count).min()
        let folder = pictures.first { $0.components.count == depth }?.components.dropLast()
        let isFirst = pictures.map { picture in
            picture.components.count == depth && isCover(picture) && picture.components.dropLast() == folder
        }
        let (covers, others) = (zip(pictures, isFirst).filter(\.1), zip(pictures, isFirst).filter { !$0.1 })
        return (covers + others).map(\.0)
    }

    private static func isCover(_ entry: ArchiveEntry) -> Bool {
        let words = entry.lastComponent.stem.bytes.map { byte in
            let lower = byte.asciiLowercased
            return (0x61...0x7A).contains(lower) || lower >= 0x80 ? lower : UInt8(ascii: " ")
        }.split(separator: UInt8(ascii: " "))
        return covers.contains { $0.elementsEqual(words.joined(separator: [UInt8(ascii: " ")])) }
    }

    private static func isFile(_ entry: ArchiveEntry) -> Bool {
        guard entry.kind == .file, !entry.name.isEmpty else { return false }
        return entry.components.allSatisfy { component in
            component == [UInt8(ascii: ".")] || component == [UInt8(ascii: "."), UInt8(ascii: ".")]
                || component.first != UInt8(ascii: ".")
                    && !junk.contains { $0.elementsEqual(component) { $0 == $1.asciiLowercased } }
        }
    }

    /// The pictures among files of which no name says what they are.
    private static func nameless(_ files: [ArchiveEntry], in archive: any Archive) -> [ArchiveEntry] {
        let candidates = files.filter { entry in
            let suffix = entry.lastComponent.lowercasedExtension
            return entry.size > 16 && entry.obstacle == nil && !others.contains(suffix) && !archives.contains(suffix)
        }
        guard candidates.count <= glances else { return [] }
        return candidates.filter { entry in
            (try? archive.head(of: entry, count: 16)).map(EncodedPicture.isPicture) ?? false
        }
    }
}
