// SPDX-License-Identifier: MIT
import ControlAPI

/// Shows how far jobs are, on a terminal as a block of bars, elsewhere in a line every ten seconds, and how they end.
///
/// What the daemon tells moves the board; the board is asked for its lines; this only carries both to and fro.
struct JobFollower {
    private enum Input: Sendable {
        case news(EventNews)
        case fault(any Error)
        case tick
        case resized
        case interrupted
        case timedOut
    }

    private static let types = ["queued", "merged", "started", "progress", "paused", "resumed"].map { "job.\($0)" }
    private static let endings = ["completed", "failed", "cancelled"].map { "job.\($0)" }

    /// How long a daemon may be away that jobs are waited for.
    private static let patience = Duration.seconds(60)

    /// How often everything is asked for anew, should an event have been lost.
    private static let refreshPeriod = Duration.seconds(10)

    private let session: Session
    private var board: JobBoard
    private var block = RedrawnBlock()
    private let isLive: Bool
    private var refreshed = ContinuousClock.now
    private var isLost = false

    /// Those that have ended, in that order.
    private(set) var ended: [JobSummary] = []

    init(_ session: Session, _ scope: JobBoard.Scope) {
        self.session = session
        board = JobBoard(scope)
        isLive = session.terminal.canRedraw
    }

    /// Runs until the jobs have ended, or until Ctrl-C where everything is followed.
    mutating func run() async throws {
        let (inputs, source) = AsyncStream.makeStream(of: Input.self)
        let interruption = Interruption { source.yield(.interrupted) }
        defer { interruption.end() }
        let resizing = Resizing { source.yield(.resized) }
        defer { resizing.end() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (client, patience) = (session.client, board.scope == .everything ? nil : JobFollower.patience)
            group.addTask {
                do {
                    let types = JobFollower.types + JobFollower.endings
                    try await client.eachEvent(of: types, patience: patience) { news in
                        source.yield(.news(news))
                        return true
                    }
                } catch {
                    source.yield(.fault(error))
                }
            }
            let period = isLive ? Duration.seconds(1) : JobFollower.refreshPeriod
            group.addTask {
                while true {
                    try await Task.sleep(for: period)
                    source.yield(.tick)
                }
            }
            if let limit = session.limit {
                group.addTask {
                    try await Task.sleep(for: limit)
                    source.yield(.timedOut)
                }
            }
            defer { group.cancelAll() }
            try await take(inputs)
        }
    }

    private mutating func take(_ inputs: AsyncStream<Input>) async throws {
        // Whatever is printed next, a result or an error, takes the place of the block.
        defer { erase() }
        for await input in inputs {
            switch input {
            case .news(let news): try await take(news)
            case .fault(let error): throw error
            case .tick: try await tick()
            case .resized: draw()
            case .interrupted: return detach()
            case .timedOut: return try giveUp()
            }
            if board.isDone { return }
        }
    }

    private mutating func take(_ news: EventNews) async throws {
        switch news {
        case .connected:
            if isLost { say("stumpd is back") }
            isLost = false
            try await refresh()
        case .forgotten: try await refresh()
        case .lost:
            isLost = true
            say("stumpd went away; waiting for it to come back")
        case .event(let event):
            guard let id = event.job, board.contains(id) else { return }
            if event.type == "job.progress", let progress = ProgressSummary(event), board.absorb(progress, of: id) {
                break
            }
            try await refresh(id)
        }
        draw()
    }

    private mutating func tick() async throws {
        if !isLost, refreshed.duration(to: .now) >= JobFollower.refreshPeriod { try await refresh() }
        if isLive {
            draw()
        } else if board.scope != .everything || !board.unfinished.isEmpty {
            for line in board.lines(width: nil) { session.terminal.say(line) }
        }
    }

    /// Asks for all that concerns the board.
    private mutating func refresh() async throws {
        refreshed = .now
        var seen: Set<Int64> = []
        do {
            if board.scope == .everything {
                let status = try await session.client.get(DaemonStatus.self, ControlRequest(.status))
                board.queue = status.queue
                for state in ["queued", "paused"] {
                    let request = ControlRequest(.jobs, query: ["state": state])
                    for job in try await session.client.all(JobSummary.self, request) {
                        seen.insert(job.id)
                        try absorb(job)
                    }
                }
                for job in status.jobs where seen.insert(job.id).inserted { try absorb(job) }
            }
        } catch let fault as ControlFault where fault.isOfConnection {
            // The reader of the events says so, and comes back.
            return
        }
        for id in board.unfinished where !seen.contains(id) { try await refresh(id) }
    }

    /// Asks for a job, and where it has ended for what it caused: that may have ended as well by now.
    private mutating func refresh(_ id: Int64) async throws {
        var wanted: Int64? = id
        do {
            while let id = wanted {
                let job = try await session.client.get(JobSummary.self, ControlRequest(.job, id))
                try absorb(job)
                wanted = job.followUp.flatMap { board.scope != .everything && board.unfinished.contains($0) ? $0 : nil }
            }
        } catch let fault as ControlFault where fault.isOfConnection {
            return
        } catch ControlFault.problem(let problem) where problem.status == 404 && board.scope == .everything {
            board.forget(id)
        }
    }

    private mutating func absorb(_ job: JobSummary) throws {
        guard board.absorb(job) else { return }
        ended.append(job)
        // What did not succeed is an error of who waited for it, and told as one.
        guard !session.json, board.scope == .everything || job.state == "completed" else { return }
        erase()
        try session.terminal.write(lines: [JobText.outcome(job)])
    }

    private mutating func detach() {
        erase()
        if let farewell = board.farewell { session.terminal.say(farewell) }
        // To follow everything has no other end; who waits has not got what was waited for.
        if board.scope != .everything { Interruption.die() }
    }

    private func giveUp() throws {
        guard board.scope != .everything, let id = board.unfinished.first else { return }
        throw CommandFault(
            code: "timed_out",
            summary: "stopped waiting for job \(id): it is not done yet and goes on",
            remedy: "`stumpctl jobs show \(id)` shows how far it is",
            status: .timedOut
        )
    }

    private mutating func say(_ line: String) {
        erase()
        session.terminal.say(line)
    }

    private mutating func draw() {
        guard isLive else { return }
        let (columns, rows) = (session.terminal.columns(.messages) ?? 80, session.terminal.rows(.messages) ?? 24)
        // Two columns are left to the ^C that a terminal shows, which would begin another line.
        let lines = board.lines(width: max(1, columns - 2), height: rows - 1)
        session.terminal.draw(block.drawing(lines, columns: columns))
    }

    private mutating func erase() {
        guard isLive else { return }
        session.terminal.draw(block.erasing(columns: session.terminal.columns(.messages) ?? 80))
    }
}

extension ProgressSummary {
    /// What a `job.progress` carries.
    init?(_ event: EventRecord) {
        guard let bytes = try? ControlJSON.encode(event.data),
            let progress = try? ControlJSON.decode(ProgressSummary.self, from: bytes)
        else { return nil }
        self = progress
    }
}
