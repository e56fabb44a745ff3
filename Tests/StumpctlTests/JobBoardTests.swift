// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import stumpctl

@Suite("Who follows jobs sees those that run, and the end of each once")
struct JobBoardTests {
    private func job(_ id: Int64, _ state: String, followUp: Int64? = nil, reason: String? = nil) -> JobSummary {
        JobSummary(
            id: id,
            kind: id % 2 == 0 ? "library_scan" : "thumbnail_generation",
            state: state,
            library: "comics",
            trigger: "user",
            priority: 0,
            options: JobOptions(),
            createdAt: "",
            attempt: 1,
            merged: 0,
            followUp: followUp,
            reason: reason
        )
    }

    private func progress(_ percent: Double, current: String? = nil) -> ProgressSummary {
        ProgressSummary(
            phase: "read",
            directoriesDone: 1,
            filesDone: 12,
            filesTotal: 100,
            bytesDone: 0,
            current: current,
            filesPerSecond: 3.4,
            remainingSeconds: 26,
            percent: percent
        )
    }

    @Test(arguments: [
        (
            40,
            [
                "#8 scan comics         [#---------] 12 %", "#11 thumbnails comics  [#####-----] 50 %",
                "2 queued, 1 paused",
            ]
        ),
        (
            80,
            [
                "#8 scan comics         [##------------------] 12 %  12/100 files  3/s  26 s left",
                "#11 thumbnails comics  [##########----------] 50 %  12/100 files  3/s  26 s left",
                "2 queued, 1 paused",
            ]
        ),
        (
            120,
            [
                "#8 scan comics         [##------------------] 12 %  12/100 files  3/s  26 s left  "
                    + "Science Fiction/Saga/Saga 001.cbz",
                "#11 thumbnails comics  [##########----------] 50 %  12/100 files  3/s  26 s left",
                "2 queued, 1 paused",
            ]
        ),
    ])
    func `a line a job that runs, bars below each other, and a note of what does not`(width: Int, lines: [String]) {
        var board = JobBoard(.everything)
        let jobs = [
            job(11, "running"), job(8, "running"), job(12, "queued"), job(14, "queued"), job(15, "paused"),
        ]
        for job in jobs { _ = board.absorb(job) }
        _ = board.absorb(progress(12, current: "Science Fiction/Saga/Saga 001.cbz"), of: 8)
        _ = board.absorb(progress(50), of: 11)
        #expect(board.lines(width: width) == lines)
    }

    @Test(arguments: [1, 10, 40, 80, 120])
    func `no line is wider than the terminal, whatever the jobs are called`(width: Int) {
        var board = JobBoard(.everything)
        var long = job(2, "running")
        long.library = String(repeating: "進撃の巨人", count: 30)
        long.progress = progress(12, current: String(repeating: "x", count: 300))
        _ = board.absorb(long)
        _ = board.absorb(job(4, "running"))
        board.queue = QueueSummary(
            queued: 0,
            running: 2,
            paused: 0,
            state: "stalled",
            reason: String(repeating: "full ", count: 50)
        )
        #expect(board.lines(width: width).count == 3)
        #expect(board.lines(width: width).allSatisfy { ShownText.width($0) <= width })
    }

    @Test func `more jobs than the terminal has lines are counted`() {
        var board = JobBoard(.everything)
        for id in 1...30 { _ = board.absorb(job(Int64(id), "running")) }
        let lines = board.lines(width: 80, height: 5)
        #expect(lines.count == 5)
        #expect(lines.last == "26 more jobs")
        #expect(board.lines(width: 80, height: 30).count == 30)
        #expect(board.lines(width: 80, height: 0) == ["30 more jobs"])
    }

    @Test func `who follows everything is told that nothing runs, or why`() {
        var board = JobBoard(.everything)
        #expect(board.lines(width: 80) == ["nothing runs; Ctrl-C ends this"])
        board.queue = QueueSummary(queued: 1, running: 0, paused: 0, state: "paused", reason: "by a person")
        _ = board.absorb(job(2, "queued"))
        #expect(board.lines(width: 80) == ["the queue is paused: by a person, 1 queued"])
        #expect(!board.isDone)
    }

    @Test func `the end of a job is news once, and it stays ended`() {
        var board = JobBoard(.everything)
        let news = ["running", "completed", "completed", "running"].map { board.absorb(job(2, $0)) }
        #expect(news == [false, true, false, false])
        // Not asked for again, however late its last progress comes.
        let isKnown = board.absorb(progress(99), of: 2)
        #expect(isKnown)
        #expect(board.unfinished.isEmpty)
    }

    @Test func `a scan that is waited for is done when what it causes is done`() {
        var board = JobBoard(.jobs([2]))
        #expect(!board.isDone)
        let news = [job(4, "completed"), job(2, "completed", followUp: 3)].map { board.absorb($0) }
        #expect(news == [false, true])
        #expect(board.unfinished == [3])
        let later = [job(3, "failed", followUp: 5), job(5, "completed")].map { board.absorb($0) }
        #expect(later == [true, true])
        #expect(board.isDone)
    }

    @Test func `a job that is waited for is shown while it waits itself`() {
        var board = JobBoard(.jobs([2]))
        _ = board.absorb(job(2, "paused", reason: "library comics is paused"))
        #expect(board.lines(width: 80) == ["#2 scan comics  paused: library comics is paused"])
    }

    @Test func `progress of a job that was not known to run asks for the job`() {
        var board = JobBoard(.everything)
        var isKnown = board.absorb(progress(1), of: 2)
        #expect(!isKnown)
        _ = board.absorb(job(2, "queued"))
        isKnown = board.absorb(progress(1), of: 2)
        #expect(!isKnown)
        _ = board.absorb(job(2, "running"))
        isKnown = board.absorb(progress(1), of: 2)
        #expect(isKnown)
        #expect(!JobBoard(.jobs([2])).contains(4))
    }

    @Test func `who stops looking is told that the jobs go on, and how to end them`() {
        var board = JobBoard(.everything)
        #expect(board.farewell == nil)
        _ = board.absorb(job(2, "running"))
        #expect(board.farewell == "job 2 goes on; `stumpctl jobs cancel 2` cancels it")
        _ = board.absorb(job(3, "running"))
        #expect(board.farewell == "the jobs go on; `stumpctl jobs cancel N` cancels one of them: 2, 3")
    }

    @Test func `a progress is what an event carries, also where it leaves out what is not known`() throws {
        let event = { (data: [String: JSONValue]) in
            EventRecord(at: "", type: "job.progress", job: 2, data: .object(data))
        }
        let progress = ProgressSummary(
            event([
                "phase": .string("read"), "directories_done": .integer(1), "files_done": .integer(2),
                "bytes_done": .integer(3), "percent": .decimal(12.5),
            ])
        )
        #expect(
            progress
                == ProgressSummary(phase: "read", directoriesDone: 1, filesDone: 2, bytesDone: 3, percent: 12.5)
        )
        #expect(ProgressSummary(event([:])) == nil)
    }
}
