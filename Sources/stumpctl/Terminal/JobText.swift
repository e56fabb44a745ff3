// SPDX-License-Identifier: MIT
import ControlAPI

/// Jobs and their reports in words.
enum JobText {
    /// `#42 scan comics`.
    static func title(_ job: JobSummary) -> String {
        (["#\(job.id)", kind(job.kind)] + [job.library].compactMap { $0 }).joined(separator: " ")
    }

    static func kind(_ kind: String) -> String {
        switch kind {
        case "library_scan": "scan"
        case "series_scan": "series scan"
        case "thumbnail_generation": "thumbnails"
        default: kind
        }
    }

    /// What a job found and did: every counter of a change that is not zero, or that nothing changed.
    static func report(_ report: ScanReportSummary) -> String {
        let changes: [(Int, String)] = [
            (report.createdMedia, "added"), (report.updatedMedia, "updated"), (report.movedMedia, "moved"),
            (report.missingMedia, "missing"), (report.restoredMedia, "restored"),
            (report.convertedMedia, "converted"), (report.failedMedia, "failed"),
            (report.createdSeries, "series added"), (report.updatedSeries, "series updated"),
            (report.createdThumbnails, "thumbnails"), (report.heldLosses, "losses held"),
        ]
        let shown = changes.filter { $0.0 != 0 }.map { "\(Quantity.count($0.0)) \($0.1)" }
        return shown.isEmpty ? "nothing changed" : shown.joined(separator: ", ")
    }

    /// What a job had to go through to find that.
    static func lookedAt(_ report: ScanReportSummary) -> String {
        let files = Quantity.count(report.totalFiles, "file", "files")
        let directories = Quantity.count(report.totalDirectories, "directory", "directories")
        return "\(files) in \(directories), \(Quantity.bytes(report.readBytes)) read"
    }

    /// How a finished job ended, in one line.
    static func outcome(_ job: JobSummary) -> String {
        var line = "\(title(job)): "
        switch (job.state, job.error) {
        case ("completed", _): line += job.report.map(report) ?? "done"
        case (let state, let error?): line += "\(state): \(ShownText.escaped(error.detail))"
        case (let state, nil): line += state
        }
        return line + (job.elapsedSeconds.map { " (\(Quantity.seconds($0)))" } ?? "")
    }
}
