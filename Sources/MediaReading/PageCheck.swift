// SPDX-License-Identifier: MIT
import LibraryModel

/// Reads all of a book, to find what is no longer good: unpacks every entry and decodes every page.
///
/// In the order in which the entries lie, so that a disk reads forward, and one by one, so that memory holds no more
/// than the largest page. What is wrong with one page keeps no other from being looked at.
struct PageCheck {
    private let archive: any Archive
    private let entries: [ArchiveEntry]

    /// “page” in a comic, “picture” in an EPUB.
    private let noun: String

    /// The ordinal of each page, and its number from 1.
    private let numbers: [Int: Int]

    private var analysis = PageAnalysis()
    private var sizes: [PageAnalysis.Size] = []
    private var flaws: [(order: Int, finding: Finding)] = []

    init(of book: OpenBook) {
        archive = book.archive
        let pages: [ArchiveEntry]
        switch book.contents {
        case .comic(let entries, _): (noun, pages) = ("page", entries)
        case .epub(let package): (noun, pages) = ("picture", package.pictures(in: book.archive))
        }
        analysis.pages = pages.count
        numbers = Dictionary(zip(pages.map(\.ordinal), 1...)) { first, _ in first }
        entries = book.archive.entries.filter { $0.kind == .file }.sorted { $0.position < $1.position }
    }

    mutating func run(pace: () -> Void) -> PageAnalysis {
        for entry in entries {
            pace()
            if let number = numbers[entry.ordinal] { check(entry, page: number) } else { check(entry) }
        }
        flaws.sort { $0.order < $1.order }
        analysis.findings = flaws.prefix(PageAnalysis.findingLimit).map(\.finding)
        analysis.typical = PageAnalysis.Size.middle(of: sizes)
        return analysis
    }

    private mutating func check(_ entry: ArchiveEntry, page number: Int) {
        do throws(Finding) {
            try decode(entry, page: number)
            analysis.decoded += 1
        } catch {
            switch error.problem {
            case .archiveEncrypted, .tooLarge, .bomb, .unsupportedFormat: analysis.skipped += 1
            default: analysis.damaged += 1
            }
            // Of a picture of another format nobody can say that anything is wrong with it.
            if error.problem != .unsupportedFormat { flaws.append((number, error)) }
        }
    }

    /// Throws what is wrong with a page, in words that name it.
    private mutating func decode(_ entry: ArchiveEntry, page number: Int) throws(Finding) {
        let place = "\(noun) \(number) of \(analysis.pages)"
        let bytes: [UInt8]
        do throws(Finding) {
            bytes = try archive.contents(of: entry, limit: ArchiveLimits.pictureSize)
        } catch {
            throw Finding(error.problem, "\(place): \(error.detail)")
        }
        do throws(Finding) {
            let picture = try EncodedPicture(bytes)
            sizes.append(PageAnalysis.Size(width: picture.width, height: picture.height))
            try picture.verify()
        } catch {
            throw Finding(error.problem, "\(place) \(error.detail) (\(entry.shown))")
        }
    }

    /// Compares the checksum of a file that is no page.
    private mutating func check(_ entry: ArchiveEntry) {
        guard entry.obstacle == nil else { return }
        do throws(Finding) {
            try archive.verify(entry)
        } catch {
            if error.problem != .unsupportedFormat { flaws.append((.max, error)) }
        }
    }
}

extension PageAnalysis.Size {
    /// The one in the middle, when they lie in the order of their pixels; `nil` of none.
    static func middle(of sizes: [PageAnalysis.Size]) -> PageAnalysis.Size? {
        let sorted = sizes.sorted { ($0.width * $0.height, $0.width) < ($1.width * $1.height, $1.width) }
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}

extension EpubPackage {
    /// The pictures of the manifest that are in the archive, in its order.
    fileprivate func pictures(in archive: any Archive) -> [ArchiveEntry] {
        let places = Dictionary(archive.entries.map { ($0.name, $0) }) { first, _ in first }
        var seen: Set<[UInt8]> = []
        return items.filter { $0.isImage && seen.insert($0.path).inserted }.compactMap { places[$0.path] }
    }
}
