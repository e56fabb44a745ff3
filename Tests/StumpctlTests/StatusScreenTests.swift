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
}
