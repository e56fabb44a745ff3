// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import stumpctl

@Suite("A job is told as one would tell a friend")
struct JobStoryTests {
    private var job = JobSummary(
        id: 42,
        kind: "library_scan",
        state: "completed",
        library: "comics",
        trigger: "user",
        priority: 0,
        options: JobOptions(),
        createdAt: "2025-11-23T20:00:00.000Z",
        startedAt: "2025-11-23T20:00:02.000Z",
        finishedAt: "2025-11-23T20:02:12.000Z",
        elapsedSeconds: 130,
        attempt: 1,
        merged: 0
    )
    private var warnings: [JobLogLine] = []

    private func lines(width: Int? = nil) -> [String] {
        JobStory(job: job, warnings: warnings, paint: Paint(isOn: false), width: width).lines
    }

    private func fact(_ label: String) -> String? {
        let line = lines().first { $0.hasPrefix("  \(label) ") }
        return line.map { String($0.dropFirst(label.count + 2).drop { $0 == " " }) }
    }

    @Test mutating func `the first line says what it is, how it ended and how long it took`() {
        #expect(lines().first == "#42 scan comics: completed after 2 min 10 s")
        job.state = "running"
        #expect(lines().first == "#42 scan comics: running for 2 min 10 s")
        (job.state, job.reason) = ("queued", "the queue is paused")
        #expect(lines().first == "#42 scan comics: queued: the queue is paused")
        (job.state, job.reason, job.options.dryRun) = ("completed", nil, true)
        #expect(lines().first == "#42 scan comics: completed after 2 min 10 s (a dry run)")
    }

    @Test(
        arguments: [
            ("user", nil, "asked for by a person, "), ("watch", nil, "changes were seen, "),
            ("schedule", nil, "by schedule, "), ("start", nil, "stumpd started, "),
            ("retry", 12, "tried again after job 12 failed, "), ("retry", nil, "tried again after it failed, "),
        ] as [(String, Int64?, String)]
    )
    mutating func `it says why it ran`(trigger: String, earlier: Int64?, reason: String) {
        job.trigger = trigger
        job.retryOf = earlier
        #expect(fact("why")?.hasPrefix(reason) == true)
    }

    @Test mutating func `a person's retry and later requests are part of the reason`() {
        job.retryOf = 12
        job.merged = 2
        #expect(fact("why")?.hasSuffix("; in place of job 12; joined by 2 later requests") == true)
    }

    @Test mutating func `it says what was asked, if anything was`() {
        #expect(fact("asked") == nil)
        job.paths = ["Saga", ""]
        job.options = JobOptions(force: true, thumbnails: true, mode: "sync")
        #expect(
            fact("asked") == "Saga, the whole library; read every book again, make all thumbnails again, book by book"
        )
        job.paths = (1...14).map { "\($0)" }
        job.options = JobOptions()
        #expect(fact("asked") == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4 more")
    }

    @Test mutating func `it says what it looked at, and how fast`() {
        job.report = ScanReportSummary()
        #expect(fact("looked at") == nil)
        #expect(fact("result") == "nothing changed")
        job.report?.totalFiles = 2600
        job.report?.totalDirectories = 1
        job.report?.readBytes = 130 << 20
        job.report?.skippedFiles = 2000
        job.report?.ignoredFiles = 3
        #expect(
            fact("looked at")
                == "2,600 files in 1 directory, 130 MiB read; 20 files/s, 1.0 MiB/s; 2,000 not books; 3 ignored"
        )
    }

    @Test mutating func `what happened is listed with its paths, and what does not fit is counted`() {
        job.report = ScanReportSummary()
        job.report?.createdMedia = 12
        job.report?.failedMedia = 1
        job.highlights = JobHighlights(added: (1...10).map { "Saga/\($0).cbz" }, failed: ["Saga/\n.cbz"])
        let added = ["", "12 books added"] + (1...10).map { "  Saga/\($0).cbz" } + ["  and 2 more"]
        let failed = ["", "1 book could not be read", #"  Saga/\n.cbz"#]
        #expect(lines().suffix(16) == (added + failed)[...])
        job.options.dryRun = true
        #expect(lines().contains("12 books would be added"))
    }

    @Test mutating func `its warnings are told, the first ten of them`() {
        warnings = (1...12).map { JobLogLine(at: "", level: "warning", message: "bad", path: "\($0)") }
        #expect(lines().suffix(13).first == "")
        #expect(lines().suffix(12).first == "12 warnings")
        #expect(lines().suffix(11).first == "  1: bad")
        #expect(lines().last == "  and 2 more: `stumpctl jobs log 42`")
        warnings = [JobLogLine(at: "", level: "warning", message: "a/1.cbz: it is empty", path: "a/1.cbz")]
        #expect(lines().last == "  a/1.cbz: it is empty", "the path once")
        warnings = [JobLogLine(at: "", level: "warning", message: "60 losses are held")]
        #expect(lines().suffix(2) == ["1 warning", "  60 losses are held"])
    }

    @Test mutating func `it says what to type next`() {
        #expect(fact("next") == nil)
        job.report = ScanReportSummary()
        job.report?.heldLosses = 60
        #expect(fact("next") == "`stumpctl missing accept --library comics` confirms that what is gone is gone")
        job.state = "failed"
        job.error = JobError(code: "root_offline", detail: "/srv/comics is gone")
        #expect(fact("error") == "/srv/comics is gone (root_offline)")
        #expect(fact("next") == "`stumpctl jobs retry 42` tries it again")
        (job.state, job.error) = ("running", nil)
        #expect(fact("next")?.contains("`stumpctl jobs cancel 42`") == true)
    }

    @Test(
        arguments: [
            ("paused", nil, "`stumpctl jobs resume 42` lets it go on"),
            ("queued", "queue", "`stumpctl queue resume` lets it go on"),
            ("queued", "library", "`stumpctl libraries resume comics` lets it go on"),
            ("queued", nil, nil),
        ] as [(String, String?, String?)]
    )
    mutating func `a job that waits says whose pause it is`(state: String, hold: String?, next: String?) {
        (job.state, job.heldBy) = (state, hold)
        #expect(fact("next") == next)
    }

    @Test(arguments: [30, 40, 80, 120])
    mutating func `no line is wider than the terminal`(width: Int) {
        job.options = JobOptions(force: true, metadata: true, hashes: true, thumbnails: true)
        job.paths = (1...20).map { "Science Fiction/\($0)" }
        job.report = ScanReportSummary()
        job.report?.heldLosses = 60
        job.highlights = JobHighlights(missing: [String(repeating: "進撃の巨人/", count: 40) + "1.cbz"])
        warnings = [
            JobLogLine(at: "", level: "warning", message: "cut short", path: String(repeating: "x", count: 200))
        ]
        let lines = lines(width: width)
        #expect(lines.dropFirst().allSatisfy { ShownText.width($0) <= width })
        #expect(lines.contains { $0.hasPrefix("  …") && $0.hasSuffix("/1.cbz") })
    }
}
