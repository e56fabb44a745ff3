// SPDX-License-Identifier: MIT

/// What a conversion wrote, or what its comparison found written.
///
/// Both passes count for themselves, and who asked for both compares them: where the file that was read again is the
/// file that was written, all figures but ``damagedPages`` are the same.
package struct ConversionFigures: Equatable, Sendable {
    /// Entries of the archive, folders among them.
    package var entries: Int

    package var pages: Int

    /// The size of the result in bytes.
    package var bytes: Int64

    /// The SHA-256 of the result, ``BookFacts/hashLength`` bytes: as they were written, or as they were read again.
    package var hash: [UInt8]

    /// Pages whose headers cannot be decoded in the result, just as they cannot in the original.
    ///
    /// A conversion keeps damage as it keeps all else. Counted by the comparison alone.
    package var damagedPages: Int

    package init(entries: Int, pages: Int, bytes: Int64, hash: [UInt8], damagedPages: Int = 0) {
        self.entries = entries
        self.pages = pages
        self.bytes = bytes
        self.hash = hash
        self.damagedPages = damagedPages
    }

    /// Whether what was compared is what was written: call it on the comparison's figures.
    package func isResult(of written: ConversionFigures) -> Bool {
        entries == written.entries && pages == written.pages && bytes == written.bytes && hash == written.hash
    }
}
