// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("However a job ends, its row, its log and its event say the same")
struct JobEndTests {
    private let scans: [JobLane] = [.scan]

    @Test(arguments: [
        (JobState.completed, EventType.jobCompleted), (.cancelled, .jobCancelled), (.failed, .jobFailed),
    ])
    func `a running job ends as what it is told`(state: JobState, type: EventType) async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job.id
        _ = try await bench.store.claim(scans)
        let fault = state == .failed ? StoreFault.unknownLibrary("x") : nil
        let types = try await bench.types { try await bench.store.finish(job, as: state, fault: fault) }
        #expect(types == [type])
        #expect(try await bench.store.job(job).state == state)
        #expect(try await bench.store.log(of: job, after: 0, limit: 10).last?.message.hasPrefix(state.rawValue) == true)
        #expect(try await bench.store.figures(of: bench.comics).lastScan?.state == state)
    }

    @Test func `a job that only waits cannot be finished`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job
        await #expect(throws: StoreFault.wrongState(job.id, .queued)) {
            try await bench.store.finish(job.id, as: .completed)
        }
        #expect(try await bench.store.job(job.id) == job)
    }

    @Test func `a waiting job that is cancelled says so once, and makes room for the next`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job.id
        #expect(try await bench.types { _ = try await bench.store.cancel(job) } == [.jobCancelled])
        let log = try await bench.store.log(of: job, after: 0, limit: 10)
        #expect(log.map(\.message) == ["cancelled before it ran"])
        #expect(try await bench.store.claim(scans) == nil)
        #expect(try await bench.request().joined == false)
    }

    @Test func `a running job that is to stop has no end yet, and is asked as often as one likes`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job.id
        _ = try await bench.store.claim(scans)
        #expect(try await bench.store.orders().isEmpty)
        let types = try await bench.types {
            for _ in 1...2 { _ = try await bench.store.cancel(job) }
        }
        #expect(types == [])
        #expect(try await bench.store.orders() == [job: .cancel])
    }

    @Test func `a rescue tells of each job what became of it, and a second finds nothing`() async throws {
        let bench = try await StoreBench()
        let scan = try await bench.request().job.id
        let thumbnails = try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil)
        _ = try await bench.store.claim(scans)
        _ = try await bench.store.claim([.thumbnails])
        _ = try await bench.store.cancel(thumbnails)
        let count = try await bench.events().count
        #expect(try await bench.store.rescue().map(\.state) == [.queued, .cancelled])
        let told = try await bench.events().dropFirst(count)
        #expect(told.map(\.type) == [.jobQueued, .jobCancelled])
        #expect(told.map(\.job) == [scan, thumbnails])
        #expect(
            try await bench.store.log(of: thumbnails, after: 0, limit: 10).last?.message
                == "stumpd ended while this job ran; cancelled when it started again"
        )
        #expect(try await bench.store.rescue().isEmpty)
    }
}
