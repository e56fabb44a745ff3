// SPDX-License-Identifier: MIT
import LibraryModel

/// How a PDF is read, which is no archive: its pages are drawn.
extension BookReader {
    /// How many pages are tried before a book goes without a thumbnail.
    private static let tries = 5

    func readPDF(
        _ source: ByteSource,
        _ readsMetadata: Bool,
        _ checksParts: Bool,
        into facts: inout BookFacts
    ) throws(Finding) {
        facts.endIsPresent = PDFEnd(head: try head(of: source), tail: source.tail, size: source.size).isPresent
        facts.fingerprint = try FingerprintDigest.fingerprint(of: source)
        let document: PDFDocument
        do throws(Finding) {
            document = try PDFDocument(descriptor: descriptor)
        } catch {
            guard error.problem == .archiveCorrupt, !facts.endIsPresent else { throw error }
            throw Finding(.archiveTruncated, "the document has no end")
        }
        facts.pages = document.pageCount
        if readsMetadata {
            let own = PDFMetadata(document)
            facts.metadata = own.metadata
            facts.findings += own.findings
        }
        guard document.pageCount > 0 else { throw Finding(.archiveCorrupt, "the document has no pages") }
        if checksParts {
            let missing = document.missingPages
            if missing > 0 {
                facts.endIsPresent = false
                throw Finding(.archiveTruncated, "\(missing) of its \(document.pageCount) pages are not there yet")
            }
        } else if !facts.endIsPresent, document.page(document.pageCount - 1) == nil {
            throw Finding(.archiveTruncated, "the document has no end, and its last page is missing")
        }
    }

    func drawPDF(_ settings: ThumbnailSettings, writingTo output: Int32) throws(Finding) -> WorkReport.Outcome {
        let document = try PDFDocument(descriptor: descriptor)
        var findings: [Finding] = []
        for number in 0..<min(document.pageCount, Self.tries) {
            let drawing: (webp: [UInt8], width: Int, height: Int)
            do throws(Finding) {
                guard let page = document.page(number) else { throw Finding(.imageCorrupt, "is missing") }
                let canvas = try page.drawn(settings)
                drawing = (try canvas.encoded(settings), canvas.width, canvas.height)
            } catch {
                findings.append(Finding(error.problem, "page \(number + 1) of \(document.pageCount) \(error.detail)"))
                continue
            }
            do throws(Finding) {
                try Thumbnail.write(drawing.webp, to: output)
            } catch {
                return .noThumbnail(findings + [error])
            }
            return .thumbnail(width: drawing.width, height: drawing.height, findings: findings)
        }
        if document.pageCount == 0 { findings.append(Finding(.archiveCorrupt, "the document has no pages")) }
        return .noThumbnail(findings)
    }

    /// Draws every page, small, and keeps nothing but what poppler complains of.
    func checkPDF(pace: () -> Void) throws(Finding) -> PageAnalysis {
        let document = try PDFDocument(descriptor: descriptor)
        var analysis = PageAnalysis()
        var sizes: [PageAnalysis.Size] = []
        analysis.pages = document.pageCount
        for number in 0..<document.pageCount {
            pace()
            do throws(Finding) {
                guard let page = document.page(number) else { throw Finding(.imageCorrupt, "is missing") }
                sizes.append(try page.size())
                let canvas = try Canvas(width: 200, height: 300)
                let complaints = try page.draw(on: canvas)
                if let complaint = complaints.errors.first { throw Finding(.imageCorrupt, "is damaged: \(complaint)") }
                analysis.decoded += 1
            } catch {
                switch error.problem {
                case .tooLarge, .bomb: analysis.skipped += 1
                default: analysis.damaged += 1
                }
                guard analysis.findings.count < PageAnalysis.findingLimit else { continue }
                let place = "page \(number + 1) of \(document.pageCount)"
                analysis.findings.append(Finding(error.problem, "\(place) \(error.detail)"))
            }
        }
        analysis.typical = PageAnalysis.Size.middle(of: sizes)
        if document.pageCount == 0 { analysis.findings = [Finding(.archiveCorrupt, "the document has no pages")] }
        return analysis
    }
}
