// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import stumpctl

@Suite("A job is told in one line, without invention")
struct JobTextTests {
    private var job = JobSummary(
        id: 42,
        kind: "library_scan",
        state: "running",
        library: "comics",
        trigger: "user",
        priority: 0,
        options: JobOptions(),
        createdAt: "2025-11-23T20:00:00.000Z",
        attempt: 1,
        merged: 0
    )

    @Test func `a report names what is not zero`() {
        var report = ScanReportSummary()
        report.totalFiles = 2800
        #expect(JobText.report(report) == "nothing changed")
        report.createdMedia = 1200
        report.failedMedia = 1
        #expect(JobText.report(report) == "1,200 added, 1 failed")
    }

    @Test mutating func `a job that did not complete is a fault with its reason`() {
        job.state = "completed"
        #expect(CommandFault(unlessDone: job) == nil)
        job.state = "cancelled"
        #expect(CommandFault(unlessDone: job)?.status == .jobCancelled)
        job.state = "failed"
        job.elapsedSeconds = 1
        job.error = JobError(code: "root_offline", detail: "/srv/comics is gone")
        let fault = CommandFault(unlessDone: job)
        #expect(fault?.status == .jobFailed)
        #expect(fault?.code == "root_offline")
        #expect(fault?.summary == "#42 scan comics: failed: /srv/comics is gone (1.0 s)")
    }

    @Test func `a dry run tells what would be`() {
        var report = ScanReportSummary()
        #expect(JobText.wouldBe(report) == "would change nothing")
        report.createdMedia = 1200
        report.updatedMedia = 1
        report.missingMedia = 2
        report.heldLosses = 60
        #expect(JobText.wouldBe(report) == "would add 1,200, update 1, mark 2 as missing, hold 60 losses")
    }

    @Test mutating func `a dry run's outcome is no claim`() {
        job.state = "completed"
        job.options.dryRun = true
        job.report = ScanReportSummary()
        job.report?.createdMedia = 3
        #expect(JobText.outcome(job) == "#42 scan comics: would add 3")
    }

    @Test mutating func `a job that waits says why, once, and until when`() {
        job.state = "queued"
        #expect(JobText.waiting(job) == "queued")
        job.reason = "the queue is paused"
        #expect(JobText.waiting(job) == "queued: the queue is paused")
        job.state = "paused"
        job.reason = "somebody paused it"
        #expect(JobText.waiting(job) == "paused: somebody paused it")
        let standing = "#42 scan comics: \u{1b}[33mpaused\u{1b}[0m: somebody paused it"
        #expect(JobText.standing(job, Paint(isOn: true)) == standing)
        job.state = "queued"
        job.reason = "it is tried again: \u{1b}"
        job.notBefore = "2025-11-23T20:00:15.000Z"
        #expect(JobText.waiting(job).hasPrefix(#"queued: it is tried again: \u{1b}, tried again at "#))
        #expect(JobText.waiting(job).hasSuffix(":00:15"))
    }

    @Test mutating func `a list says what came of a job, or why nothing does yet`() {
        job.reason = "library comics is paused"
        job.report = ScanReportSummary()
        #expect(JobsList.result(job) == "library comics is paused")
        job.state = "completed"
        #expect(JobsList.result(job) == "nothing changed")
        job.error = JobError(code: "a", detail: "disk full")
        #expect(JobsList.result(job) == "disk full")
    }

    @Test func `a dry run lists what its log says of paths`() {
        let log = [
            JobLogLine(at: "", level: "info", message: "started"),
            JobLogLine(at: "", level: "info", message: "would be added", path: "Saga/\n1.cbz"),
        ]
        #expect(Scan.findings(log) == [#"  would be added: Saga/\n1.cbz"#])
    }
}
