// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("Who pauses, resumes or retries a job gets that, whatever comes in between")
struct PauseTests {
    private let bench: StoreBench
    private var store: LibraryStore { bench.store }

    init() async throws {
        bench = try await StoreBench()
    }

    private func error() -> JobStep {
        .interrupt(.error(code: "busy", detail: "it is busy", until: bench.time.look() + .seconds(15)))
    }

    @Test func `a waiting job is paused at once, and goes on when it is told to`() async throws {
        let job = try await bench.request().job.id
        let paused = try await store.pause(job)
        #expect(paused.state == .paused && paused.reason == "somebody paused it")
        #expect(try await store.claim([.scan]) == nil)
        await #expect(throws: StoreFault.wrongState(job, .paused)) { try await store.pause(job) }
        #expect(try await store.resume(job).state == .queued)
        await #expect(throws: StoreFault.wrongState(job, .queued)) { try await store.resume(job) }
        #expect(try await store.claim([.scan])?.id == job)
        #expect(try await bench.log(of: job) == ["paused", "resumed", "started"])
    }

    @Test func `a running job is asked, and paused when it has stopped`() async throws {
        let job = try await bench.start().id
        #expect(try await store.pause(job).state == .running)
        #expect(try await store.pause(job).state == .running)
        try await store.take(.pause, of: job)
        #expect(try await store.job(job).state == .paused)
        #expect(try await store.orders().isEmpty)
    }

    @Test func `a job that was told to go on before it had stopped runs on`() async throws {
        let job = try await bench.start().id
        _ = try await store.pause(job)
        #expect(try await store.resume(job).state == .running)
        #expect(try await store.orders().isEmpty)
        await #expect(throws: StoreFault.wrongState(job, .running)) { try await store.resume(job) }
    }

    @Test func `it goes on at once, too, where it was just about to stop`() async throws {
        let job = try await bench.start().id
        _ = try await store.pause(job)
        _ = try await store.resume(job)
        let stopped = try await store.take(.pause, of: job)
        #expect(stopped.state == .queued && stopped.reason == nil)
        #expect(try await bench.log(of: job).last == "resumed before it was paused")
        #expect(try await bench.types().last == .jobQueued)
        #expect(try await store.claim([.scan])?.attempt == 1)
    }

    @Test func `who was to pause and is stopped by something else is paused`() async throws {
        for step in [error(), .interrupt(.daemonStopped), .interrupt(.held("the queue is paused"))] {
            let job = try await bench.start().id
            _ = try await store.pause(job)
            #expect(try await store.take(step, of: job).state == .paused)
            #expect(try await bench.types().last == .jobPaused)
            _ = try await store.cancel(job)
        }
    }

    @Test func `who was to be cancelled and is stopped by something else is cancelled`() async throws {
        for step in [error(), .interrupt(.daemonStopped), .pause] {
            let job = try await bench.start().id
            _ = try await store.pause(job)
            _ = try await store.cancel(job)
            #expect(try await store.take(step, of: job).state == .cancelled)
            #expect(try await bench.types().last == .jobCancelled)
            #expect(try await bench.row(of: job, "cancel_requested, pause_requested") == "0 0")
        }
    }

    @Test func `of a job that is about to be cancelled nothing else is promised to anybody`() async throws {
        let job = try await bench.start().id
        _ = try await store.pause(job)
        _ = try await store.cancel(job)
        await #expect(throws: StoreFault.cancelRequested(job)) { try await store.pause(job) }
        await #expect(throws: StoreFault.cancelRequested(job)) { try await store.resume(job) }
        #expect(try await store.cancel(job).state == .running)
        #expect(try await store.orders()[job] == .cancel)
    }

    @Test func `a job that ended before it obeyed has ended`() async throws {
        let job = try await bench.start().id
        _ = try await store.cancel(job)
        #expect(try await store.take(.complete, of: job).state == .completed)
        await #expect(throws: StoreFault.wrongState(job, .completed)) { try await store.pause(job) }
        await #expect(throws: StoreFault.wrongState(job, .completed)) { try await store.resume(job) }
        await #expect(throws: StoreFault.unknownJob(99)) { try await store.pause(99) }
        await #expect(throws: StoreFault.unknownJob(99)) { try await store.resume(99) }
    }

