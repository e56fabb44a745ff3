// SPDX-License-Identifier: MIT
import ControlAPI

/// The daemon's state on one screen: is it well, what is it doing, what is each library, what needs a person.
struct StatusScreen {
    private static let shownProblemClasses = 4

    let status: DaemonStatus
    let paint: Paint
    let width: Int?

    var lines: [String] {
        [headline] + work + section("Libraries", libraries) + section("Problems", problems)
            + section("Warnings", warnings)
    }

    private var headline: String {
        "stumpd \(status.version) is \(paint.state(status.state)), up \(Quantity.seconds(status.uptimeSeconds))"
    }

    private var work: [String] {
        let queue = status.queue
        var counts = ["\(queue.running) running", "\(queue.queued) queued"]
        if queue.paused > 0 { counts.append("\(queue.paused) paused") }
        let jobs = queue.running + queue.queued + queue.paused == 0 ? "idle" : counts.joined(separator: ", ")
        let watch = status.watch
        var watched = Quantity.count(watch.directories, "directory", "directories") + " watched"
        if let limit = watch.limit { watched += " of \(Quantity.count(limit)) possible" }
        if watch.polled > 0 { watched += ", \(Quantity.count(watch.polled)) polled" }
        let busy = "\(status.workers.busy) of \(Quantity.count(status.workers.size, "worker", "workers")) busy"
        return ["\(jobs); \(busy); \(watched)"] + status.jobs.map { "  " + ProgressLine.text($0, width: inner) }
    }

    private var libraries: [String] {
        guard !status.libraries.isEmpty else { return ["none is configured"] }
        var table = Table(LibraryTable.titles)
        for library in status.libraries { table.add(LibraryTable.cells(library)) }
        return table.lines(width: inner)
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
        let offline = status.libraries.filter { $0.state != "online" }.compactMap { library in
            library.detail.map { "\(paint.bad(library.name)) is \(library.state): \(ShownText.escaped($0))" }
        }
        return offline + WarningText.lines(status.warnings, paint)
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
