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

    private var progress = ProgressSummary(
        phase: "reading",
        directoriesDone: 3,
        filesDone: 1200,
        filesTotal: 2800,
        bytesDone: 0,
        current: "Saga/\u{1b}1.cbz",
        filesPerSecond: 211.6,
        remainingSeconds: 130,
        percent: 42.9
    )

    @Test mutating func `progress has bar, counts, rate, time left and the current file`() {
        job.progress = progress
        let line = #"[########------------] 42 %  1,200/2,800 files  212/s  2 min 10 s left  Saga/\u{1b}1.cbz"#
        #expect(ProgressLine.text(job, width: nil) == "#42 scan comics  " + line)
        #expect(ShownText.width(ProgressLine.text(job, width: 40)) == 40)
    }

    @Test mutating func `without a total there is no bar and no total`() {
        progress.filesTotal = nil
        progress.percent = nil
        progress.remainingSeconds = nil
        progress.current = nil
        job.progress = progress
        #expect(ProgressLine.text(job, width: nil) == "#42 scan comics  reading  1,200 files  212/s")
    }

    @Test mutating func `a job that waits has no progress`() {
        job.state = "queued"
        job.progress = progress
        #expect(ProgressLine.text(job, width: nil) == "#42 scan comics  queued")
    }

    @Test(arguments: [(-5.0, 0), (0, 0), (4.9, 0), (5, 1), (100, 20), (250, 20)])
    func `a bar is never longer than its frame`(percent: Double, filled: Int) {
        let bar = "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled) + "]"
        #expect(ProgressLine.bar(percent) == bar)
    }

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

    @Test mutating func `a job that is shown has its facts`() {
        job.options.force = true
        job.report = ScanReportSummary()
        let lines = JobsShow.lines(job, Paint(isOn: false))
        #expect(lines.first == "#42 scan comics: running")
        #expect(lines.contains("  options    force"))
        #expect(lines.contains("  looked at  0 files in 0 directories, 0 B read"))
    }
}
