// SPDX-License-Identifier: MIT

/// What a job has found and done: Stump's counters, and ours.
package struct ScanReportSummary: Codable, Equatable, Sendable {
    package var totalFiles: Int = 0
    package var totalDirectories: Int = 0
    package var ignoredFiles: Int = 0
    package var ignoredDirectories: Int = 0
    package var skippedFiles: Int = 0
    package var createdMedia: Int = 0
    package var updatedMedia: Int = 0
    package var createdSeries: Int = 0
    package var updatedSeries: Int = 0
    package var movedMedia: Int = 0
    package var missingMedia: Int = 0
    package var restoredMedia: Int = 0
    package var convertedMedia: Int = 0
    package var failedMedia: Int = 0
    package var heldLosses: Int = 0
    package var createdThumbnails: Int = 0
    package var readBytes: Int64 = 0

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case totalFiles = "total_files"
        case totalDirectories = "total_directories"
        case ignoredFiles = "ignored_files"
        case ignoredDirectories = "ignored_directories"
        case skippedFiles = "skipped_files"
        case createdMedia = "created_media"
        case updatedMedia = "updated_media"
        case createdSeries = "created_series"
        case updatedSeries = "updated_series"
        case movedMedia = "moved_media"
        case missingMedia = "missing_media"
        case restoredMedia = "restored_media"
        case convertedMedia = "converted_media"
        case failedMedia = "failed_media"
        case heldLosses = "held_losses"
        case createdThumbnails = "created_thumbnails"
        case readBytes = "read_bytes"
    }
}
