// SPDX-License-Identifier: MIT
import ControlAPI

/// The unfinished jobs that somebody looks at, and the block of lines that shows them.
///
/// Told of jobs from several sides, in whatever order: a job that has ended stays ended, whatever an answer says that
/// was older and came later.
struct JobBoard {
    enum Scope: Equatable {
        case everything
        /// These, and what they cause.
        case jobs(Set<Int64>)
    }

    private(set) var scope: Scope
    private var open: [Int64: JobSummary] = [:]
    private var ended: Set<Int64> = []

    /// As the daemon last told; only of concern to who looks at everything.
    var queue: QueueSummary?

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// What is not done yet, the oldest first; also what was never told of but its number.
    var unfinished: [Int64] {
        switch scope {
        case .everything: open.keys.sorted()
        case .jobs(let jobs): jobs.subtracting(ended).sorted()
        }
    }

    /// Whether all that was waited for is done.
    var isDone: Bool {
        scope != .everything && unfinished.isEmpty
    }

    func contains(_ id: Int64) -> Bool {
        switch scope {
        case .everything: true
        case .jobs(let jobs): jobs.contains(id)
        }
    }

    /// Takes over what a job is now; true if it has ended, and that is news.
    mutating func absorb(_ job: JobSummary) -> Bool {
        guard contains(job.id), !ended.contains(job.id) else { return false }
        guard job.isFinished else {
            open[job.id] = job
            return false
        }
        open[job.id] = nil
        ended.insert(job.id)
        if case .jobs(let jobs) = scope, let next = job.followUp { scope = .jobs(jobs.union([next])) }
        return true
    }

    /// Takes over how far a job is; false if it was not known to run.
    mutating func absorb(_ progress: ProgressSummary, of id: Int64) -> Bool {
        guard contains(id), !ended.contains(id) else { return true }
        guard open[id]?.state == "running" else { return false }
        open[id]?.progress = progress
        return true
    }

    /// Drops a job that the daemon knows no longer.
    mutating func forget(_ id: Int64) {
        open[id] = nil
        ended.insert(id)
    }

    /// A line a job, no more than `height` lines of at most `width` columns.
    func lines(width: Int?, height: Int? = nil) -> [String] {
        let jobs = shown
        let room = max(1, height ?? .max)
        let note = note
        let isCut = jobs.count + (note == nil ? 0 : 1) > room
        let visible = isCut ? Array(jobs.prefix(room - 1)) : jobs
        let titleWidth = visible.count > 1 ? visible.reduce(0) { max($0, ShownText.width(JobText.title($1))) } : 0
        var lines = visible.map { ProgressLine(job: $0, width: width, titleWidth: titleWidth).text }
        if isCut {
            lines.append(Quantity.count(jobs.count - visible.count, "more job", "more jobs"))
        } else if let note {
            lines.append(note)
        }
        return width.map { width in lines.map { ShownText.truncated($0, to: width) } } ?? lines
    }

    private var shown: [JobSummary] {
        open.values.filter { scope != .everything || $0.state == "running" }.sorted { $0.id < $1.id }
    }

    /// What does not run, in a line of its own.
    private var note: String? {
        guard scope == .everything else { return nil }
        let waiting = open.values.filter { $0.state == "queued" }.count
        let paused = open.values.filter { $0.state == "paused" }.count
        var parts: [String] = []
        if let queue, queue.state != "running" { parts.append(QueueText.text(queue)) }
        if waiting > 0 { parts.append("\(Quantity.count(waiting)) queued") }
        if paused > 0 { parts.append("\(Quantity.count(paused)) paused") }
        if parts.isEmpty, shown.isEmpty { return "nothing runs; Ctrl-C ends this" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

extension JobBoard {
    /// What somebody is told who stops looking; `nil` where nothing goes on.
    var farewell: String? {
        let jobs = unfinished
        guard let first = jobs.first else { return nil }
        guard jobs.count > 1 else { return "job \(first) goes on; `stumpctl jobs cancel \(first)` cancels it" }
        let numbers = jobs.map { String($0) }.joined(separator: ", ")
        return "the jobs go on; `stumpctl jobs cancel N` cancels one of them: \(numbers)"
    }
}
