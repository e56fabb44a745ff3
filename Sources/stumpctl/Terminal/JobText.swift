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
        case "analyze_media": "analysis"
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

    /// What a dry run found that a scan would do.
    static func wouldBe(_ report: ScanReportSummary) -> String {
        let changes: [(Int, String, String)] = [
            (report.createdMedia, "add", ""), (report.updatedMedia, "update", ""), (report.movedMedia, "move", ""),
            (report.missingMedia, "mark", " as missing"), (report.restoredMedia, "restore", ""),
            (report.convertedMedia, "convert", ""), (report.failedMedia, "fail to read", ""),
            (report.createdSeries, "add", " series"), (report.updatedSeries, "update", " series"),
            (report.createdThumbnails, "make", " thumbnails"), (report.heldLosses, "hold", " losses"),
        ]
        let shown = changes.filter { $0.0 != 0 }.map { "\($0.1) \(Quantity.count($0.0))\($0.2)" }
        return "would " + (shown.isEmpty ? "change nothing" : shown.joined(separator: ", "))
    }

    /// What came of a job, done or would-be.
    static func result(_ job: JobSummary) -> String? {
        guard let found = job.report else { return nil }
        if job.kind == "analyze_media" { return analysis(found) }
        return job.options.dryRun ? wouldBe(found) : report(found)
    }

    /// What decoding all pages found.
    static func analysis(_ report: ScanReportSummary) -> String {
        let books = "\(Quantity.count(report.totalFiles, "book", "books")) decoded"
        return books + (report.failedMedia == 0 ? ", no damage" : ", \(Quantity.count(report.failedMedia)) damaged")
    }

    /// What a job had to go through to find that.
    static func lookedAt(_ report: ScanReportSummary) -> String {
        let files = Quantity.count(report.totalFiles, "file", "files")
        let directories = Quantity.count(report.totalDirectories, "directory", "directories")
        return "\(files) in \(directories), \(Quantity.bytes(report.readBytes)) read"
    }

    /// Why a job does not run, in one line: `queued: the queue is paused`.
    static func waiting(_ job: JobSummary) -> String {
        var line = job.state + (job.reason.map { ": \(ShownText.escaped($0))" } ?? "")
        if let time = job.notBefore { line += ", tried again at \(LocalTime.text(time, after: job.createdAt))" }
        return line
    }

    /// How a finished job ended, in one line.
    static func outcome(_ job: JobSummary) -> String {
        var line = "\(title(job)): "
        switch (job.state, job.error) {
        case ("completed", _): line += result(job) ?? "done"
        case (let state, let error?): line += "\(state): \(ShownText.escaped(error.detail))"
        case (let state, nil): line += state
        }
        return line + (job.elapsedSeconds.map { " (\(Quantity.seconds($0)))" } ?? "")
    }

    /// How a job stands that somebody just did something to.
    static func standing(_ job: JobSummary, _ paint: Paint) -> String {
        let text = waiting(job)
        let rest = text.hasPrefix(job.state) ? text.dropFirst(job.state.count) : ""
        return "\(title(job)): \(paint.state(job.state))\(rest)"
    }
}
