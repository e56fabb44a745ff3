// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A change and its event are one: where the event cannot be kept, nothing has changed")
struct AtomicityTests {
    private let scans: [JobLane] = [.scan]

    /// Lets the database refuse every event from now on.
    private func refuseEvents(_ bench: StoreBench) async throws {
        try await bench.store.pool.write { db in
            try db.execute(
                sql: "CREATE TRIGGER refusal BEFORE INSERT ON event BEGIN SELECT raise(ABORT, 'refused'); END"
            )
        }
    }

    @Test func `a request`() async throws {
        let bench = try await StoreBench()
        try await refuseEvents(bench)
        await #expect(throws: DatabaseError.self) { try await bench.request() }
        #expect(try await bench.store.jobs(LibraryStore.JobFilter()).isEmpty)
    }

    @Test func `a request that joins`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request(trigger: .watch).job
        try await refuseEvents(bench)
        await #expect(throws: DatabaseError.self) { try await bench.request(.library, ScanOptions(force: true)) }
        #expect(try await bench.store.job(job.id) == job)
    }

    @Test func `a claim, and the cancelling of what waits`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job
        try await refuseEvents(bench)
        await #expect(throws: DatabaseError.self) { try await bench.store.claim(scans) }
        await #expect(throws: DatabaseError.self) { try await bench.store.cancel(job.id) }
        #expect(try await bench.store.job(job.id) == job)
        #expect(try await bench.store.log(of: job.id, after: 0, limit: 10).isEmpty)
    }

    @Test func `an end, and a rescue`() async throws {
        let bench = try await StoreBench()
        _ = try await bench.request()
        let job = try #require(try await bench.store.claim(scans))
        try await refuseEvents(bench)
        await #expect(throws: DatabaseError.self) {
            try await bench.store.finish(job.id, as: .completed, report: ScanReport())
        }
        await #expect(throws: DatabaseError.self) { try await bench.store.rescue() }
        #expect(try await bench.store.job(job.id) == job)
        #expect(try await bench.store.figures(of: bench.comics).lastScan == nil)
    }

    @Test func `a book`() async throws {
        let bench = try await StoreBench()
        try await refuseEvents(bench)
        await #expect(throws: DatabaseError.self) { try await bench.commit(bench.record("S/1.cbz")) }
        #expect(try await bench.books().isEmpty)
    }

    @Test func `what listeners hear is what was kept, in the order of ids`() async throws {
        let bench = try await StoreBench()
        let feed = bench.store.events.listen()
        let job = try await bench.request().job
        _ = try await bench.store.cancel(job.id)
        try await bench.commit(bench.record("S/1.cbz", findings: [Finding(.metadataInvalid, "no year")]))
        let kept = try await bench.events()
        bench.store.events.close()
        var heard: [EventFeed.Item] = []
        for await item in feed { heard.append(item) }
        #expect(heard == kept.map(EventFeed.Item.event))
        #expect(kept.map(\.type) == [.jobQueued, .jobCancelled, .problemOpened, .bookAdded, .seriesAdded])
        #expect(kept.map(\.id) == kept.map(\.id).sorted { $0 ?? 0 < $1 ?? 0 })
    }

    @Test func `progress is heard and not kept`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.request().job
        let feed = bench.store.events.listen()
        try bench.store.tell(JobProgress(phase: .walk), of: job)
        bench.store.events.close()
        var types: [EventType] = []
        for await case .event(let event) in feed { types.append(event.type) }
        #expect(types == [.jobProgress])
        #expect(try await bench.types() == [.jobQueued])
    }
}
