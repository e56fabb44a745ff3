// SPDX-License-Identifier: MIT
import ControlAPI

/// The daemon's state on one screen: is it well, what is it doing, what is each library, what needs a person.
struct StatusScreen {
    private static let shownProblemClasses = 4
    private static let shownSchedules = 3

    let status: DaemonStatus
    let paint: Paint
    let width: Int?

    var lines: [String] {
        [headline] + otherRelease + work + section("Libraries", libraries) + section("Next", schedules)
            + section("Problems", problems) + section("Warnings", warnings)
    }

    private var headline: String {
        let state = "stumpd \(ShownText.escaped(status.version)) is \(paint.state(status.state))"
        let reasons = Quantity.count(status.warnings.count, "warning", "warnings")
        return state + (status.warnings.isEmpty ? "" : " (\(reasons), see below)")
            + ", up \(Quantity.seconds(status.uptimeSeconds))"
    }

    /// Only where it is not this program's.
    private var otherRelease: [String] {
        guard status.version != Release.version else { return [] }
        return [
            paint.doubtful("stumpctl is \(Release.version)"),
            "hint: install both of the same release; `sudo systemctl restart stumpd` if the daemon is the older one",
        ]
    }

    private var work: [String] {
        let jobs = QueueText.counts(status.queue) ?? "idle"
        let watch = status.watch
        var watched = Quantity.count(watch.directories, "directory", "directories") + " watched"
        if let limit = watch.limit { watched += " of \(Quantity.count(limit)) possible" }
        if watch.polled > 0 { watched += ", \(Quantity.count(watch.polled)) polled" }
        let busy = "\(status.workers.busy) of \(Quantity.count(status.workers.size, "worker", "workers")) busy"
        return ["\(jobs); \(busy); \(watched)"] + queue
            + status.jobs.map { "  " + ProgressLine(job: $0, width: inner).text }
    }

    /// Only where it does not run.
    private var queue: [String] {
        guard let hint = QueueText.hint(status.queue) else { return [] }
        return [paint.doubtful(QueueText.text(status.queue)), "hint: \(hint)"]
    }

    private var libraries: [String] {
        guard !status.libraries.isEmpty else { return ["none is configured"] }
        var table = Table(LibraryTable.titles)
        for library in status.libraries { table.add(LibraryTable.cells(library)) }
        return table.lines(width: inner)
    }

    /// The soonest, a line each.
    private var schedules: [String] {
        let shown = status.schedules.prefix(StatusScreen.shownSchedules).map { schedule in
            let name = schedule.name + (schedule.library.map { " \($0)" } ?? "")
            return "\(LocalTime.text(schedule.nextRunAt))  " + ShownText.escaped("\(name) (\(schedule.spec))")
        }
        let rest = status.schedules.count - shown.count
        return shown + (rest > 0 ? ["and \(Quantity.count(rest, "schedule", "schedules")) more"] : [])
    }

    private var problems: [String] {
        guard status.problems.open > 0 else { return [] }
        let classes = status.problems.byClass.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var shown = classes.prefix(StatusScreen.shownProblemClasses)
            .map { "\(Quantity.count($0.value)) \(ShownText.escaped($0.key))" }
        if classes.count > shown.count { shown.append("others") }
        return [
            paint.doubtful("\(Quantity.count(status.problems.open)) open") + ": " + shown.joined(separator: ", "),
            "hint: type `stumpctl problems`",
        ]
    }

    private var warnings: [String] {
        // That the queue stands still was said where the queue was.
        let others = status.warnings.filter { $0.code != "queue_stalled" }
        return status.libraries.filter { $0.state == "paused" }.flatMap(paused) + WarningText.lines(others, paint)
    }

    private func paused(_ library: LibrarySummary) -> [String] {
        let detail = library.detail.map { ": \(ShownText.escaped($0))" } ?? ""
        return [
            "\(paint.doubtful(library.name)) is paused\(detail)",
            "hint: `stumpctl libraries resume \(library.name)` lets its jobs run again",
        ]
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", paint.strong(title)] + lines.map { "  " + $0 }
    }

    private var inner: Int? {
        width.map { $0 - 2 }
    }
}

/// Warnings with what to do about them.
enum WarningText {
    static func lines(_ warnings: [Warning], _ paint: Paint) -> [String] {
        warnings.flatMap { warning in
            ["\(paint.doubtful(warning.code)): \(ShownText.escaped(warning.detail))"]
                + (warning.hint.map { ["hint: \(ShownText.escaped($0))"] } ?? [])
        }
    }
}
