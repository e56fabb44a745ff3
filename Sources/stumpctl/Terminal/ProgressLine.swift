// SPDX-License-Identifier: MIT
import ControlAPI

/// One line that says how far a job is: bar, counts, rate, time left, and what it works on.
///
/// Nothing is invented: without a total there is no bar, only what has been done. Where there is little room, the facts
/// that matter least are left out, whole.
struct ProgressLine {
    /// A terminal with fewer columns gets the short bar.
    private static let wide = 60
    private static let gap = "  "

    /// Below this the end of a path tells nothing.
    private static let shortestPath = 12

    let job: JobSummary
    let width: Int?

    /// What the title is filled up to, so that the bars of several jobs stand below each other.
    var titleWidth = 0

    var text: String {
        let title = JobText.title(job)
        let padding = String(repeating: " ", count: max(0, titleWidth - ShownText.width(title)))
        var line = title + padding
        if job.state != "running" {
            line += ProgressLine.gap + JobText.waiting(job)
        } else if let progress = job.progress {
            line += ProgressLine.gap + text(progress, room: width.map { $0 - ShownText.width(line) - 2 })
        }
        return width.map { ShownText.truncated(line, to: $0) } ?? line
    }

    /// All that is known of a progress, however long.
    static func text(_ job: JobSummary) -> String? {
        job.progress.map { ProgressLine(job: job, width: nil).text($0, room: nil) }
    }

    static func bar(_ percent: Double, width: Int) -> String {
        let filled = Int(Double(width) * min(max(percent, 0), 100) / 100)
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "]"
    }

    private func text(_ progress: ProgressSummary, room: Int?) -> String {
        let facts = facts(progress)
        var shown: Set<Int> = []
        var used = -ProgressLine.gap.count
        for (index, fact) in facts.enumerated().sorted(by: { $0.element.rank < $1.element.rank }) {
            let needed = used + ProgressLine.gap.count + ShownText.width(fact.text)
            guard fact.rank == 0 || needed <= room ?? .max else { break }
            used = needed
            shown.insert(index)
        }
        var texts = facts.indices.filter(shown.contains).map { facts[$0].text }
        if let current = progress.current.map(ShownText.escaped), shown.count == facts.count {
            let left = room.map { $0 - used - ProgressLine.gap.count } ?? .max
            if left >= ProgressLine.shortestPath { texts.append(ShownText.tail(current, of: left)) }
        }
        return texts.joined(separator: ProgressLine.gap)
    }

    /// In the order in which they are shown; the lowest rank is the last to go.
    private func facts(_ progress: ProgressSummary) -> [(text: String, rank: Int)] {
        var facts: [(String, Int)] = []
        if let percent = progress.percent {
            let bar = ProgressLine.bar(percent, width: width ?? .max < ProgressLine.wide ? 10 : 20)
            facts.append(("\(bar) \(Int(percent)) %", 0))
        } else {
            facts.append((ShownText.escaped(progress.message ?? progress.phase), 0))
        }
        facts.append((counts(progress), 1))
        if let rate = progress.filesPerSecond { facts.append(("\(Quantity.count(Int(rate.rounded())))/s", 3)) }
        if let left = progress.remainingSeconds { facts.append(("\(Quantity.seconds(left)) left", 2)) }
        return facts
    }

    /// Files, or bytes where there are no files to count.
    private func counts(_ progress: ProgressSummary) -> String {
        if let total = progress.filesTotal {
            return "\(Quantity.count(progress.filesDone))/\(Quantity.count(total)) files"
        }
        if let total = progress.bytesTotal, progress.filesDone == 0 {
            return "\(Quantity.bytes(progress.bytesDone)) of \(Quantity.bytes(total))"
        }
        return "\(Quantity.count(progress.filesDone)) files"
    }
}
