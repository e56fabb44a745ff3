// SPDX-License-Identifier: MIT
import ControlAPI

/// The queue in words.
enum QueueText {
    /// `the queue is paused: by a person`.
    static func text(_ queue: QueueSummary) -> String {
        "the queue is \(queue.state)" + (queue.reason.map { ": \(ShownText.escaped($0))" } ?? "")
    }

    /// `1 running, 3 queued`; `nil` where there is no unfinished job.
    static func counts(_ queue: QueueSummary) -> String? {
        guard queue.running + queue.queued + queue.paused > 0 else { return nil }
        var counts = ["\(queue.running) running", "\(queue.queued) queued"]
        if queue.paused > 0 { counts.append("\(queue.paused) paused") }
        return counts.joined(separator: ", ")
    }

    /// What to type about a queue that does not run.
    static func hint(_ queue: QueueSummary) -> String? {
        switch queue.state {
        case "running": nil
        case "stalled": "it goes on by itself when that is over; `stumpctl queue resume` tries at once"
        default: "`stumpctl queue resume` lets jobs run again"
        }
    }

    static func lines(_ queue: QueueSummary, _ paint: Paint) -> [String] {
        let word = paint.state(queue.state)
        let reason = queue.reason.map { ": \(ShownText.escaped($0))" } ?? ""
        return ["the queue is \(word)\(reason) (\(counts(queue) ?? "no jobs"))"]
            + (hint(queue).map { ["hint: \($0)"] } ?? [])
    }
}
