// SPDX-License-Identifier: MIT
import LibraryModel

/// What one picture may cost, judged by its header before a pixel is decoded; each limit with the class of its problem.
///
/// | limit | class |
/// |---|---|
/// | ``side``, ``pixels`` | `bomb` |
/// | ``memory``, ``thumbnailSide``, `ArchiveLimits.pictureSize` | `too_large` |
///
/// A header that says less than what follows it is caught by the decoder, or at last by the worker's address space.
enum PictureLimits {
    /// Pixels of a side: the most that JPEG and GIF can say.
    ///
    /// Strips of webcomics come near it.
    static let side = 65_535

    /// Pixels of a picture: four times a double page at 600 dots an inch.
    static let pixels = 120_000_000

    /// Bytes that a decoder may take beside the picture's file, with what is made of the picture.
    static let memory = 400_000_000

    /// Pixels of a side of a thumbnail: WebP (RFC 9649) has no more.
    static let thumbnailSide = 16_383

    static func check(width: Int, height: Int) throws(Finding) {
        guard width > 0, height > 0 else { throw Finding(.imageCorrupt, "has no size") }
        guard max(width, height) <= side, width * height <= pixels else {
            throw Finding(
                .bomb,
                "claims to be \(width) × \(height) pixels large; at most \(pixels / 1_000_000) million are decoded"
            )
        }
    }

    static func check(memory need: Int, width: Int, height: Int) throws(Finding) {
        guard need <= memory else {
            throw Finding(
                .tooLarge,
                "has \(width) × \(height) pixels, which take \(megabytes(need)) MB to decode,"
                    + " more than the \(megabytes(memory)) MB allowed"
            )
        }
    }

    static func check(thumbnail size: (width: Int, height: Int)) throws(Finding) {
        guard max(size.width, size.height) <= thumbnailSide else {
            throw Finding(
                .tooLarge,
                "would have a thumbnail of \(size.width) × \(size.height) pixels,"
                    + " and WebP has at most \(thumbnailSide) on a side"
            )
        }
    }

    private static func megabytes(_ bytes: Int) -> Int {
        (bytes + 999_999) / 1_000_000
    }
}
