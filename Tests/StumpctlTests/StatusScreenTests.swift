// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import stumpctl

@Suite("One screen tells whether it is well, what it does and what needs a person")
struct StatusScreenTests {
    private var status = DaemonStatus(
        version: "0.1.0",
        state: "ready",
        startedAt: "2025-11-23T20:00:00.000Z",
        uptimeSeconds: 7800,
        queue: QueueSummary(queued: 0, running: 0, paused: 0),
        workers: WorkerSummary(size: 1, busy: 0, sandbox: SandboxSummary(landlock: true, seccomp: true)),
        watch: WatchSummary(directories: 12, limit: 8192, polled: 0, overflows: 0),
        problems: ProblemCounts(open: 0)
    )

    private func lines(width: Int? = nil) -> [String] {
        StatusScreen(status: status, paint: Paint(isOn: false), width: width).lines
    }

    @Test func `a daemon with nothing to do says so and shows no empty section`() {
        #expect(
            lines() == [
                "stumpd 0.1.0 is ready, up 2 h 10 min",
                "idle; 0 of 1 worker busy; 12 directories watched of 8,192 possible",
                "", "Libraries", "  none is configured",
            ]
        )
    }

    @Test mutating func `the most frequent problems come first`() {
        status.problems = ProblemCounts(open: 13, byClass: ["a": 1, "b": 5, "c": 5, "d": 1, "e": 1])
        #expect(lines().contains("  13 open: 5 b, 5 c, 1 a, 1 d, others"))
        #expect(lines().contains("  hint: type `stumpctl problems`"))
    }

    @Test mutating func `a warning comes with its hint`() {
        status.warnings = [Warning(code: "no_library", detail: "nothing to do\n", hint: "write a [[library]]")]
        #expect(lines().suffix(3) == ["Warnings", #"  no_library: nothing to do\n"#, "  hint: write a [[library]]"])
    }

    @Test mutating func `a running job has its line, within the terminal`() {
        status.queue.running = 1
        var job = JobSummary(
            id: 7,
            kind: "thumbnail_generation",
            state: "running",
            library: "comics",
            trigger: "watch",
            priority: 0,
            options: JobOptions(),
            createdAt: "",
            attempt: 1,
            merged: 0
        )
        job.progress = ProgressSummary(
            phase: String(repeating: "long ", count: 30),
            directoriesDone: 0,
            filesDone: 1,
            bytesDone: 0
        )
        status.jobs = [job]
        let line = lines(width: 60)[2]
        #expect(line.hasPrefix("  #7 thumbnails comics  long"))
        #expect(ShownText.width(line) == 60)
    }

    @Test mutating func `a queue that does not run says why, and what to type`() {
        status.queue = QueueSummary(queued: 3, running: 0, paused: 1, state: "stalled", reason: "disk full: /var/lib")
        #expect(lines()[1].hasPrefix("0 running, 3 queued, 1 paused; "))
        #expect(lines()[2] == "the queue is stalled: disk full: /var/lib")
        #expect(lines()[3].contains("`stumpctl queue resume`"))
        status.queue = QueueSummary(queued: 0, running: 0, paused: 0, state: "paused")
        #expect(lines()[1].hasPrefix("idle; "))
        #expect(lines()[2...3] == ["the queue is paused", "hint: `stumpctl queue resume` lets jobs run again"])
    }

    @Test mutating func `a paused library says how its pause ends, whether or not it has a reason`() {
        status.libraries = [
            LibrarySummary(
                name: "comics",
                root: "/srv/comics",
                pattern: "series",
                state: "paused",
                watch: LibraryWatchSummary(mode: "events", directories: 0, polled: 0, pending: 0),
                counts: LibraryCounts(
                    series: 0,
                    books: 0,
                    missing: 0,
                    ignored: 0,
                    pending: 0,
                    problems: 0,
                    sizeBytes: 0
                ),
                heldLosses: 0
            )
        ]
        let hint = "  hint: `stumpctl libraries resume comics` lets its jobs run again"
        #expect(lines().suffix(3) == ["Warnings", "  comics is paused", hint])
        status.libraries[0].detail = "somebody paused it"
        #expect(lines().suffix(2) == ["  comics is paused: somebody paused it", hint])
    }

    @Test mutating func `the soonest schedules have a line each, and only they`() throws {
        #expect(!lines().contains("Next"))
        status.schedules = [
            ScheduleSummary(name: "scan", library: "b", spec: "every 6h", nextRunAt: "2025-11-24T03:30:01.000Z"),
            ScheduleSummary(name: "scan", library: "c", spec: "every 6h", nextRunAt: "2025-11-24T03:30:03.000Z"),
            ScheduleSummary(name: "scan", library: "d", spec: "every 6h", nextRunAt: "2025-11-24T03:30:04.000Z"),
            ScheduleSummary(name: "backup", spec: "daily", nextRunAt: "2025-11-24T03:30:05.000Z"),
        ]
        let shown = lines()
        let heading = try #require(shown.firstIndex(of: "Next"))
        #expect(shown[heading + 1].hasSuffix(":30:01  scan b (every 6h)"))
        #expect(shown[heading + 2].hasSuffix(":30:03  scan c (every 6h)"))
        #expect(shown[heading + 3].hasSuffix(":30:04  scan d (every 6h)"))
        #expect(shown[(heading + 4)...] == ["  and 1 schedule more"])
    }
}
