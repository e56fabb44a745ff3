// SPDX-License-Identifier: MIT
import ControlAPI

/// One job as one would tell a friend of it: what it is, why it ran, what came of it, and what to type next.
struct JobStory {
    /// Paths and problems of one kind; the log and the lists of `stumpctl` have the rest.
    private static let shownItems = 10

    let job: JobSummary

    /// What its log warns of, in order.
    let warnings: [JobLogLine]
    let paint: Paint
    let width: Int?

    var lines: [String] {
        var sheet = FactSheet()
        sheet.add("why", why)
        sheet.add("asked", asked)
        sheet.add("ran", ran)
        sheet.add("progress", job.isFinished ? nil : ProgressLine.text(job))
        sheet.add("result", result)
        sheet.add("looked at", job.report.flatMap(lookedAt))
        sheet.add("error", job.error.map { "\($0.detail) (\($0.code))" })
        sheet.add("then", job.followUp.map { "thumbnails of what it found: `stumpctl jobs show \($0)`" })
        sheet.add("next", next.joined(separator: "; "))
        return [headline] + sheet.lines(width: inner).map { "  " + $0 } + changes + problems
    }

    private var inner: Int? {
        width.map { $0 - 2 }
    }

    private var headline: String {
        var line = "\(paint.strong(JobText.title(job))): "
        let took = job.elapsedSeconds.map(Quantity.seconds)
        switch job.state {
        case "running": line += paint.state("running") + (took.map { " for \($0)" } ?? "")
        case "queued", "paused": line += JobText.standing(job, paint).dropFirst(JobText.title(job).count + 2)
        default: line += paint.state(job.state) + (took.map { " after \($0)" } ?? "")
        }
        return line + (job.options.dryRun ? " (a dry run)" : "")
    }

    private var why: String {
        let reason =
            switch job.trigger {
            case "user": "asked for by a person"
            case "watch": "changes were seen"
            case "schedule": "by schedule"
            case "start": "stumpd started"
            case "retry": job.retryOf.map { "tried again after job \($0) failed" } ?? "tried again after it failed"
            default: job.trigger
            }
        var parts = ["\(reason), \(LocalTime.text(job.createdAt))"]
        if job.trigger != "retry", let earlier = job.retryOf { parts.append("in place of job \(earlier)") }
        if job.merged > 0 { parts.append("joined by \(Quantity.count(job.merged, "later request", "later requests"))") }
        return parts.joined(separator: "; ")
    }

    /// Where, and how; `nil` where nothing special was asked.
    private var asked: String? {
        let options = job.options
        let wishes = [
            (options.force, "read every book again"), (options.metadata, "take all metadata again"),
            (options.hashes, "work out hashes"), (options.thumbnails, "make all thumbnails again"),
            (options.acceptLosses, "believe that what is gone is gone"),
            (options.mode == "sync", "book by book"), (options.mode == "batched", "in batches"),
            (options.dryRun, "change nothing"),
        ]
        let shown = job.paths.prefix(JobStory.shownItems).map { $0.isEmpty ? "the whole library" : $0 }
        let rest = job.paths.count - shown.count
        let places = shown + (rest > 0 ? ["\(Quantity.count(rest)) more"] : [])
        let parts = [places.joined(separator: ", "), wishes.filter(\.0).map(\.1).joined(separator: ", ")]
        return parts.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private var ran: String? {
        guard let start = job.startedAt else { return nil }
        var text = "since \(LocalTime.text(start))"
        if let end = job.finishedAt {
            text = "from \(LocalTime.text(start)) to \(LocalTime.text(end, after: start))"
        }
        return text + (job.attempt > 1 ? ", attempt \(job.attempt)" : "")
    }

    private var result: String? {
        guard let report = job.report else { return nil }
        return job.isFinished || report != ScanReportSummary() ? JobText.result(job) : nil
    }

    private func lookedAt(_ report: ScanReportSummary) -> String? {
        guard report.totalFiles + report.totalDirectories > 0 || report.readBytes > 0 else { return nil }
        var parts = [JobText.lookedAt(report)]
        if let seconds = job.elapsedSeconds, seconds >= 1 {
            var rates: [String] = []
            if report.totalFiles > 0 {
                rates.append("\(Quantity.count(Int(Double(report.totalFiles) / seconds))) files/s")
            }
            if report.readBytes > 0 { rates.append("\(Quantity.bytes(Int64(Double(report.readBytes) / seconds)))/s") }
            if !rates.isEmpty { parts.append(rates.joined(separator: ", ")) }
        }
        let ignored = report.ignoredFiles + report.ignoredDirectories
        if report.skippedFiles > 0 { parts.append("\(Quantity.count(report.skippedFiles)) not books") }
        if ignored > 0 { parts.append("\(Quantity.count(ignored)) ignored") }
        return parts.joined(separator: "; ")
    }
}

extension JobStory {
    /// What to type, and what comes of it.
    private var next: [String] {
        let id = job.id
        var next: [String] = []
        switch job.state {
        case "queued" where blocker != nil, "paused":
            next.append("\(blocker ?? "`stumpctl jobs resume \(id)`") lets it go on")
        case "running": next.append("`stumpctl follow` shows how far it is; `stumpctl jobs cancel \(id)` stops it")
        case "failed", "cancelled": next.append("`stumpctl jobs retry \(id)` tries it again")
        default: break
        }
        guard job.state == "completed", let report = job.report else { return next }
        let library = job.library.map { " --library \($0)" } ?? ""
        if job.options.dryRun { next.append("the same without --dry-run does it") }
        if report.heldLosses > 0 {
            next.append("`stumpctl missing accept\(library)` confirms that what is gone is gone")
        }
        if report.failedMedia > 0 || !warnings.isEmpty {
            next.append("`stumpctl problems\(library)` lists what is wrong now")
        }
        return next
    }

