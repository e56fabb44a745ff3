// SPDX-License-Identifier: MIT
import ControlAPI

/// One line that says how far a job is: bar, counts, rate, time left, and what it works on.
///
/// Nothing is invented: without a total there is no bar, only what has been done.
enum ProgressLine {
    private static let barWidth = 20

    static func text(_ job: JobSummary, width: Int?) -> String {
        var line = JobText.title(job)
        if job.state != "running" {
            line += "  " + job.state
        } else if let progress = job.progress {
            line += "  " + text(progress)
        }
        return width.map { ShownText.truncated(line, to: $0) } ?? line
    }

    static func text(_ progress: ProgressSummary) -> String {
        let current = progress.current.map { [ShownText.escaped($0)] } ?? []
        return (facts(progress) + current).joined(separator: "  ")
    }

    static func bar(_ percent: Double) -> String {
        let filled = Int(Double(barWidth) * min(max(percent, 0), 100) / 100)
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled) + "]"
    }

    private static func facts(_ progress: ProgressSummary) -> [String] {
        var facts: [String] = []
        if let percent = progress.percent {
            facts.append("\(bar(percent)) \(Int(percent)) %")
        } else {
            facts.append(ShownText.escaped(progress.message ?? progress.phase))
        }
        let done = Quantity.count(progress.filesDone)
        facts.append(progress.filesTotal.map { "\(done)/\(Quantity.count($0)) files" } ?? "\(done) files")
        if let rate = progress.filesPerSecond { facts.append("\(Quantity.count(Int(rate.rounded())))/s") }
        if let left = progress.remainingSeconds { facts.append("\(Quantity.seconds(left)) left") }
        return facts
    }
}
