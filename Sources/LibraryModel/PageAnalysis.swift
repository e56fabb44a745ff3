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

    /// The page with the fewest pixels; like the others `nil` where no page has a readable header.
    package var smallest: Size?

    /// The page in the middle, when they lie in the order of their pixels.
    package var typical: Size?

    /// The page with the most pixels.
    package var largest: Size?

    /// Bytes of all pages, unpacked.
    package var bytes: Int64 = 0

    package init() {}
}