    /// What ends a pause that is not the job's own.
    private var blocker: String? {
        switch job.heldBy {
        case "queue": "`stumpctl queue resume`"
        case "library": job.library.map { "`stumpctl libraries resume \($0)`" }
        default: nil
        }
    }

    /// What happened to which books.
    private var changes: [String] {
        guard let paths = job.highlights else { return [] }
        let report = job.report ?? ScanReportSummary()
        let kinds: [(String, String, Int, [String])] = [
            ("added", "would be added", report.createdMedia, paths.added),
            ("updated", "would be updated", report.updatedMedia, paths.updated),
            ("moved", "would be moved", report.movedMedia, paths.moved),
            ("missing", "would be missing", report.missingMedia, paths.missing),
            ("back again", "would be back again", report.restoredMedia, paths.restored),
            ("could not be read", "cannot be read", report.failedMedia, paths.failed),
        ]
        return kinds.flatMap { done, wouldBe, count, paths in
            section("\(books(max(count, paths.count))) \(job.options.dryRun ? wouldBe : done)", paths, of: count)
        }
    }

    private func books(_ count: Int) -> String {
        Quantity.count(count, "book", "books")
    }

    private var problems: [String] {
        let shown = warnings.prefix(JobStory.shownItems).map { line in
            line.path.map { "\($0): \(line.remark)" } ?? line.message
        }
        let title = Quantity.count(warnings.count, "warning", "warnings")
        guard !shown.isEmpty else { return [] }
        var lines = ["", paint.strong(title)] + shown.flatMap { bullet(ShownText.escaped($0)) }
        if warnings.count > shown.count {
            lines += bullet("and \(Quantity.count(warnings.count - shown.count)) more: `stumpctl jobs log \(job.id)`")
        }
        return lines
    }

    /// A heading and paths, the ends of those that are too long; `count` is how many there are.
    private func section(_ title: String, _ paths: [String], of count: Int) -> [String] {
        guard !paths.isEmpty else { return [] }
        let shown = paths.prefix(JobStory.shownItems).map { path in
            let text = ShownText.escaped(path)
            return "  " + (inner.map { ShownText.tail(text, of: $0) } ?? text)
        }
        let rest = count - shown.count
        return ["", paint.strong(title)] + shown + (rest > 0 ? ["  and \(Quantity.count(rest)) more"] : [])
    }

    private func bullet(_ text: String) -> [String] {
        let lines = width.map { ShownText.wrapped(text, to: $0 - 4) } ?? [text]
        return lines.enumerated().map { index, line in (index == 0 ? "  " : "    ") + line }
    }
}
