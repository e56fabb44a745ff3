// SPDX-License-Identifier: MIT

/// Which missing books to forget: those of all libraries unless one is named, and those that are missing for 30 days or
/// longer unless another age is given.
package struct PurgeMissingRequest: Codable, Equatable, Sendable {
    /// The age of those that are forgotten where a request names none, in seconds.
    package static let usualAge = 30.0 * 86_400

    package var library: String?
    package var olderThanSeconds: Double

    /// Only tells what would be forgotten.
    package var dryRun: Bool

    package init(
        library: String? = nil,
        olderThanSeconds: Double = PurgeMissingRequest.usualAge,
        dryRun: Bool = false
    ) {
        self.library = library
        self.olderThanSeconds = olderThanSeconds
        self.dryRun = dryRun
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        library = try fields.decodeIfPresent(String.self, forKey: .library)
        olderThanSeconds =
            try fields.decodeIfPresent(Double.self, forKey: .olderThanSeconds) ?? PurgeMissingRequest.usualAge
        dryRun = try fields.decodeIfPresent(Bool.self, forKey: .dryRun) ?? false
    }

    private enum CodingKeys: String, CodingKey {
        case library
        case olderThanSeconds = "older_than_seconds"
        case dryRun = "dry_run"
    }
}

/// What was forgotten of the missing books, or would be.
package struct PurgeMissingReport: Codable, Equatable, Sendable {
    package var dryRun: Bool
    package var olderThanSeconds: Double

    /// One for each library that was looked at.
    package var libraries: [PurgedLibrary]

    /// The first of the books as they were, at most 100 of each library.
    package var items: [BookSummary]

    package init(
        dryRun: Bool,
        olderThanSeconds: Double,
        libraries: [PurgedLibrary] = [],
        items: [BookSummary] = []
    ) {
        self.dryRun = dryRun
        self.olderThanSeconds = olderThanSeconds
        self.libraries = libraries
        self.items = items
    }

    private enum CodingKeys: String, CodingKey {
        case dryRun = "dry_run"
        case olderThanSeconds = "older_than_seconds"
        case libraries
        case items
    }
}

/// What was forgotten of one library.
package struct PurgedLibrary: Codable, Equatable, Sendable {
    package var library: String
    package var books: Int
    package var series: Int

    /// Why nothing more of it could be forgotten; null where all was.
    @Nullable package var detail: String?

    package init(library: String, books: Int, series: Int, detail: String? = nil) {
        self.library = library
        self.books = books
        self.series = series
        self.detail = detail
    }
}
