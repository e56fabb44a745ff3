// SPDX-License-Identifier: MIT
import LibraryModel

/// The facts that a PDF tells of itself: in its metadata stream (XMP, ISO 16684-1), then in its information dictionary.
///
/// Programs fill in most of it unasked, so what only tells how the file was made is left out. When a file was made says
/// nothing of when the book appeared; the information dictionary's dates are not read at all.
struct PDFMetadata {
    private(set) var metadata = BookMetadata()
    private(set) var findings: [Finding] = []

    init(_ document: PDFDocument) {
        if let bytes = document.metadata, !bytes.isEmpty {
            do throws(Finding) {
                let stream = try XMPMetadata(bytes)
                metadata = stream.metadata
                findings = stream.findings
            } catch {
                findings.append(error)
            }
        }
        var facts = FactCollector(.pdf, "the document information")
        facts.note(.title, document.information(.title).flatMap(ProgramTitle.title), label: "Title")
        facts.note(.writers, document.information(.author).flatMap(ProgramTitle.person), label: "Author")
        facts.note(.summary, document.information(.subject), label: "Subject")
        facts.note(.tags, document.information(.keywords), label: "Keywords")
        metadata.complete(with: facts.metadata)
        findings += facts.findings
    }
}
