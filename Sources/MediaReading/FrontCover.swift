// SPDX-License-Identifier: MIT
import LibraryModel

/// The page that a comic's `ComicInfo.xml` declares to be its front.
enum FrontCover {
    /// The pages with the declared one before all others.
    ///
    /// Where the archive has to be unpacked up to the document for that, it is not asked.
    static func first(
        _ pages: [ArchiveEntry],
        _ comicInfo: ArchiveEntry?,
        in archive: any Archive
    ) -> [ArchiveEntry] {
        guard archive.isSeekable, let comicInfo, let number = declared(comicInfo, in: archive),
            pages.indices.contains(number), number > 0
        else { return pages }
        return [pages[number]] + pages[..<number] + pages[(number + 1)...]
    }

    /// The number, from 0, of the page of the type `FrontCover`.
    private static func declared(_ comicInfo: ArchiveEntry, in archive: any Archive) -> Int? {
        guard let contents = try? archive.contents(of: comicInfo, limit: ArchiveLimits.documentSize) else {
            return nil
        }
        return (try? ComicInfo(contents))?.coverPage
    }
}
