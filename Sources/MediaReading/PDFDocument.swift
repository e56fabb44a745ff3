// SPDX-License-Identifier: MIT
import CPoppler
import Glibc
import LibraryModel

/// A PDF that poppler has opened.
///
/// It is read by position from a copy of the descriptor, in the parts that are needed; nothing is mapped, so that a file
/// that is cut meanwhile is a finding.
final class PDFDocument {
    private let document: OpaquePointer

    /// How many pages it says it has; poppler takes no more than it has objects.
    let pageCount: Int

    /// Throws ``ProblemClass/archiveEncrypted`` where a password is needed, and ``ProblemClass/archiveCorrupt`` where
    /// nothing can be made of it; what can be repaired is read.
    init(descriptor: Int32) throws(Finding) {
        PopplerLibrary.listen()
        _ = PopplerLibrary.takeComplaints()
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Finding(.unreadable, "reading failed: \(String(cString: strerror(errno)))") }
        var error: UnsafeMutablePointer<GError>?
        // The copy is poppler's from here on.
        guard let opened = poppler_document_new_from_fd(copy, nil, &error) else {
            defer { g_error_free(error) }
            throw Self.finding(error)
        }
        document = opened
        pageCount = Int(poppler_document_get_n_pages(opened))
    }

    deinit {
        g_object_unref(UnsafeMutableRawPointer(document))
    }

    private static func finding(_ error: UnsafeMutablePointer<GError>?) -> Finding {
        guard let error else { return Finding(.archiveCorrupt, "the document cannot be opened") }
        let isOurs = error.pointee.domain == poppler_error_quark()
        if isOurs, error.pointee.code == Int32(POPPLER_ERROR_ENCRYPTED.rawValue) {
            return Finding(.archiveEncrypted, "the document needs a password")
        }
        let reason = PopplerLibrary.takeComplaints().errors.first ?? String(sentence: error.pointee.message)
        return Finding(.archiveCorrupt, "the document cannot be opened: \(reason)")
    }

    /// The page of a number from 0; `nil` where there is none that can be read.
    func page(_ number: Int) -> PDFPage? {
        poppler_document_get_page(document, Int32(clamping: number)).map { PDFPage($0, of: self) }
    }

    /// How many pages cannot be found.
    var missingPages: Int {
        (0..<pageCount).count { page($0) == nil }
    }

    /// The metadata stream, of XML.
    var metadata: [UInt8]? {
        Self.take(poppler_document_get_metadata(document)).map { Array($0.utf8) }
    }

    /// An entry of the information dictionary, as text.
    func information(_ entry: InformationEntry) -> String? {
        let text =
            switch entry {
            case .title: poppler_document_get_title(document)
            case .author: poppler_document_get_author(document)
            case .subject: poppler_document_get_subject(document)
            case .keywords: poppler_document_get_keywords(document)
            }
        return Self.take(text)?.trimmed.nonEmpty
    }

    enum InformationEntry {
        case title, author, subject, keywords
    }

    private static func take(_ text: UnsafeMutablePointer<gchar>?) -> String? {
        guard let text else { return nil }
        defer { g_free(text) }
        return String(cString: text)
    }
}
