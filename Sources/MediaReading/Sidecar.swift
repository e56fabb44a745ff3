// SPDX-License-Identifier: MIT
package import LibraryModel

/// What a file beside a book says of it.
///
/// Nothing is thrown: what is wrong is in ``findings``, and what could be read is kept.
package struct Sidecar {
    package enum Kind: String, CaseIterable, Sendable {
        /// calibre's `metadata.opf`, or the `.opf` of a book's name.
        case opf

        /// Mylar's `series.json`, for every book in its folder.
        case seriesJSON = "series_json"
    }

    /// The longest file that is read, in bytes.
    package static let limit = 4 << 20

    /// What holds of the book, or of each of the books.
    package private(set) var book = BookMetadata()

    /// What holds of their series, whose name is the title; empty for ``Kind/opf``.
    package private(set) var series = BookMetadata()

    /// `continuing` or `ended`, if ``Kind/seriesJSON`` says so.
    package private(set) var status: String?

    package private(set) var findings: [Finding] = []

    /// Reads an open file.
    package init(descriptor: Int32, kind: Kind) {
        do throws(Finding) {
            let source = try ByteSource(descriptor: descriptor)
            guard source.size <= Self.limit else {
                throw Finding(
                    .metadataInvalid,
                    "\(kind.shown) has \(source.size) bytes, more than the \(Self.limit) read"
                )
            }
            try read(Array(try source.bytes(at: 0, count: source.size)), kind)
        } catch {
            findings = [error]
        }
    }

    package init(_ bytes: [UInt8], kind: Kind) {
        do throws(Finding) {
            try read(bytes, kind)
        } catch {
            findings = [error]
        }
    }

    private mutating func read(_ bytes: [UInt8], _ kind: Kind) throws(Finding) {
        switch kind {
        case .opf:
            let facts = try PackageMetadata(sidecar: bytes)
            book = facts.metadata
            findings = facts.findings
        case .seriesJSON:
            let document = try SeriesDocument(bytes)
            book = document.book
            series = document.series
            status = document.status
            findings = document.findings
        }
    }
}

extension Sidecar.Kind {
    fileprivate var shown: String {
        switch self {
        case .opf: "the package document beside it"
        case .seriesJSON: "series.json"
        }
    }
}
