// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A running job is told to stop for a reason, and for the best there is")
struct OrderTests {
    private let bench: StoreBench
    private var store: LibraryStore { bench.store }

    init() async throws {
        bench = try await StoreBench()
    }

    @Test func `who has no reason to stop is told nothing`() async throws {
        _ = try await bench.start()
        _ = try await bench.request(trigger: .watch)
        #expect(try await store.orders().isEmpty)
    }

    @Test func `cancelling goes before pausing, that before the queue's pause, the library's, and a rival`()
        async throws
    {
        let job = try await bench.request(trigger: .schedule).job.id
        _ = try await store.claim([.scan])
        let rival = try await bench.request(deep: "A").id
        #expect(try await store.orders() == [job: .interrupt(.moreUrgent(job: rival))])
        try await store.setPaused(true, bench.comics)
        #expect(try await store.orders() == [job: .interrupt(.held("library comics is paused"))])
        try await store.setQueuePaused(true)
        #expect(try await store.orders() == [job: .interrupt(.held("the queue is paused"))])
        _ = try await store.pause(job)
        #expect(try await store.orders() == [job: .pause])
        _ = try await store.cancel(job)
        #expect(try await store.orders() == [job: .cancel])
    }

    @Test func `the pause of a library is not another's, nor that of a job of none`() async throws {
        let scan = try await bench.start().id
        let backup = try await store.request(.backup(trigger: .user)).job.id
        _ = try await store.claim([.backup])
        try await store.setPaused(true, try #require(LibraryName("books2")))
        #expect(try await store.orders().isEmpty)
        try await store.setPaused(true, bench.comics)
        #expect(Set(try await store.orders().keys) == [scan])
        try await store.setQueuePaused(true)
        #expect(Set(try await store.orders().keys) == [scan, backup])
    }

    @Test func `only a waiting job of the same library and lane is a rival, and only when it is due`() async throws {
        let job = try await bench.request(trigger: .schedule).job.id
        _ = try await store.claim([.scan])
        _ = try await bench.request(.library, ScanOptions(dryRun: true))
        _ = try await store.request(.analysis(of: bench.comics, trigger: .user))
        let library = try #require(LibraryName("books2"))
        _ = try await store.request(LibraryStore.JobRequest(library: library, trigger: .user))
        #expect(try await store.orders().isEmpty)
        let rival = try await bench.request(deep: "A").id
        #expect(try await store.orders() == [job: .interrupt(.moreUrgent(job: rival))])
        _ = try await store.pause(rival)
        #expect(try await store.orders().isEmpty)
    }

    @Test func `who failed is a rival again when its time has come`() async throws {
        let urgent = try await bench.request(deep: "A").id
        _ = try await store.claim([.scan])
        let until = bench.time.look() + .seconds(60)
        try await store.take(.interrupt(.error(code: "x", detail: "y", until: until)), of: urgent)
        let long = try await bench.request(trigger: .schedule).job.id
        #expect(try await store.claim([.scan])?.id == long)
        #expect(try await store.orders().isEmpty)
        bench.time.move(by: .seconds(60))
        #expect(try await store.orders() == [long: .interrupt(.moreUrgent(job: urgent))])
    }

    @Test func `who has become as urgent by waiting is not interrupted`() async throws {
        _ = try await bench.request(trigger: .schedule)
        _ = try await store.claim([.scan])
        bench.time.move(by: JobAgeing.period)
        _ = try await bench.request(trigger: .watch)
        #expect(try await store.orders().isEmpty)
    }

    @Test func `a long scan gives way to a path, and goes on afterwards where it was, its attempt not counted`()
        async throws
    {
        let long = try await bench.request(trigger: .schedule).job.id
        _ = try await store.claim([.scan])
        let path = try await bench.request(deep: "A").id
        let order = try #require(try await store.orders()[long])
        #expect(order == .interrupt(.moreUrgent(job: path)))
        try await store.take(.interrupt(.moreUrgent(job: path)), of: long)
        #expect(try await store.job(long).reason == "it gave way to job \(path)")
        #expect(try await store.claim([.scan])?.id == path)
        #expect(try await store.orders().isEmpty)
        try await store.take(.complete, of: path)
        let again = try #require(try await store.claim([.scan]))
        #expect(again.id == long && again.attempt == 1 && again.reason == nil)
    }

    /// Interrupts and claims as a runner does, time going on in between, until nobody is told to give way.
    private func settle(_ step: Duration) async throws -> Int {
        var interruptions = 0
        while let (job, order) = try await store.orders().first, interruptions < 100 {
            guard case .interrupt(.moreUrgent(let rival)) = order else { break }
            try await store.take(.interrupt(.moreUrgent(job: rival)), of: job)
            bench.time.move(by: step)
            _ = try await store.claim([.scan])
            interruptions += 1
        }
        return interruptions
    }

    /// Jobs of every age and urgency, all of one library: each is started and gives way before the next is asked for.
    private func queue(_ priorities: [Int], every age: Duration) async throws {
        for priority in priorities {
            let job = try await bench.request(.library, trigger: .watch).job.id
            try await store.pool.write { db in
                try db.execute(
                    sql: "UPDATE job SET priority = ?, is_open = 0 WHERE id = ?",
                    arguments: [priority, job]
                )
            }
            bench.time.move(by: age)
        }
    }

    @Test(arguments: [Duration.zero, .seconds(60), JobAgeing.period / 3, JobAgeing.period, JobAgeing.period * 2])
    func `jobs of whatever age and urgency never interrupt each other for ever`(age: Duration) async throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<12 {
            try await queue((0..<4).map { _ in Int.random(in: 1...5, using: &random) }, every: age)
            _ = try await store.claim([.scan])
            for step in [Duration.zero, .seconds(30), JobAgeing.period] {
                // Each takes the place from one that is less urgent, and there are five levels; a level that is reached
                // in just that moment may cost one more.
                #expect(try await settle(step) <= 6)
            }
            for job in try await store.jobs(LibraryStore.JobFilter(state: .running)) {
                try await store.take(.complete, of: job.id)
            }
        }
    }
}
