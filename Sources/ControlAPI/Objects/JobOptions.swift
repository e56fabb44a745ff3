// SPDX-License-Identifier: MIT

/// What was asked of a job beyond the usual.
package struct JobOptions: Codable, Equatable, Sendable {
    /// Reads every book again, changed or not.
    package var force: Bool
    /// Applies losses that would be held for a person.
    package var acceptLosses: Bool
    /// Takes the metadata of every book from its file again.
    package var metadata: Bool
    /// Works out the hashes of every book again, KOReader's too.
    package var hashes: Bool
    /// Makes every thumbnail again.
    package var thumbnails: Bool
    /// `batched` or `sync`; null where the library's own is used.
    @Nullable package var mode: String?
    /// Tells what would be done, and does nothing.
    package var dryRun: Bool

    package init(
        force: Bool = false,
        acceptLosses: Bool = false,
        metadata: Bool = false,
        hashes: Bool = false,
        thumbnails: Bool = false,
        mode: String? = nil,
        dryRun: Bool = false
    ) {
        self.force = force
        self.acceptLosses = acceptLosses
        self.metadata = metadata
        self.hashes = hashes
        self.thumbnails = thumbnails
        self.mode = mode
        self.dryRun = dryRun
    }

    private enum CodingKeys: String, CodingKey {
        case force
        case acceptLosses = "accept_losses"
        case metadata
        case hashes
        case thumbnails
        case mode
        case dryRun = "dry_run"
    }
}
