// SPDX-License-Identifier: MIT

/// What to scan in a library; a field that is left out has its default, an unknown one is refused.
package struct ScanRequest: Codable, Equatable, Sendable {
    /// Absolute; empty means all of the library.
    package var paths: [String]
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
    /// `batched` or `sync`; the library's own where it is left out.
    package var mode: String?
    /// Tells what would be done, and does nothing.
    package var dryRun: Bool

    package init(
        paths: [String] = [],
        force: Bool = false,
        acceptLosses: Bool = false,
        metadata: Bool = false,
        hashes: Bool = false,
        thumbnails: Bool = false,
        mode: String? = nil,
        dryRun: Bool = false
    ) {
        self.paths = paths
        self.force = force
        self.acceptLosses = acceptLosses
        self.metadata = metadata
        self.hashes = hashes
        self.thumbnails = thumbnails
        self.mode = mode
        self.dryRun = dryRun
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let flag = { (key: CodingKeys) in try fields.decodeIfPresent(Bool.self, forKey: key) ?? false }
        paths = try fields.decodeIfPresent([String].self, forKey: .paths) ?? []
        force = try flag(.force)
        acceptLosses = try flag(.acceptLosses)
        metadata = try flag(.metadata)
        hashes = try flag(.hashes)
        thumbnails = try flag(.thumbnails)
        mode = try fields.decodeIfPresent(String.self, forKey: .mode)
        dryRun = try flag(.dryRun)
    }

    private enum CodingKeys: String, CodingKey {
        case paths
        case force
        case acceptLosses = "accept_losses"
        case metadata
        case hashes
        case thumbnails
        case mode
        case dryRun = "dry_run"
    }
}
