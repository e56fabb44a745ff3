// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("What fails and may do better later is tried again, and the rest at once told", .timeLimit(.minutes(3)))
struct RetriedJobTests {
    private let noProgram: FilePath = "/nonexistent/stump-worker"

    @Test func `a job without a worker is tried again after 15, 30, 60 and 120 seconds, and then has failed`()
        async throws
    {
        let bench = try await ScanBench(program: noProgram)
        bench.stopWallClock()
        try bench.writeBooks(3, in: "S")
        let id = try await bench.request()
        try await bench.serve { bench in
            for (failures, delay) in zip(1..., [15, 30, 60, 120]) {
                try await bench.reaches { try await $0.job(id).failures == failures }
                let job = try await bench.job(id)
                #expect(job.state == .queued && job.errorCode == nil)
                #expect(job.reason?.hasPrefix("it is tried again: the worker /nonexistent/stump-worker does") == true)
                let wait = try #require(job.notBefore) - bench.services.now()
                #expect(wait / .seconds(delay) > 0.89 && wait / .seconds(delay) < 1.11, "\(failures)")
                await bench.clock.sleepers(1)
                bench.pass(wait - .milliseconds(1))
                for _ in 0..<200 { await Task.yield() }
                #expect(try await bench.job(id).failures == failures, "not before its time")
                await bench.clock.sleepers(1)
                bench.pass(.milliseconds(1))
            }
            try await bench.reaches(.failed, id)
        }
        let job = try await bench.job(id)
        #expect(job.errorCode == "worker_unavailable" && job.failures == 4 && job.attempt == 5)
        #expect(try await bench.problems().isEmpty, "no book is to blame")
        #expect(try await bench.books().isEmpty)
        #expect(await bench.services.pending.entries.isEmpty)
        #expect(try await !bench.isSettled("S"))
    }

    @Test func `a few thumbnails that no worker makes are not taken for made`() async throws {
        let before = try await ScanBench()
        try before.write("S/1.cbz", BookBuilder.comic(pages: 1))
        try await before.scan()
        let bench = try await ScanBench(thumbnails: ThumbnailSettings(), program: noProgram, on: before.disk)
        let id = try await bench.request()
        try await bench.serve { bench in
            try await bench.reaches(.completed, id)
            try await bench.reaches { try await $0.jobs(.thumbnailGeneration).first?.failures == 1 }
        }
        let job = try #require(try await bench.jobs(.thumbnailGeneration).first)
        #expect(job.state == .queued && job.reason?.hasPrefix("it is tried again: the worker ") == true)
        #expect(try await bench.store.dueThumbnails(of: bench.library) == 1)
        #expect(try await bench.problems().isEmpty)
    }

    @Test func `a job that waits for its time is there at the next start, and the alarm with it`() async throws {
        let bench = try await ScanBench(program: noProgram)
        try bench.writeBooks(1, in: "S")
        let id = try await bench.request()
        try await bench.serve { try await $0.reaches { try await $0.job(id).failures == 1 } }
        try await bench.serve { bench in
            await bench.clock.sleepers(1)
            bench.pass(.seconds(17))
            try await bench.reaches { try await $0.job(id).failures == 2 }
        }
    }

    @Test func `a job that is due and may not run keeps nobody busy`() async throws {
        let bench = try await ScanBench(program: noProgram)
        try bench.writeBooks(1, in: "S")
        let id = try await bench.request()
        try await bench.serve { try await $0.reaches { try await $0.job(id).failures == 1 } }
        try await bench.store.setQueuePaused(true)
        bench.pass(.seconds(20))
        let raises = Raises()
        try await bench.serve { bench in
            async let _: Void = raises.count(bench.store.queueSignal.raised())
            // Time enough to wake somebody a hundred times.
            for _ in 0..<500 { _ = try await bench.store.overview(of: []).jobs }
        }
        #expect(raises.value.load(ordering: .relaxed) < 3)
        #expect(try await bench.job(id).failures == 1)
    }

    @Test func `a library that is out of reach fails its jobs at once`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(1, in: "S")
        bench.files.fail(FilePath(), with: .rootOffline("/comics", reason: "the disk is gone"))
        let job = try await bench.scan()
        #expect(job.state == .failed && job.errorCode == "root_offline" && job.failures == 0)
    }

    @Test func `a library that is not in the configuration any more fails its jobs at once`() async throws {
        let bench = try await ScanBench()
        let id = try await bench.request()
        try await bench.serve([]) { try await $0.reaches(.failed, id) }
        #expect(try await bench.job(id).errorCode == "library_retired")
    }

    @Test func `a book's own fault fails no job`() async throws {
        let bench = try await ScanBench(program: WorkerPoolTests.faultyProgram)
        try bench.write("S/1.cbz", Array("die!".utf8))
        try bench.write("S/2.cbz", BookBuilder.comic(pages: 1))
        let job = try await bench.scan()
        #expect(job.state == .completed && job.failures == 0)
        #expect(job.report?[.failedMedia] == 1 && job.report?[.createdMedia] == 2)
        #expect(try await bench.problems().map(\.problem) == [.workerCrash])
    }
}

/// Counts how often somebody is woken.
private final class Raises: Sendable {
    let value = Atomic(0)

    func count(_ signal: AsyncStream<Void>) async {
        for await _ in signal { value.add(1, ordering: .relaxed) }
    }
}