    @Test func `what is paused stays so when the database is opened again`() async throws {
        let job = try await bench.request().job.id
        _ = try await store.pause(job)
        try await store.setQueuePaused(true)
        try await store.setPaused(true, bench.comics)
        try store.close()
        let again = try StoreBench(reopening: bench)
        #expect(try await again.store.job(job).state == .paused)
        #expect(try await again.store.overview(of: []).isQueuePaused)
        #expect(try await again.store.figures(of: bench.comics).isPaused)
        try await again.store.setQueuePaused(false)
        try await again.store.setPaused(false, bench.comics)
        #expect(try await again.store.claim([.scan]) == nil)
        _ = try await again.store.resume(job)
        #expect(try await again.store.claim([.scan])?.id == job)
    }

    @Test func `a library that is not there cannot be paused`() async throws {
        let nobody = try #require(LibraryName("nobody"))
        await #expect(throws: StoreFault.unknownLibrary("nobody")) { try await store.setPaused(true, nobody) }
    }

    // MARK: Retrying

    @Test func `the same is done again as a job that failed or was cancelled`() async throws {
        let options = ScanOptions(metadata: true, acceptLosses: true)
        let scope = ScanScope(["A": ScanScope.Depth(isDeep: true)])
        let job = try await bench.start(scope, options).id
        try await store.take(.fail(code: "x", detail: "it broke"), of: job)
        let (again, joined) = try await store.retry(job)
        #expect(!joined && again.id != job && again.retryOf == job && again.trigger == .retry)
        #expect(again.kind == .seriesScan && again.scope == scope && again.options == options)
        #expect(again.priority == .userPath)
        let (same, joinedSame) = try await store.retry(job)
        #expect(joinedSame && same.id == again.id && same.merged == 1)
        _ = try await store.cancel(again.id)
        let third = try await store.retry(again.id)
        #expect(!third.joined && third.job.retryOf == again.id)
        #expect(try await bench.types().suffix(3) == [.jobMerged, .jobCancelled, .jobQueued])
    }

    @Test func `a retry joins what waits anyhow`() async throws {
        let job = try await bench.start().id
        try await store.take(.fail(code: "x", detail: "it broke"), of: job)
        let waiting = try await bench.request(trigger: .watch).job.id
        let (again, joined) = try await store.retry(job)
        #expect(joined && again.id == waiting && again.priority == .userLibrary)
    }

    @Test func `a dry run is tried again as one`() async throws {
        let job = try await bench.start(.library, ScanOptions(dryRun: true)).id
        try await store.take(.cancel, of: job)
        _ = try await bench.request()
        let (again, joined) = try await store.retry(job)
        #expect(!joined && again.options.dryRun)
    }

    @Test func `what waits after an error is tried at once`() async throws {
        let job = try await bench.start().id
        try await store.take(error(), of: job)
        #expect(try await store.claim([.scan]) == nil)
        let (due, joined) = try await store.retry(job)
        #expect(joined && due.id == job && due.notBefore == nil && due.reason == nil && due.failures == 1)
        #expect(try await bench.log(of: job).last == "to be tried again at once")
        #expect(try await bench.types().last == .jobQueued)
        #expect(try await store.claim([.scan])?.id == job)
    }

    @Test func `what waits, runs, is paused or done cannot be tried again`() async throws {
        let job = try await bench.request().job.id
        await #expect(throws: StoreFault.wrongState(job, .queued)) { try await store.retry(job) }
        _ = try await store.claim([.scan])
        await #expect(throws: StoreFault.wrongState(job, .running)) { try await store.retry(job) }
        _ = try await store.pause(job)
        try await store.take(.pause, of: job)
        await #expect(throws: StoreFault.wrongState(job, .paused)) { try await store.retry(job) }
        _ = try await store.resume(job)
        _ = try await store.claim([.scan])
        try await store.take(.complete, of: job)
        await #expect(throws: StoreFault.wrongState(job, .completed)) { try await store.retry(job) }
        await #expect(throws: StoreFault.unknownJob(99)) { try await store.retry(99) }
    }
}
