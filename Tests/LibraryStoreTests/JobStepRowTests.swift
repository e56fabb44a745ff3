// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A step is a row, an event and a line of the log, or nothing")
struct JobStepRowTests {
    private let bench: StoreBench
    private var store: LibraryStore { bench.store }

    init() async throws {
        bench = try await StoreBench()
    }

    private func error(in delay: Duration = .seconds(15)) -> JobStep {
        .interrupt(.error(code: "busy", detail: "it is busy", until: bench.time.look() + delay))
    }

    @Test func `each step tells of itself once, in the log and to the world`() async throws {
        let job = try await bench.start().id
        let steps: [(JobStep, EventType, String)] = [
            (.interrupt(.moreUrgent(job: 9)), .jobQueued, "interrupted: it gave way to job 9"),
            (.start, .jobStarted, "started"),
            (.interrupt(.held("the queue is paused")), .jobQueued, "interrupted: the queue is paused"),
            (.start, .jobStarted, "started"),
            (.interrupt(.stalled("the disk is full")), .jobQueued, "interrupted: the disk is full"),
            (.pause, .jobPaused, "paused"), (.resume, .jobResumed, "resumed"), (.start, .jobStarted, "started"),
            (error(), .jobQueued, "failed and will be tried again: it is busy"),
            (.start, .jobStarted, "started again, attempt 2"),
            (.fail(code: "x", detail: "it broke"), .jobFailed, "failed: it broke"),
        ]
        for (step, type, message) in steps {
            let lines = try await bench.log(of: job).count
            #expect(try await bench.types { _ = try await store.take(step, of: job) } == [type])
            #expect(try await bench.log(of: job).dropFirst(lines) == [message])
        }
    }

    @Test func `an event says what became of the job, and why`() async throws {
        let job = try await bench.start().id
        try await store.take(.interrupt(.moreUrgent(job: 9)), of: job)
        try await store.take(.start, of: job)
        var report = ScanReport()
        report[.failedMedia] = 3
        try await store.take(.fail(code: "x", detail: "it broke"), of: job, report: report)
        let data = try await bench.events().map(\.data)
        #expect(data[0].hasPrefix(#"{"attempt":0,"kind":"library_scan","state":"queued","trigger":"user"}"#))
        #expect(data[2].contains(#""reason":"it gave way to job 9","state":"queued""#))
        #expect(!data[3].contains("reason") && data[3].contains(#""state":"running""#))
        #expect(data[4].contains(#""error":"it broke""#) && data[4].contains(#""failed_media":3"#))
    }

    @Test func `a step that the state does not allow changes nothing`() async throws {
        let job = try await bench.request().job
        let count = try await bench.events().count
        var report = ScanReport()
        report[.createdMedia] = 1
        for step in [JobStep.complete, .resume, .fail(code: "x", detail: ""), .interrupt(.daemonStopped)] {
            await #expect(throws: StoreFault.wrongState(job.id, .queued)) {
                try await store.take(step, of: job.id, report: report)
            }
        }
        #expect(try await store.job(job.id) == job)
        #expect(try await bench.events().count == count)
        await #expect(throws: StoreFault.unknownJob(99)) { try await store.take(.complete, of: 99) }
    }

    @Test(arguments: ["event", "job_log", "library"])
    func `where a part of a step cannot be written, none is`(table: String) async throws {
        let job = try await bench.start()
        let verb = table == "library" ? "UPDATE" : "INSERT"
        try await store.pool.write { db in
            try db.execute(
                sql: "CREATE TRIGGER refusal BEFORE \(verb) ON \(table) BEGIN SELECT raise(ABORT, 'refused'); END"
            )
        }
        let (events, lines) = (try await bench.events().count, try await bench.log(of: job.id).count)
        await #expect(throws: DatabaseError.self) { try await store.take(.complete, of: job.id, report: ScanReport()) }
        #expect(try await store.job(job.id) == job)
        #expect(try await bench.events().count == events)
        #expect(try await bench.log(of: job.id).count == lines)
    }

    @Test func `an attempt counts where the job itself is to blame`() async throws {
        let job = try await bench.start().id
        let counts = "attempt, failures, stalls"
        #expect(try await bench.row(of: job, counts) == "1 0 0")
        for interruption in [
            JobStep.Interruption.moreUrgent(job: 9), .held("x"), .stalled("x"), .daemonStopped,
        ] {
            try await store.take(.interrupt(interruption), of: job)
            #expect(try await bench.row(of: job, counts) == "0 0 0", "\(interruption)")
            try await store.take(.start, of: job)
        }
        try await store.take(error(), of: job)
        #expect(try await bench.row(of: job, counts) == "1 1 0")
        try await store.take(.start, of: job)
        _ = try await store.pause(job)
        try await store.take(.pause, of: job)
        #expect(try await bench.row(of: job, counts) == "1 1 0")
        _ = try await store.resume(job)
        try await store.take(.start, of: job)
        try await store.take(error(), of: job)
        #expect(try await bench.row(of: job, counts) == "2 2 0")
    }

    @Test func `what a job has done is kept over an interruption, what it was at is not`() async throws {
        let job = try await bench.start().id
        var report = ScanReport()
        report[.createdMedia] = 7
        try await store.commit(for: bench.comics, job: job) { [report] in try $0.note(JobProgress(phase: .read), report)
        }
        try await store.take(.interrupt(.daemonStopped), of: job)
        #expect(try await store.job(job).progress?.phase == .read)
        let again = try await store.take(.start, of: job)
        #expect(again.report == report && again.progress == nil)
        #expect(try await bench.row(of: job, "commits, commits_before") == "1 1")
    }

    @Test func `only scans of the disk are what a library remembers as its last`() async throws {
        let dryRun = try await bench.start(.library, ScanOptions(dryRun: true)).id
        try await store.take(.complete, of: dryRun)
        let waiting = try await bench.request().job.id
        _ = try await store.cancel(waiting)
        let analysis = try await store.request(.analysis(of: bench.comics, trigger: .user)).job.id
        _ = try await store.claim([.analysis])
        try await store.take(.complete, of: analysis)
        #expect(try await store.figures(of: bench.comics).lastScan == nil)
        let scan = try await bench.start().id
        try await store.take(.cancel, of: scan)
        #expect(try await store.figures(of: bench.comics).lastScan?.job == scan)
    }
}
