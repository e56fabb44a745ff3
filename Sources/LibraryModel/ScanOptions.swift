// SPDX-License-Identifier: MIT

/// How a scan commits and tells what it learns.
package enum ScanMode: String, Sendable, Codable, CaseIterable {
    /// Hundreds of books in one transaction, told in arrays.
    case batched

    /// Each book in a transaction of its own, told one by one.
    case sync
}

/// How a scan departs from the usual one.
package struct ScanOptions: Hashable, Sendable {
    /// Every book is read again, changed or not, and its thumbnail made again.
    package var force = false

    /// The metadata of every book are read again.
    package var metadata = false

    /// Every book's whole-file hash and KOReader's are worked out again, whatever the configuration says.
    package var hashes = false

    /// The thumbnail of every book is made again.
    package var thumbnails = false

    /// Instead of the library's own.
    package var mode: ScanMode?

    /// Nothing is written; the report says what would be.
    package var dryRun = false

    /// Losses that would be held are applied.
    package var acceptLosses = false

    /// Books that could not be read are tried again, changed or not.
    package var triesAgain = false

    package init(
        force: Bool = false,
        metadata: Bool = false,
        hashes: Bool = false,
        thumbnails: Bool = false,
        mode: ScanMode? = nil,
        dryRun: Bool = false,
        acceptLosses: Bool = false,
        triesAgain: Bool = false
    ) {
        self.force = force
        self.metadata = metadata
        self.hashes = hashes
        self.thumbnails = thumbnails
        self.mode = mode
        self.dryRun = dryRun
        self.acceptLosses = acceptLosses
        self.triesAgain = triesAgain
    }

    /// Whether books are read that have not changed.
    package var readsAll: Bool { force || metadata || hashes }

    /// Whether thumbnails are made that are there already.
    package var drawsAll: Bool { force || thumbnails }

    /// What two requests want together; a dry run is never merged.
    package func merged(with other: ScanOptions) -> ScanOptions {
        ScanOptions(
            force: force || other.force,
            metadata: metadata || other.metadata,
            hashes: hashes || other.hashes,
            thumbnails: thumbnails || other.thumbnails,
            // Who wants to hear of every book is told of every book.
            mode: [mode, other.mode].contains(.sync) ? .sync : mode ?? other.mode,
            acceptLosses: acceptLosses || other.acceptLosses,
            triesAgain: triesAgain || other.triesAgain
        )
    }
}

extension ScanOptions: Codable {
    private enum CodingKeys: String, CodingKey {
        case force
        case metadata
        case hashes
        case thumbnails
        case mode
        case dryRun = "dry_run"
        case acceptLosses = "accept_losses"
        case triesAgain = "tries_again"
    }

    /// What an earlier version did not know is not asked for.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let flag = { (key: CodingKeys) in try fields.decodeIfPresent(Bool.self, forKey: key) ?? false }
        self.init(
            force: try flag(.force),
            metadata: try flag(.metadata),
            hashes: try flag(.hashes),
            thumbnails: try flag(.thumbnails),
            mode: try fields.decodeIfPresent(ScanMode.self, forKey: .mode),
            dryRun: try flag(.dryRun),
            acceptLosses: try flag(.acceptLosses),
            triesAgain: try flag(.triesAgain)
        )
    }
}
