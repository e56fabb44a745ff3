// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsShow: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one job.")

    @Argument(help: "The job's number.")
    var id: Int64

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let job = try await session.client.get(JobSummary.self, ControlRequest(.job, id))
        try session.show(job) { JobsShow.lines(job, $0) }
    }

    static func lines(_ job: JobSummary, _ paint: Paint) -> [String] {
        var sheet = FactSheet()
        sheet.add("trigger", job.trigger)
        sheet.add("attempt", job.attempt)
        sheet.add("joined by", job.merged == 0 ? nil : Quantity.count(job.merged, "request", "requests"))
        sheet.add("paths", job.paths)
        let wishes = [("force", job.options.force), ("accept losses", job.options.acceptLosses)]
        sheet.add("options", wishes.filter(\.1).map(\.0))
        sheet.add("created", LocalTime.text(job.createdAt))
        sheet.add("started", job.startedAt.map(LocalTime.text))
        sheet.add("finished", job.finishedAt.map(LocalTime.text))
        sheet.add("took", job.elapsedSeconds.map(Quantity.seconds))
        sheet.add("progress", job.progress.map(ProgressLine.text))
        if let report = job.report {
            sheet.add("result", JobText.report(report))
            sheet.add("looked at", JobText.lookedAt(report))
        }
        sheet.add("error", job.error.map { "\($0.code): \($0.detail)" })
        sheet.add("then", job.followUp.map { "thumbnails, job \($0)" })
        return ["\(paint.strong(JobText.title(job))): \(paint.state(job.state))"] + sheet.lines.map { "  " + $0 }
    }
}
