// SPDX-License-Identifier: MIT

/// Everything that one screen tells: is it well, what is it doing, what is each library, what needs a person.
package struct DaemonStatus: Codable, Equatable, Sendable {
    package var version: String
    /// `starting`, `ready`, `degraded` or `stopping`.
    package var state: String
    package var startedAt: String
    package var uptimeSeconds: Double
    package var libraries: [LibrarySummary]
    package var queue: QueueSummary
    /// Those that run now.
    package var jobs: [JobSummary]
    package var workers: WorkerSummary
    package var watch: WatchSummary
    package var problems: ProblemCounts
    package var warnings: [Warning]
    /// What is due by itself, the soonest first.
    package var schedules: [ScheduleSummary]

    package init(
        version: String,
        state: String,
        startedAt: String,
        uptimeSeconds: Double,
        libraries: [LibrarySummary] = [],
        queue: QueueSummary,
        jobs: [JobSummary] = [],
        workers: WorkerSummary,
        watch: WatchSummary,
        problems: ProblemCounts,
        warnings: [Warning] = [],
        schedules: [ScheduleSummary] = []
    ) {
        self.version = version
        self.state = state
        self.startedAt = startedAt
        self.uptimeSeconds = uptimeSeconds
        self.libraries = libraries
        self.queue = queue
        self.jobs = jobs
        self.workers = workers
        self.watch = watch
        self.problems = problems
        self.warnings = warnings
        self.schedules = schedules
    }

    private enum CodingKeys: String, CodingKey {
        case version
        case state
        case startedAt = "started_at"
        case uptimeSeconds = "uptime_seconds"
        case libraries
        case queue
        case jobs
        case workers
        case watch
        case problems
        case warnings
        case schedules
    }
}

/// The pool that reads untrusted bytes.
package struct WorkerSummary: Codable, Equatable, Sendable {
    package var size: Int
    package var busy: Int
    package var sandbox: SandboxSummary

    package init(size: Int, busy: Int, sandbox: SandboxSummary) {
        self.size = size
        self.busy = busy
        self.sandbox = sandbox
    }
}

/// Which fences the kernel let the workers build around themselves.
package struct SandboxSummary: Codable, Equatable, Sendable {
    package var landlock: Bool
    package var seccomp: Bool

    package init(landlock: Bool, seccomp: Bool) {
        self.landlock = landlock
        self.seccomp = seccomp
    }
}

/// How the directories of all libraries are watched.
package struct WatchSummary: Codable, Equatable, Sendable {
    /// Those that report events.
    package var directories: Int
    /// The kernel's limit of watches for this user.
    @Nullable package var limit: Int?
    package var polled: Int
    /// How often the kernel dropped events since the start.
    package var overflows: Int

    package init(
        directories: Int,
        limit: Int? = nil,
        polled: Int,
        overflows: Int
    ) {
        self.directories = directories
        self.limit = limit
        self.polled = polled
        self.overflows = overflows
    }
}

/// The open problems, together and a class.
package struct ProblemCounts: Codable, Equatable, Sendable {
    package var open: Int
    package var byClass: [String: Int]

    package init(open: Int, byClass: [String: Int] = [:]) {
        self.open = open
        self.byClass = byClass
    }

    private enum CodingKeys: String, CodingKey {
        case open
        case byClass = "by_class"
    }
}

/// Something that works worse than it could, and what to do about it.
package struct Warning: Codable, Equatable, Sendable {
    package var code: String
    package var detail: String
    @Nullable package var hint: String?

    package init(code: String, detail: String, hint: String? = nil) {
        self.code = code
        self.detail = detail
        self.hint = hint
    }
}
