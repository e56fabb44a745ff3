// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A list of jobs shows those that were asked for")
struct JobListTests {
    private let bench: StoreBench
    private var store: LibraryStore { bench.store }

    init() async throws {
        bench = try await StoreBench()
    }

    private func ids(_ filter: LibraryStore.JobFilter) async throws -> [Int64] {
        try await store.jobs(filter).map(\.id)
    }

    @Test func `each state is found by its name, and all of it counted that has not ended`() async throws {
        var byState: [JobState: Int64] = [:]
        for state in [JobState.completed, .cancelled, .failed] {
            let job = try await bench.start().id
            try await store.finish(job, as: state)
            byState[state] = job
        }
        byState[.running] = try await bench.start().id
        byState[.paused] = try await bench.request().job.id
        _ = try await store.pause(try #require(byState[.paused]))
        byState[.queued] = try await bench.request().job.id
        for state in JobState.allCases {
            #expect(try await ids(LibraryStore.JobFilter(state: state)) == [byState[state]].compactMap(\.self))
        }
        #expect(try await ids(LibraryStore.JobFilter()).count == 6)
        #expect(try await store.overview(of: []).jobs == [.queued: 1, .running: 1, .paused: 1])
    }

    @Test func `kinds, libraries and pages narrow it down, together too`() async throws {
        let scan = try await bench.request().job.id
        let analysis = try await store.request(.analysis(of: bench.comics, trigger: .user)).job.id
        let backup = try await store.request(.backup(trigger: .user)).job.id
        let library = try #require(LibraryName("books2"))
        let other = try await store.request(LibraryStore.JobRequest(library: library, trigger: .user)).job.id
        #expect(try await ids(LibraryStore.JobFilter(kind: .backup)) == [backup])
        #expect(try await store.job(backup).library == nil)
        #expect(try await ids(LibraryStore.JobFilter(library: bench.comics)) == [analysis, scan])
        #expect(try await ids(LibraryStore.JobFilter(kind: .libraryScan)) == [other, scan])
        #expect(try await ids(LibraryStore.JobFilter(state: .queued, kind: .libraryScan, before: other)) == [scan])
        #expect(try await ids(LibraryStore.JobFilter(before: other, limit: 2)) == [backup, analysis])
    }

    @Test func `scans that nobody holds up move, and of the others it is known what holds them`() async throws {
        let job = try await bench.request().job.id
        #expect(try await store.openScans().moving == [job])
        try await store.setPaused(true, bench.comics)
        #expect(try await store.openScans().held[job]?.why == "library comics is paused")
        try await store.setPaused(false, bench.comics)
        try await store.setQueuePaused(true)
        #expect(try await store.openScans().held[job]?.why == "the queue is paused")
        try await store.setQueuePaused(false)
        _ = try await store.pause(job)
        #expect(try await store.openScans().held[job]?.why == "job \(job): somebody paused it")
        #expect(try await store.openScans().moving.isEmpty)
        _ = try await store.cancel(job)
        #expect(try await store.openScans().held.isEmpty)
    }

    @Test func `a scan that waits after an error will move, and it is known why it does not yet`() async throws {
        let job = try await bench.request().job.id
        _ = try await store.claim([.scan])
        let error = JobStep.Interruption.error(code: "x", detail: "the disk hiccups", until: .init(nanoseconds: .max))
        _ = try await store.take(.interrupt(error), of: job)
        #expect(try await store.openScans().moving == [job])
        #expect(try await store.openScans().held[job]?.why == "job \(job): it is tried again: the disk hiccups")
        try await store.setQueuePaused(true)
        #expect(try await store.openScans().moving.isEmpty)
    }

    @Test func `what happens by itself remembers when it did, and with which schedule`() async throws {
        let run = ScheduledRun(spec: "every 6h", last: Timestamp(nanoseconds: 5), next: Timestamp(nanoseconds: 9))
        try await store.note(run, of: "scan:comics")
        try await store.note(ScheduledRun(spec: "off"), of: "backup")
        try await store.note(ScheduledRun(spec: "daily", last: Timestamp(nanoseconds: 7)), of: "backup")
        #expect(try await store.lastCheck() == nil)
        try await store.noteCheck()
        let checked = try await store.lastCheck()
        #expect(checked != nil)
        try store.close()
        let reopened = try StoreBench(reopening: bench)
        let again = reopened.store
        #expect(
            try await again.scheduledRuns() == [
                "scan:comics": run, "backup": ScheduledRun(spec: "daily", last: Timestamp(nanoseconds: 7)),
            ]
        )
        #expect(try await again.lastCheck() == checked)
    }
}
