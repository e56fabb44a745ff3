// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import stumpctl

@Suite("Progress is told in one line that fits, without invention")
struct ProgressLineTests {
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

    init() {
        job.progress = ProgressSummary(
            phase: "reading",
            directoriesDone: 3,
            filesDone: 1200,
            filesTotal: 2800,
            bytesDone: 0,
            current: "Science Fiction/Saga/\u{1b}1.cbz",
            filesPerSecond: 211.6,
            remainingSeconds: 130,
            percent: 42.9
        )
    }

    private func text(_ width: Int?) -> String {
        ProgressLine(job: job, width: width).text
    }

    @Test func `where there is room, everything is told`() {
        let facts = "[########------------] 42 %  1,200/2,800 files  212/s  2 min 10 s left"
        #expect(text(nil) == "#42 scan comics  " + facts + #"  Science Fiction/Saga/\u{1b}1.cbz"#)
        #expect(text(121) == "#42 scan comics  " + facts + #"  Science Fiction/Saga/\u{1b}1.cbz"#)
        #expect(text(110) == "#42 scan comics  " + facts + #"  …ion/Saga/\u{1b}1.cbz"#)
    }

    @Test func `with less room the rate goes first, then the time left, then the counts`() {
        #expect(text(80) == "#42 scan comics  [########------------] 42 %  1,200/2,800 files  2 min 10 s left")
        #expect(text(79) == "#42 scan comics  [########------------] 42 %  1,200/2,800 files")
        #expect(text(60) == "#42 scan comics  [########------------] 42 %")
        #expect(text(40) == "#42 scan comics  [####------] 42 %")
        #expect(text(20) == "#42 scan comics  [#…")
    }

    @Test(arguments: 1...130)
    func `no line is wider than the terminal`(width: Int) {
        #expect(ShownText.width(text(width)) <= width)
    }

    @Test mutating func `without a total there is no bar and no total`() {
        job.progress?.filesTotal = nil
        job.progress?.percent = nil
        job.progress?.remainingSeconds = nil
        job.progress?.current = nil
        #expect(text(nil) == "#42 scan comics  reading  1,200 files  212/s")
    }

    @Test mutating func `where there are no files to count, bytes are`() {
        job.progress = ProgressSummary(
            phase: "copy",
            directoriesDone: 0,
            filesDone: 0,
            bytesDone: 1 << 20,
            bytesTotal: 4 << 20,
            percent: 25
        )
        #expect(text(nil) == "#42 scan comics  [#####---------------] 25 %  1.0 MiB of 4.0 MiB")
    }

    @Test mutating func `a job that waits has no progress, but a reason`() {
        job.state = "queued"
        #expect(text(nil) == "#42 scan comics  queued")
        job.reason = "the queue is paused"
        #expect(text(nil) == "#42 scan comics  queued: the queue is paused")
    }

    @Test(arguments: [(-5.0, 0), (0, 0), (4.9, 0), (5, 1), (100, 20), (250, 20)])
    func `a bar is never longer than its frame`(percent: Double, filled: Int) {
        let bar = "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled) + "]"
        #expect(ProgressLine.bar(percent, width: 20) == bar)
    }
}
