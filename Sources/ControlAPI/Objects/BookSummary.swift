// SPDX-License-Identifier: MIT

/// One book of the index.
package struct BookSummary: Codable, Equatable, Sendable {
    package var id: Int64
    package var library: String
    @Nullable package var seriesID: Int64?
    @Nullable package var series: String?
    package var name: String
    /// Relative to the library's root; what is not UTF-8 in it reads U+FFFD.
    package var path: String
    /// The path in base64, only where it is not UTF-8.
    package var pathBytes: String?
    package var format: String
    package var sizeBytes: Int64
    @Nullable package var modifiedAt: String?
    @Nullable package var pages: Int?
    /// `ready`, `missing`, `error`, `unsupported` or `ignored`.
    package var state: String
    @Nullable package var missingSince: String?
    @Nullable package var fingerprint: String?
    @Nullable package var hash: String?
    @Nullable package var koreaderHash: String?
    /// Where to get it on this socket, or null while there is none.
    @Nullable package var thumbnail: String?
    package var addedAt: String
    package var updatedAt: String
    @Nullable package var metadata: MetadataSummary?
    /// Null while no page was looked at.
    @Nullable package var analysis: AnalysisSummary?

    package init(
        id: Int64,
        library: String,
        seriesID: Int64? = nil,
        series: String? = nil,
        name: String,
        path: String,
        pathBytes: String? = nil,
        format: String,
        sizeBytes: Int64,
        modifiedAt: String? = nil,
        pages: Int? = nil,
        state: String,
        missingSince: String? = nil,
        fingerprint: String? = nil,
        hash: String? = nil,
        koreaderHash: String? = nil,
        thumbnail: String? = nil,
        addedAt: String,
        updatedAt: String,
        metadata: MetadataSummary? = nil,
        analysis: AnalysisSummary? = nil
    ) {
        self.id = id
        self.library = library
        self.seriesID = seriesID
        self.series = series
        self.name = name
        self.path = path
        self.pathBytes = pathBytes
        self.format = format
        self.sizeBytes = sizeBytes
        self.modifiedAt = modifiedAt
        self.pages = pages
        self.state = state
        self.missingSince = missingSince
        self.fingerprint = fingerprint
        self.hash = hash
        self.koreaderHash = koreaderHash
        self.thumbnail = thumbnail
        self.addedAt = addedAt
        self.updatedAt = updatedAt
        self.metadata = metadata
        self.analysis = analysis
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case library
        case seriesID = "series_id"
        case series
        case name
        case path
        case pathBytes = "path_bytes"
        case format
        case sizeBytes = "size_bytes"
        case modifiedAt = "modified_at"
        case pages
        case state
        case missingSince = "missing_since"
        case fingerprint
        case hash
        case koreaderHash = "koreader_hash"
        case thumbnail
        case addedAt = "added_at"
        case updatedAt = "updated_at"
        case metadata
        case analysis
    }
}
