// SPDX-License-Identifier: MIT
package import LibraryModel

/// Reads one book behind an open descriptor.
///
/// It decides nothing by the file's name but which of two fitting formats to file the book under. Nothing is thrown:
/// what is wrong is in the result.
package struct BookReader {
    private let descriptor: Int32
    private let promised: MediaFormat

    package init(descriptor: Int32, promised: MediaFormat) {
        self.descriptor = descriptor
        self.promised = promised
    }

    /// What the book is, how many pages it has, and where asked for what it says of itself.
    ///
    /// With `checksParts` a book is whole only if each part of its container is there, and not the end alone. Hashes
    /// are taken of every file that has its end, whether it is a book or not.
    package func facts(readsMetadata: Bool, checksParts: Bool, hashes: HashWishes = []) -> BookFacts {
        var facts = BookFacts()
        do throws(Finding) {
            let source = try ByteSource(descriptor: descriptor)
            do throws(Finding) {
                try read(source, readsMetadata, checksParts, into: &facts)
            } catch {
                facts.findings.append(error)
            }
            if facts.endIsPresent {
                if hashes.contains(.koreader) { facts.koreaderHash = try FileHash.koreader(of: source) }
                if hashes.contains(.file) { facts.hash = try FileHash.whole(of: source) }
            }
        } catch {
            facts.findings.append(error)
        }
        facts.findings.sort { $0.problem.severity == .error && $1.problem.severity != .error }
        return facts
    }

    /// Writes a thumbnail of the first page that can be decoded, or of an EPUB's cover.
    package func thumbnail(_ settings: ThumbnailSettings, writingTo output: Int32) -> WorkReport.Outcome {
        do throws(Finding) {
            let source = try ByteSource(descriptor: descriptor)
            let book = try open(source)
            let pictures: [ZipEntry] =
                switch book.contents {
                case .comic(let pages, let comicInfo): coverFirst(pages, comicInfo, source)
                case .epub(let package): package.covers.compactMap { book.directory.entry(named: $0.path) }
                }
            var thumbnail = Thumbnail(settings: settings, reader: EntryReader(source: source))
            return thumbnail.make(of: pictures, writingTo: output)
        } catch {
            return .noThumbnail([error])
        }
    }

    /// Unpacks every entry and decodes every page.
    ///
    /// `pace` is called before each entry, so that each may be given its time, however many there are.
    package func pages(pace: () -> Void = {}) -> PageAnalysis {
        do throws(Finding) {
            let source = try ByteSource(descriptor: descriptor)
            var check = PageCheck(of: try open(source), source)
            return check.run(pace: pace)
        } catch {
            var analysis = PageAnalysis()
            analysis.findings = [error]
            return analysis
        }
    }

    private func read(
        _ source: ByteSource,
        _ readsMetadata: Bool,
        _ checksParts: Bool,
        into facts: inout BookFacts
    ) throws(Finding) {
        let head = try head(of: source)
        facts.format = ContainerKind(head: head)?.format(promised: promised)
        facts.endIsPresent = !head.allSatisfy { $0 == 0 }
        let book: OpenBook
        do throws(Finding) {
            book = try open(source, checksParts: checksParts)
        } catch {
            facts.endIsPresent = facts.endIsPresent && error.problem != .archiveTruncated
            facts.fingerprint = try? FingerprintDigest.fingerprint(of: source)
            throw error
        }
        facts.fingerprint = book.fingerprint
        switch book.contents {
        case .comic(let pages, _):
            if promised == .epub { facts.format = .cbz }
            facts.pages = pages.count
            if pages.isEmpty { facts.findings.append(Finding(.archiveEmpty, "the archive holds no pages")) }
            if let page = pages.first(where: \.isEncrypted) {
                facts.findings.append(Finding(.archiveEncrypted, "\(page.shown) needs a password"))
            }
            guard readsMetadata else { return }
            readDocuments(in: book.directory, source, into: &facts)
        case .epub(let package):
            facts.format = .epub
            facts.pages = package.spineCount
            facts.findings += package.findings
            guard readsMetadata else { return }
            readDocuments(in: book.directory, source, into: &facts)
            let epub = PackageMetadata(package)
            facts.metadata.complete(with: epub.metadata)
            facts.findings += epub.findings
        }
    }

    private func readDocuments(in directory: ZipDirectory, _ source: ByteSource, into facts: inout BookFacts) {
        let reader = EntryReader(source: source)
        let entries = directory.entries
        let documents = ComicDocuments(names: entries.map(\.name), comment: directory.comment) {
            (place: Int) throws(Finding) in
            try reader.contents(of: entries[place], limit: EntryReader.documentLimit)
        }
        facts.metadata = documents.metadata
        facts.findings += documents.findings
    }

    /// The pages, that one first which a `ComicInfo.xml` calls the cover, if it can be read.
    private func coverFirst(_ pages: [ZipEntry], _ comicInfo: ZipEntry?, _ source: ByteSource) -> [ZipEntry] {
        guard let comicInfo,
            let contents = try? EntryReader(source: source).contents(of: comicInfo, limit: EntryReader.documentLimit),
            let cover = try? ComicInfo(contents).coverPage, pages.indices.contains(cover)
        else { return pages }
        return [pages[cover]] + pages[..<cover] + pages[(cover + 1)...]
    }

    private func head(of source: ByteSource) throws(Finding) -> ArraySlice<UInt8> {
        try source.bytes(at: 0, count: min(source.size, ContainerKind.headLength))
    }

    private func open(_ source: ByteSource, checksParts: Bool = false) throws(Finding) -> OpenBook {
        try OpenBook(source, head: try head(of: source), promised: promised, checksParts: checksParts)
    }
}
