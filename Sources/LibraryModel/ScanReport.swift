// SPDX-License-Identifier: MIT

/// Figures of one job, named as Stump names them.
package struct ScanReport: Equatable, Sendable {
    package enum Counter: String, CaseIterable, Sendable {
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

        /// Whether it says what a scan has found, and not what it has done.
        package var isOfWalk: Bool {
            switch self {
            case .totalFiles, .totalDirectories, .ignoredFiles, .ignoredDirectories, .skippedFiles, .heldLosses:
                true
            default: false
            }
        }
    }

    private var counts: [Counter: Int] = [:]

    package init() {}

    package subscript(counter: Counter) -> Int {
        get { counts[counter, default: 0] }
        // What is zero is not kept, so that equal figures are equal reports.
        set { counts[counter] = newValue == 0 ? nil : newValue }
    }

    /// What of a job's report still holds when it is run again from the start: it looks at everything anew, and what it
    /// has done is done.
    package var ofWorkDone: ScanReport {
        var report = ScanReport()
        report.counts = counts.filter { !$0.key.isOfWalk }
        return report
    }

    /// Adds the figures of another part of the same job.
    package mutating func add(_ other: ScanReport) {
        for (counter, count) in other.counts { self[counter] += count }
    }
}

extension ScanReport: Codable {
    package init(from decoder: any Decoder) throws {
        for (name, count) in try [String: Int](from: decoder) {
            if let counter = Counter(rawValue: name) { self[counter] = count }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        try Dictionary(uniqueKeysWithValues: Counter.allCases.map { ($0.rawValue, self[$0]) }).encode(to: encoder)
    }
}
