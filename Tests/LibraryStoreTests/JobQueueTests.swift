// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("The queue keeps every request, in order, and tells of each change")
struct JobQueueTests {
    private let scans: [JobLane] = [.scan]

    private func scope(_ path: FilePath) -> ScanScope {
        ScanScope([path: ScanScope.Depth(isDeep: true)])
    }

    @Test func `a request joins the scan that waits: paths, options and the more urgent priority`() async throws {
        let bench = try await StoreBench()
        let first = try await bench.request(scope("A"), trigger: .watch)
        let second = try await bench.request(scope("B"), ScanOptions(force: true))
        #expect(!first.joined && second.joined)
        #expect(second.job.id == first.job.id)
        #expect(second.job.scope.paths == ["A", "B"])
        #expect(second.job.options.force)
        #expect(second.job.priority == .userPath)
        #expect(second.job.merged == 1)
        #expect(try await bench.types() == [.jobQueued, .jobMerged])
    }

    @Test func `a scan asked for by path is a series_scan, and of anything a library_scan`() async throws {
        let bench = try await StoreBench()
        #expect(try await bench.request(scope("A")).job.kind == .seriesScan)
        #expect(try await bench.request().job.kind == .libraryScan)
    }

    @Test func `a running job keeps what it was asked; what comes in waits as one follow-up`() async throws {
        let bench = try await StoreBench()
        let running = try await bench.request(scope("A")).job
        _ = try await bench.store.claim(scans)
        let next = try await bench.request(scope("B"))
        #expect(!next.joined)
        #expect(try await bench.request(scope("C")).job.id == next.job.id)
        #expect(try await bench.store.job(running.id).scope.paths == ["A"])
        #expect(try await bench.store.claim(scans) == nil)
        try await bench.store.finish(running.id, as: .completed, report: ScanReport())
        #expect(try await bench.store.claim(scans)?.id == next.job.id)
    }

    @Test func `thumbnails run beside a scan, and libraries beside each other, the urgent first`() async throws {
        let bench = try await StoreBench()
        let other = try #require(LibraryName("books2"))
        _ = try await bench.request(trigger: .watch)
        let urgent = try await bench.store.request(LibraryStore.JobRequest(library: other, trigger: .user)).job
        _ = try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil)
        #expect(try await bench.store.claim(scans)?.id == urgent.id)
        #expect(try await bench.store.claim(scans)?.library == bench.comics)
        #expect(try await bench.store.claim([.thumbnails]) != nil)
    }

    @Test func `the end of a job is told with its report, and known to the library`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job
        _ = try await bench.store.claim(scans)
        var report = ScanReport()
        report[.createdMedia] = 5
        try await bench.store.finish(job.id, as: .completed, report: report)
        let ended = try await bench.store.job(job.id)
        #expect(ended.state == .completed && ended.report == report && ended.finishedAt != nil)
        #expect(try await bench.store.figures(of: bench.comics).lastScan?.job == job.id)
        #expect(try await bench.types() == [.jobQueued, .jobStarted, .jobCompleted])
        let log = try await bench.store.log(of: job.id, after: 0, limit: 10)
        #expect(log.map(\.message) == ["started", "completed"])
        await #expect(throws: StoreFault.self) { try await bench.store.finish(job.id, as: .completed) }
    }

    @Test func `a failed job says why and never reads completed`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job
        _ = try await bench.store.claim(scans)
        let fault = ListingFault.rootOffline("/srv/comics", reason: "No such file or directory")
        try await bench.store.finish(job.id, as: .failed, fault: fault)
        let ended = try await bench.store.job(job.id)
        #expect(ended.state == .failed && ended.errorCode == "root_offline")
        #expect(ended.errorDetail?.contains("/srv/comics") == true)
        #expect(try await bench.types().last == .jobFailed)
    }

    @Test func `a waiting job is cancelled at once, a running one asked, an ended one refused`() async throws {
        let bench = try await StoreBench()
        let waiting = try await bench.request().job
        #expect(try await bench.store.cancel(waiting.id).state == .cancelled)
        await #expect(throws: StoreFault.wrongState(waiting.id, .cancelled)) {
            try await bench.store.cancel(waiting.id)
        }
        await #expect(throws: StoreFault.unknownJob(99)) { try await bench.store.cancel(99) }
        let running = try await bench.request().job
        _ = try await bench.store.claim(scans)
        #expect(try await bench.store.cancel(running.id).state == .running)
        #expect(try await bench.store.job(running.id).state == .running)
    }

    @Test func `what ran at a crash is queued again, and cancelled where that had been asked`() async throws {
        let bench = try await StoreBench()
        let scan = try await bench.request().job.id
        let thumbnails = try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil)
        _ = try await bench.store.claim(scans)
        _ = try await bench.store.claim([.thumbnails])
        _ = try await bench.store.cancel(thumbnails)
        #expect(Set(try await bench.store.rescue().map(\.id)) == [scan, thumbnails])
        #expect(try await bench.store.job(scan).state == .queued)
        #expect(try await bench.store.job(thumbnails).state == .cancelled)
        let again = try #require(try await bench.store.claim(scans))
        #expect(again.id == scan && again.attempt == 2)
        let log = try await bench.store.log(of: scan, after: 0, limit: 10).map(\.message)
        #expect(log.contains { $0.hasPrefix("stumpd ended while this job ran") })
        #expect(log.last == "started again, attempt 2")
        #expect(again.scope.isWholeLibrary)
    }
}

@Suite("Events follow the commit")
struct EventTests {
    @Test func `a commit that fails leaves no row and tells nobody`() async throws {
        struct Halt: Error {}
        let bench = try await StoreBench()
        let feed = bench.store.events.listen()
        let record = bench.record("S/1.cbz")
        await #expect(throws: Halt.self) {
            try await bench.store.commit(for: bench.comics, job: nil) { catalog in
                try catalog.record(record)
                throw Halt()
            }
        }
        #expect(try await bench.books().isEmpty)
        #expect(try await bench.events().isEmpty)
        try await bench.store.tell(.daemonReady)
        var first: EventFeed.Item?
        for await item in feed {
            first = item
            break
        }
        guard case .event(let event)? = first else {
            Issue.record("\(String(describing: first)) came first")
            return
        }
        #expect(event.type == .daemonReady)
    }
}
