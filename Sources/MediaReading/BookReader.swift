// SPDX-License-Identifier: MIT
import Glibc
package import LibraryModel

/// Reads one book behind an open descriptor.
///
/// It decides nothing by the file's name but which of two fitting formats to file the book under. Nothing is thrown:
/// what is wrong is in the result.
package struct BookReader {
    let descriptor: Int32
    private let promised: MediaFormat

    package init(descriptor: Int32, promised: MediaFormat) {
        self.descriptor = descriptor
        self.promised = promised
    }

    /// The profile of the workers that read such a file; `nil` where its beginning cannot be read.
    ///
    /// A look at five bytes, for a worker that is not to read the file itself.
    package var profile: WorkerProfile? {
        var beginning = [UInt8](repeating: 0, count: 5)
        guard pread(descriptor, &beginning, beginning.count, 0) >= 0 else { return nil }
        return ContainerKind(head: beginning[...]) == .pdf ? .pdf : .archives
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
            if try isPDF(source) { return try drawPDF(settings, writingTo: output) }
            let book = try open(source)
            let pictures: [ArchiveEntry] =
                switch book.contents {
                case .comic(let pages, let comicInfo): FrontCover.first(pages, comicInfo, in: book.archive)
                case .epub(let package): package.covers.compactMap { book.archive.entry(named: $0.path) }
                }
            var thumbnail = Thumbnail(settings: settings, archive: book.archive)
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
            if try isPDF(source) { return try checkPDF(pace: pace) }
            var check = PageCheck(of: try open(source))
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
        if facts.format == .pdf { return try readPDF(source, readsMetadata, checksParts, into: &facts) }
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
            if pages.isEmpty { facts.findings.append(PageOrder.absence(in: book.archive.entries)) }
            if let obstacle = pages.lazy.compactMap(\.obstacle).first { facts.findings.append(obstacle) }
            guard readsMetadata else { return }
            readDocuments(in: book.archive, into: &facts)
        case .epub(let package):
            facts.format = .epub
            facts.pages = package.spineCount
            facts.findings += package.findings
            guard readsMetadata else { return }
            readDocuments(in: book.archive, into: &facts)
            let epub = PackageMetadata(package)
            facts.metadata.complete(with: epub.metadata)
            facts.findings += epub.findings
        }
    }

    private func readDocuments(in archive: any Archive, into facts: inout BookFacts) {
        // Where a page has told of a password already, a document need not.
        let entries = facts.findings.isEmpty ? archive.entries : archive.entries.filter { $0.obstacle == nil }
        let documents = ComicDocuments(names: entries.map(\.name), comment: archive.comment) {
            (place: Int) throws(Finding) in
            do throws(Finding) {
                return try archive.contents(of: entries[place], limit: ArchiveLimits.documentSize)
            } catch {
                // The pages may be read all the same.
                let isLocked = error.problem == .unsupportedFormat || error.problem == .archiveEncrypted
                throw Finding(isLocked ? .metadataInvalid : error.problem, error.detail)
            }
        }
        facts.metadata = documents.metadata
        facts.findings += documents.findings
    }

    private func isPDF(_ source: ByteSource) throws(Finding) -> Bool {
        ContainerKind(head: try head(of: source)) == .pdf
    }

    func head(of source: ByteSource) throws(Finding) -> ArraySlice<UInt8> {
        try source.bytes(at: 0, count: min(source.size, ContainerKind.headLength))
    }

    func open(_ source: ByteSource, checksParts: Bool = false) throws(Finding) -> OpenBook {
        try OpenBook(source, head: try head(of: source), promised: promised, checksParts: checksParts)
    }
}
