// SPDX-License-Identifier: MIT

/// What decoding every page of a book came to, when it was last done.
package struct AnalysisSummary: Codable, Equatable, Sendable {
    package var at: String
    package var pages: Int
    /// Pages that are whole.
    package var decoded: Int
    /// Pages that nobody can judge here: of another format, too large or encrypted.
    package var skipped: Int
    package var damaged: Int
    /// Of the page in the middle, by its pixels; null where no page's size is known.
    @Nullable package var typicalWidth: Int?
    @Nullable package var typicalHeight: Int?

    package init(
        at: String,
        pages: Int,
        decoded: Int,
        skipped: Int,
        damaged: Int,
        typicalWidth: Int? = nil,
        typicalHeight: Int? = nil
    ) {
        self.at = at
        self.pages = pages
        self.decoded = decoded
        self.skipped = skipped
        self.damaged = damaged
        self.typicalWidth = typicalWidth
        self.typicalHeight = typicalHeight
    }

    private enum CodingKeys: String, CodingKey {
        case at
        case pages
        case decoded
        case skipped
        case damaged
        case typicalWidth = "typical_width"
        case typicalHeight = "typical_height"
    }
}
