// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A job that was running when the daemon ended goes on, but not for ever")
struct RescueTests {
    private let bench: StoreBench
    private let job: Int64
    private var store: LibraryStore { bench.store }

    init() async throws {
        bench = try await StoreBench()
        job = try await bench.start().id
    }

    private func commit() async throws {
        try await store.commit(for: bench.comics, job: job) { try $0.note(JobProgress(phase: .read), ScanReport()) }
    }

    @Test func `an attempt that has done something does not count, one that has done nothing does`() async throws {
        try await commit()
        _ = try await store.rescue()
        #expect(try await bench.row(of: job, "attempt, stalls, failures") == "0 0 0")
        #expect(try await store.claim([.scan])?.attempt == 1)
        _ = try await store.rescue()
        #expect(try await bench.row(of: job, "attempt, stalls, failures") == "1 1 0")
        let rescued = try await store.job(job)
        #expect(rescued.state == .queued && rescued.reason == "stumpd was ended while it ran")
    }

    @Test func `the third time in a row it fails, and names what it had in hand`() async throws {
        for _ in 1...2 {
            #expect(try await store.rescue().map(\.state) == [.queued])
            _ = try await store.claim([.scan])
        }
        let types = try await bench.types {
            let failed = try await store.rescue(inFlight: [job: ["A/1.cbz", "B/2.cbz"], 99: ["C/3.cbz"]])
            #expect(failed.map(\.state) == [.failed])
            #expect(failed.first?.errorCode == "crash_loop")
            #expect(
                failed.first?.errorDetail
                    == "stumpd ended 3 times over this job before it got anywhere; in hand was A/1.cbz, B/2.cbz"
            )
        }
        #expect(types == [.jobFailed])
        #expect(try await bench.log(of: job).last?.hasSuffix("in hand was A/1.cbz, B/2.cbz") == true)
        #expect(try await store.figures(of: bench.comics).lastScan?.state == .failed)
        #expect(try await store.claim([.scan]) == nil)
    }

    @Test func `where nothing was in hand the error says so`() async throws {
        for _ in 1...2 {
            _ = try await store.rescue()
            _ = try await store.claim([.scan])
        }
        #expect(try await store.rescue().first?.errorDetail?.hasSuffix("no book was in hand") == true)
    }

    @Test func `whoever gets somewhere, or gives way, or meets an error in between, starts to count anew`() async throws
    {
        let until = bench.time.look()
        for step in [
            JobStep.interrupt(.moreUrgent(job: 9)), .interrupt(.error(code: "x", detail: "y", until: until)),
            .interrupt(.daemonStopped),
        ] {
            for _ in 1...2 {
                #expect(try await store.rescue().map(\.state) == [.queued])
                _ = try await store.claim([.scan])
            }
            try await store.take(step, of: job)
            _ = try await store.claim([.scan])
        }
        for _ in 1...4 {
            try await commit()
            #expect(try await store.rescue().map(\.state) == [.queued])
            _ = try await store.claim([.scan])
        }
        #expect(try await bench.row(of: job, "stalls") == "0")
    }

    @Test func `who had been told to stop is cancelled or paused, also the third time`() async throws {
        for _ in 1...2 {
            _ = try await store.rescue()
            _ = try await store.claim([.scan])
        }
        _ = try await store.pause(job)
        #expect(try await store.rescue().map(\.state) == [.paused])
        #expect(
            try await bench.log(of: job).last == "stumpd ended while this job ran; paused when it started again"
        )
        _ = try await store.resume(job)
        _ = try await store.claim([.scan])
        _ = try await store.pause(job)
        _ = try await store.cancel(job)
        #expect(try await store.rescue().map(\.state) == [.cancelled])
        #expect(try await bench.row(of: job, "cancel_requested, pause_requested") == "0 0")
    }

    @Test func `every lane is rescued, and what waits or is paused is let be`() async throws {
        let analysis = try await store.request(.analysis(of: bench.comics, trigger: .user)).job.id
        let backup = try await store.request(.backup(trigger: .user)).job.id
        _ = try await store.claim([.analysis])
        _ = try await store.claim([.backup])
        let waiting = try await bench.request().job
        #expect(try await store.rescue().map(\.id) == [job, analysis, backup])
        #expect(try await store.job(waiting.id) == waiting)
    }
}
