// SPDX-License-Identifier: MIT

/// What came of decoding every page of a book.
///
/// Disks and copies lose bits without saying so; only who reads all of a book knows that it is still good. An EPUB's
/// pages are here the pictures of its manifest; of its other files, as of a comic's, the checksums are compared.
package struct PageAnalysis: Equatable, Sendable {
    /// The most findings that are told; ``damaged`` counts on.
    package static let findingLimit = 20

    /// A page's width and height in pixels.
    package struct Size: Hashable, Sendable {
        package var width: Int
        package var height: Int

        package init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }
    }

    package var pages = 0

    /// Pages that decoded to their last bit without a complaint of the decoder's.
    package var decoded = 0

    /// Pages that cannot be judged: of a format or a size that is not decoded here, or encrypted.
    package var skipped = 0

    /// Pages that cannot be unpacked or decoded, or only with something missing.
    package var damaged = 0

    /// What is wrong, in the order of the pages, then of the other files; the first ``findingLimit``.
    package var findings: [Finding] = []

    /// The page in the middle, when they lie in the order of their pixels; `nil` where none has a readable header.
    package var typical: Size?

    /// Whether pages were looked at; of a book that cannot be opened there are findings alone.
    package var isOfPages: Bool { pages > 0 || findings.isEmpty }

    package init() {}
}
